"""Dependency and secret scanner for GitHub Actions and the command line."""

__version__ = "0.1.0"
