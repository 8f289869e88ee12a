"""Lockfiles x advisory sources -> findings, and everything that could not be checked as Problems."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 -- msgspec reads the annotations at run time
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.dependencies import coverage
from scanner.dependencies.consult import Consulted, consult, join
from scanner.dependencies.findings import coordinate, findings
from scanner.dependencies.match import Match, match
from scanner.dependencies.result import AuditResult
from scanner.models import Audited, Lockfile, Notice, Package, Problem, Requirement, Scope
from scanner.shards import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scanner.advisories import Coordinate, Source
    from scanner.dependencies.resolve import Resolver


MAX_FINDINGS = 25_000
"""More than this of a scan is read by nobody, and would take more memory than all the lockfiles together."""


class Options(Struct, frozen=True, kw_only=True):
    """``allow_unaudited``: package names or manifest globs; ``as_of``: judge with the advisories published by that day."""

    include_dev: bool = True
    allow_unaudited: tuple[str, ...] = ()
    as_of: dt.date | None = None


class _Ready(Struct, frozen=True, kw_only=True):
    """A lockfile with what was resolved, its gaps, and the packages of it that are audited here, with the coordinate of each."""

    lockfile: Lockfile
    gaps: tuple[Problem | Notice, ...]
    packages: tuple[Package, ...]
    coordinates: tuple[Coordinate, ...]


def audit(
    lockfiles: Sequence[Lockfile],
    sources: Sequence[Source],
    options: Options,
    *,
    resolver: Resolver,
    fallbacks: Sequence[Source] = (),
    part: Part | None = None,
) -> AuditResult:
    """Audit every lockfile. A package that one source answers for is checked; ``fallbacks`` are asked about what no source answered.

    ``resolver`` turns unpinned requirements into versions (see ``resolve``); ``part`` leaves some of the packages to other shards, each of
    which sees the same lockfiles. Never raises for a source that fails.
    """
    allowed = coverage.Allowed(options.allow_unaudited)
    known: dict[Coordinate, Coordinate] = {}  # each once: a monorepo's lockfiles hold the same packages over and over
    ready = [_prepare(lockfile, options, allowed, resolver, part or Part(), known) for lockfile in lockfiles]
    coordinates = tuple(sorted(known))
    del known
    consulted, matches = _check(coordinates, lambda asked: consult(asked, sources, fallbacks), options.as_of)
    parts: list[AuditResult] = []
    room = MAX_FINDINGS
    for one in ready:
        parts.append(_judge(one, consulted, matches, allowed, room))
        room -= len(parts[-1].findings)
    return AuditResult(
        findings=tuple(finding for part in parts for finding in part.findings),
        problems=tuple(dict.fromkeys(problem for part in parts for problem in part.problems)),
        notices=(*dict.fromkeys(notice for part in parts for notice in part.notices), *consulted.notices),
        audited=tuple(one for part in parts for one in part.audited),
        packages=tuple(package for part in parts for package in part.packages),
        unchecked=tuple(one for part in parts for one in part.unchecked),
    )


def _prepare(
    lockfile: Lockfile, options: Options, allowed: coverage.Allowed, resolver: Resolver, part: Part, known: dict[Coordinate, Coordinate]
) -> _Ready:
    """The lockfile without what is left out and with what could be resolved, and its gaps."""
    kept = lockfile if options.include_dev else _without_development(lockfile)
    gaps = tuple(coverage.gaps(kept, allowed))
    accepted = dict.fromkeys(one for one in kept.unpinned if allowed.manifest(kept.path) or allowed.name(kept.ecosystem, one.name))
    if accepted:
        kept = replace(kept, unpinned=tuple(one for one in kept.unpinned if one not in accepted))
        gaps = (*gaps, *(coverage.accepted(one) for one in accepted))
    if kept.unpinned and part.resolves(lockfile):
        resolution = resolver(kept)
        kept, gaps = resolution.lockfile, (*gaps, *resolution.problems)
    packages = tuple(one for one in kept.packages if part.audits(kept, one))
    coordinates = tuple([known.setdefault(at, at) for at in map(coordinate, packages)])
    return _Ready(lockfile=kept, gaps=gaps, packages=packages, coordinates=coordinates)


def _without_development(lockfile: Lockfile) -> Lockfile:
    def needed(one: Package | Requirement) -> bool:
        return one.scope is not Scope.DEVELOPMENT

    left_out = {one.location for one in lockfile.packages if not needed(one)}
    return replace(
        lockfile,
        packages=tuple(filter(needed, lockfile.packages)),
        direct=tuple(filter(needed, lockfile.direct)),
        unpinned=tuple(filter(needed, lockfile.unpinned)),
        notices=tuple(one for one in lockfile.notices if one.location not in left_out),
    )


def _check(
    coordinates: Sequence[Coordinate], ask: Callable[[Sequence[Coordinate]], Consulted], as_of: dt.date | None
) -> tuple[Consulted, Mapping[Coordinate, Match]]:
    """Python packages through pip-audit, all others here."""
    python = tuple([at for at in coordinates if at.ecosystem == "PyPI"])
    others = tuple([at for at in coordinates if at.ecosystem != "PyPI"])
    consulted = ask(others) if others else Consulted()
    matches: dict[Coordinate, Match] = {at: match(at, found, as_of) for at, found in consulted.candidates.items()}
    if not python:
        return consulted, matches
    from scanner.dependencies.python import check

    consulted_python, matches_python = check(python, ask, as_of)
    return join([consulted, consulted_python] if others else [consulted_python]), {**matches, **matches_python}


def _judge(
    ready: _Ready, consulted: Consulted, matches: Mapping[Coordinate, Match], allowed: coverage.Allowed, room: int
) -> AuditResult:
    """What is found in one lockfile, no more than there is room for: that there is more is a Problem."""
    lockfile = ready.lockfile
    own = {at: matches[at] for at in ready.coordinates if at in matches}
    found = tuple(islice(findings(lockfile, own), room + 1))
    silence = tuple(coverage.silence(lockfile.path, ready.coordinates, consulted))
    doubts = tuple(coverage.unclear(lockfile, own, allowed))
    problems = (
        *(gap for gap in ready.gaps if isinstance(gap, Problem)),
        *map(coverage.unchecked, silence),
        *(doubt for doubt in doubts if isinstance(doubt, Problem)),
        *([coverage.crowded(lockfile.path, MAX_FINDINGS)] if len(found) > room else ()),
    )
    return AuditResult(
        findings=found[:room],
        problems=problems,
        notices=tuple(one for one in (*ready.gaps, *doubts) if isinstance(one, Notice)),
        audited=(_audited(ready, consulted, complete=not problems),),
        packages=ready.packages,
        unchecked=silence,
    )


def _audited(ready: _Ready, consulted: Consulted, *, complete: bool) -> Audited:
    """Which sources answered for this lockfile; the date is that of the oldest."""
    lockfile = ready.lockfile
    groups = {consulted.answered_by.get(at, ()) for at in ready.coordinates}
    names = sorted({name for group in groups for name in group})
    return Audited(
        manifest=lockfile.path,
        format=lockfile.format,
        ecosystem=lockfile.ecosystem,
        packages=len(ready.packages),
        source=", ".join(names),
        source_date=min((consulted.dates[name] for name in names if consulted.dates.get(name)), default=""),
        complete=complete,
    )
