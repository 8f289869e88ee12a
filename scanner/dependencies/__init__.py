"""Packages x advisories: which version is hit by what, who brings it in, what clears it, and what could not be checked."""
