"""Where findings come from: findings and the change under review in, the same findings with their origin out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.errors import ScannerError
from scanner.models import Lockfile, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scanner.changes import Change
    from scanner.models import Finding


def mark(findings: Sequence[Finding], change: Change, words: Mapping[Origin, str]) -> tuple[Finding, ...]:
    """Each finding as introduced, existing or newly published; ``words`` says some of these in the reader's terms.

    A package that the base's lockfile already had is not introduced; its advisory is newly published when it is younger than the base
    commit. A secret is introduced when a line of it is an added one.
    """
    locks = {finding.vulnerable.package.location.path for finding in findings if finding.vulnerable}
    had = {path: _purls(path, change) for path in sorted(locks)}
    origins = [_origin(finding, change, had) for finding in findings]
    return tuple(
        replace(finding, origin=origin, origin_note=words.get(origin, "")) for finding, origin in zip(findings, origins, strict=True)
    )


def _origin(finding: Finding, change: Change, had: dict[str, frozenset[str] | None]) -> Origin:
    if finding.secret is not None and finding.secret.commit:
        return Origin.INTRODUCED if finding.secret.commit in change.commits else Origin.EXISTING
    if finding.vulnerable is None:
        if change.adds(finding.location):
            return Origin.INTRODUCED
        return Origin.EXISTING if change.knows(finding.location.path) else Origin.UNKNOWN
    package, advisory = finding.vulnerable.package, finding.vulnerable.advisory
    before = had[package.location.path]
    if before is None:
        return Origin.UNKNOWN
    if package.purl not in before:
        return Origin.INTRODUCED
    return Origin.NEWLY_PUBLISHED if advisory.published > change.base_date else Origin.EXISTING


def _purls(path: str, change: Change) -> frozenset[str] | None:
    """The packages that the base's version of a lockfile named; None where that version cannot be read."""
    from scanner.lockfiles import inventory

    try:
        if change.read_base(path) is None:
            return frozenset()
    except ScannerError:
        return None
    parsed = list(_lockfiles(inventory.read_all([path], change.read_base)))
    return frozenset(package.purl for lock in parsed for package in lock.packages) if parsed else None


def _lockfiles(items: Iterable[object]) -> Iterable[Lockfile]:
    return (item for item in items if isinstance(item, Lockfile))
