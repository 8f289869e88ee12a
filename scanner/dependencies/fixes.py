"""Which version clears a finding: advisories and an installed version in, published fixed versions out."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scanner.dependencies.matching import Applies, blocks, in_block, intervals, tells
from scanner.dependencies.versions import parse, sort_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scanner.advisories import Coordinate
    from scanner.models import Advisory


MAX_FIXES = 20


def fixed_versions(advisory: Advisory, installed: Coordinate) -> tuple[str, ...]:
    """The versions above the installed one that end a stretch of affected versions, one a branch, oldest first, at most ``MAX_FIXES``."""
    clear = (version for version in _ends((advisory,), installed) if is_clear((advisory,), installed, version))
    return tuple(islice(clear, MAX_FIXES))


def clearing_version(found: Sequence[Advisory], known: Sequence[Advisory], installed: Coordinate) -> str:
    """The smallest version that clears all of ``found`` that have a fix and is hit by none of ``known``; empty where none is known.

    A release is preferred to a prerelease, unless a prerelease is installed.
    """
    fixable = [advisory for advisory in found if any(is_clear((advisory,), installed, end) for end in _ends((advisory,), installed))]
    unfixable = frozenset(name for advisory in found if advisory not in fixable for name in advisory.names)
    others = [advisory for advisory in known if unfixable.isdisjoint(advisory.names)]
    ends = _ends(fixable, installed)
    early = [] if _is_prerelease(installed, installed.version) else [end for end in ends if _is_prerelease(installed, end)]
    ordered = (*(end for end in ends if end not in early), *early)
    return next((end for end in ordered if is_clear((*fixable, *others), installed, end)), "")


def _ends(advisories: Iterable[Advisory], installed: Coordinate) -> tuple[str, ...]:
    """The versions above the installed one at which some stretch of affected versions is fixed, oldest first."""
    here = parse(installed.ecosystem, installed.version)
    if here is None:
        return ()
    affected = (block for advisory in advisories for block in blocks(advisory, installed.ecosystem, installed.name))
    ends = frozenset(interval.fix for block in affected for interval in intervals(block) if interval.fix)
    above = frozenset(end for end in ends if (parsed := parse(installed.ecosystem, end)) is not None and parsed.key > here.key)
    return sort_versions(installed.ecosystem, above)


def is_clear(advisories: Iterable[Advisory], installed: Coordinate, version: str) -> bool:
    """Whether none of the advisories hits (or may hit) another version of the same package.

    What says nothing in versions speaks neither for nor against any of them: it is a Problem of its own, and no reason to advise nothing.
    """
    said = (block for advisory in advisories for block in blocks(advisory, installed.ecosystem, installed.name) if tells(block))
    return all(in_block(block, version) is Applies.NO for block in said)


def _is_prerelease(installed: Coordinate, version: str) -> bool:
    parsed = parse(installed.ecosystem, version)
    return parsed is not None and parsed.prerelease
