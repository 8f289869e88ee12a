"""What could not be audited: a lockfile's own gaps and the sources' silence in, Problems with the next step out.

``dependencies.allow-unaudited`` accepts by package name or by manifest glob; what it accepts is said in a Notice.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scanner import globs
from scanner.dependencies.findings import coordinate
from scanner.dependencies.versions import parse, same_name
from scanner.models import Location, Notice, Problem, Unchecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scanner.advisories import Coordinate
    from scanner.dependencies.consult import Consulted
    from scanner.dependencies.match import Match
    from scanner.models import Lockfile, Requirement, Unaudited

ACCEPT = "or accept it by name in dependencies.allow-unaudited"
SHOWN = 3
LONGEST = 60


class Allowed:
    """The entries of ``dependencies.allow-unaudited``."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._entries = tuple(entries)

    def name(self, ecosystem: str, name: str) -> bool:
        """Whether a package is accepted, spelt as its registry compares names; ``@scope/*`` accepts a scope."""
        wanted = same_name(ecosystem, name)
        return any(same_name(ecosystem, entry) == wanted for entry in self._entries) or globs.matches(self._entries, name)

    def manifest(self, path: str) -> bool:
        """Whether a manifest is accepted as a whole."""
        return globs.matches(self._entries, path)


def gaps(lockfile: Lockfile, allowed: Allowed) -> Iterator[Problem | Notice]:
    """What the lockfile itself says cannot be audited: its problems, and dependencies from elsewhere than a registry; and its notices."""
    if allowed.manifest(lockfile.path):
        count = len(lockfile.problems) + len(lockfile.unaudited)
        if count:
            yield Notice(subject=lockfile.path, reason=f"{count} not audited, accepted by dependencies.allow-unaudited")
        return
    yield from lockfile.problems
    yield from lockfile.notices
    for one in lockfile.unaudited:
        if allowed.name(lockfile.ecosystem, one.name):
            yield accepted(one)
        else:
            yield _not_audited(one.location, f"{one.name} is not audited: {one.reason}", f"check it by hand, {ACCEPT}")


def accepted(one: Requirement | Unaudited) -> Notice:
    """Somebody's word that this one need not be audited."""
    reason = f"{one.name} is not audited, accepted by dependencies.allow-unaudited"
    return Notice(subject=str(one.location), reason=reason, location=one.location)


def unresolved(requirements: Iterable[Requirement], why: str) -> Iterator[Problem]:
    """A Problem for each requirement whose version nobody knows."""
    for one in requirements:
        text = f"{one.name}{one.spec and ' '}{one.spec}".strip()
        yield _not_audited(one.location, f"{text} is not audited: {why}", f"pin it to an exact version or lock it, {ACCEPT}")


def silence(manifest: str, packages: Sequence[Coordinate], consulted: Consulted) -> Iterator[Unchecked]:
    """One for each service that did not answer for packages of this manifest, which no other source answered for."""
    missing: dict[tuple[str, str], list[Coordinate]] = {}
    counts = Counter(at for at in packages if at in consulted.failures)
    for at in sorted(counts):
        for service, reason in consulted.failures[at].items():
            missing.setdefault((service, reason), []).append(at)
    for (service, reason), coordinates in missing.items():
        names = tuple(f"{at.name}@{at.version}" for at in coordinates[:SHOWN])
        count = sum(counts[at] for at in coordinates)
        yield Unchecked(manifest=manifest, service=service, missing=count, asked=len(packages), names=names, reason=reason)


def crowded(manifest: str, most: int) -> Problem:
    """That more was found than is listed."""
    reason = f"this scan has more than {most:,} findings in dependencies; not all of this file's are listed"
    hint = "upgrade what is listed and scan again, or scan folders by themselves"
    return Problem(subject=manifest, reason=reason, hint=hint, location=Location(path=manifest))


def unchecked(one: Unchecked) -> Problem:
    """The Problem that this is."""
    from scanner.advisories.database import NAME

    local = "build the database anew, or let the services be asked with --advisories auto"
    more = f" and {one.missing - len(one.names)} more" if one.missing > len(one.names) else ""
    return Problem(
        subject=one.manifest,
        reason=f"{counted(one)} ({', '.join(one.names)}{more}): {one.reason}",
        hint=local if one.service == NAME else "run again when the service answers, or give a local database with --advisory-db",
    )


def counted(one: Unchecked) -> str:
    """How the reason of its Problem begins."""
    return f"{one.service}: {one.missing} of {one.asked} packages not checked"


def unclear(lockfile: Lockfile, matches: Mapping[Coordinate, Match], allowed: Allowed) -> Iterator[Problem | Notice]:
    """One for each package of which it cannot be told whether an advisory hits it; a Notice where that is accepted."""
    doubtful = {at: match for at, match in matches.items() if match.unclear}
    packages = {at: package for package in lockfile.packages if (at := coordinate(package)) in doubtful} if doubtful else {}
    for at, package in packages.items():
        reason = _doubt(at, doubtful[at])
        if allowed.manifest(lockfile.path) or allowed.name(package.ecosystem, package.name):
            told = f"{reason}; accepted by dependencies.allow-unaudited"
            yield Notice(subject=str(package.location), reason=told, location=package.location)
        else:
            yield _not_audited(package.location, reason, f"check it by hand, {ACCEPT}")


def _doubt(at: Coordinate, match: Match) -> str:
    """Why it cannot be told: the version is none, or the advisories name none."""
    ids = ", ".join(advisory.id for advisory in match.unclear[:SHOWN])
    version = at.version if len(at.version) <= LONGEST else f"{at.version[:LONGEST]}…"
    if parse(at.ecosystem, at.version) is None:
        return f"{at.name}: version {version!r} cannot be compared with the versions in {ids}"
    return f"{at.name}: whether version {version!r} is affected cannot be told from {ids}, which says it in no {at.ecosystem} versions"


def _not_audited(location: Location, reason: str, hint: str) -> Problem:
    return Problem(subject=str(location), reason=reason, hint=hint, location=location)
