"""A requirement's text and a version in; whether the one lets the other in, out."""

from __future__ import annotations

from scanner.dependencies import semver
from scanner.dependencies.versions import parse


def admits(ecosystem: str, spec: str, version: str) -> bool | None:
    """Whether a requirement's text lets a version in; None where the text cannot be read as a range."""
    text = spec.strip()
    if text in ("", "*"):
        return True
    parsed = parse(ecosystem, version)
    if parsed is None:
        return None
    if ecosystem == "PyPI" and (text.startswith("~=") or not text.startswith(("^", "~"))):
        return _specifier_admits(text, version)
    key = semver.version_key(version)
    if key is None or not semver.is_range(text):
        return None
    return any(interval.holds(key, key) for interval in semver.range_intervals(text))


def _specifier_admits(text: str, version: str) -> bool | None:
    from packaging.requirements import Requirement as Parsed

    try:
        return Parsed(f"x {text}").specifier.contains(version, prereleases=True)
    except ValueError:  # no requirement, or a number with more digits than Python reads
        return None
