"""Which version clears a finding: advisories and an installed version in, published fixed versions out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.dependencies.matching import Applies, applies, blocks, intervals
from scanner.dependencies.versions import parse, sort_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scanner.advisories import Coordinate
    from scanner.models import Advisory


def fixed_versions(advisory: Advisory, installed: Coordinate) -> tuple[str, ...]:
    """The versions above the installed one that end a stretch of affected versions, one a branch, oldest first."""
    here = parse(installed.ecosystem, installed.version)
    if here is None:
        return ()
    affected = blocks(advisory, installed.ecosystem, installed.name)
    ends = frozenset(interval.fix for block in affected for interval in intervals(block) if interval.fix)
    return tuple(
        version
        for version in sort_versions(installed.ecosystem, ends)
        if (end := parse(installed.ecosystem, version)) is not None and end.key > here.key and is_clear((advisory,), installed, version)
    )


def clearing_version(found: Sequence[Advisory], known: Sequence[Advisory], installed: Coordinate) -> str:
    """The smallest version that clears all of ``found`` that have a fix and is hit by none of ``known``; empty where none is known.

    A release is preferred to a prerelease, unless a prerelease is installed.
    """
    fixable = {advisory: fixes for advisory in found if (fixes := fixed_versions(advisory, installed))}
    candidates = sort_versions(installed.ecosystem, frozenset(version for fixes in fixable.values() for version in fixes))
    unfixable = frozenset(name for advisory in found if advisory not in fixable for name in advisory.names)
    others = [advisory for advisory in known if unfixable.isdisjoint(advisory.names)]
    clear = [version for version in candidates if is_clear((*fixable, *others), installed, version)]
    here = parse(installed.ecosystem, installed.version)
    releases = [version for version in clear if here is not None and (here.prerelease or not _is_prerelease(installed, version))]
    return next(iter(releases or clear), "")


def is_clear(advisories: Iterable[Advisory], installed: Coordinate, version: str) -> bool:
    """Whether none of the advisories hits (or may hit) another version of the same package."""
    return all(applies(advisory, installed.ecosystem, installed.name, version) is Applies.NO for advisory in advisories)


def _is_prerelease(installed: Coordinate, version: str) -> bool:
    parsed = parse(installed.ecosystem, version)
    return parsed is not None and parsed.prerelease
