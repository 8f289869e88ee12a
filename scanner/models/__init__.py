"""The nouns of the scanner: frozen, keyword-only, free of I/O, imported by everyone.

What was found (``Finding``) and what could not be checked (``Problem``) are both values; ``policy.judge`` turns them into a ``Verdict``.
"""

from __future__ import annotations

from scanner.models.advisories import Advisory, Affected, Event, Range
from scanner.models.findings import Finding, Secret, Step, Suppression, Vulnerable
from scanner.models.packages import Lockfile, Package, Requirement, Unaudited, canonical
from scanner.models.places import File, Location, Notice, Problem, Related
from scanner.models.terms import Kind, Mode, Origin, Outcome, Scope, Severity
from scanner.models.verdict import Audited, Judged, Run, Scanned, Share, Skipped, Unchecked, Verdict

__all__ = [
    "Advisory",
    "Affected",
    "Audited",
    "Event",
    "File",
    "Finding",
    "Judged",
    "Kind",
    "Location",
    "Lockfile",
    "Mode",
    "Notice",
    "Origin",
    "Outcome",
    "Package",
    "Problem",
    "Range",
    "Related",
    "Requirement",
    "Run",
    "Scanned",
    "Scope",
    "Secret",
    "Severity",
    "Share",
    "Skipped",
    "Step",
    "Suppression",
    "Unaudited",
    "Unchecked",
    "Verdict",
    "Vulnerable",
    "canonical",
]
