"""One lockfile and the matches of its packages in, its findings out: one for each advisory and package, at the line a person edits."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from scanner.advisories import Coordinate
from scanner.dependencies.commands import advise
from scanner.dependencies.fixes import clearing_version, fixed_versions
from scanner.dependencies.graph import Graph
from scanner.dependencies.upgrade import Around, Upgrade
from scanner.models import Finding, Kind, Related, Scope, Vulnerable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scanner.dependencies.graph import Path
    from scanner.dependencies.match import Match
    from scanner.models import Location, Lockfile, Package, Requirement

MAX_RELATED = 4
BY_NEED = (Scope.RUNTIME, Scope.UNKNOWN, Scope.OPTIONAL, Scope.DEVELOPMENT)
"""The strongest reason to install something first."""


def coordinate(package: Package) -> Coordinate:
    """What sources are asked about this package."""
    return Coordinate(ecosystem=package.ecosystem, name=package.name, version=package.version)


def findings(lockfile: Lockfile, matches: Mapping[Coordinate, Match]) -> Iterator[Finding]:
    """Everything that hits a package of this lockfile; the same version at several keys is one package, with the strongest scope."""
    if not any(match.found for match in matches.values()):
        return
    hit: dict[Coordinate, list[Package]] = {}
    for package in lockfile.packages:
        at = coordinate(package)
        if at in matches and matches[at].found:
            hit.setdefault(at, []).append(package)
    graph, around = Graph(lockfile), Around(lockfile)
    for at, packages in hit.items():
        yield from _of_package(lockfile, graph, around, at, packages, matches[at])


def _of_package(
    lockfile: Lockfile, graph: Graph, around: Around, at: Coordinate, packages: list[Package], match: Match
) -> Iterator[Finding]:
    package = min(packages, key=lambda one: BY_NEED.index(one.scope))
    keys = [one.key for one in packages]
    direct = graph.direct(keys)
    version = clearing_version(match.found, match.known, at)
    parents = graph.parents(keys)
    upgrade = Upgrade(lockfile=lockfile, around=around, package=package, version=version, requirements=direct, parents=parents)
    fix, paths = advise(upgrade), graph.paths(keys)
    for advisory in match.found:
        fixes = fixed_versions(advisory, at)
        vulnerable = Vulnerable(
            package=package,
            advisory=advisory,
            paths=tuple(path.names for path in paths),
            fixed_versions=fixes,
            recommended_version=version if fixes else "",
            fix=fix if fixes else (),
        )
        yield _finding(lockfile, vulnerable, direct, paths, packages)


def _finding(
    lockfile: Lockfile, vulnerable: Vulnerable, direct: Sequence[Requirement], paths: Sequence[Path], packages: Sequence[Package]
) -> Finding:
    package, advisory = vulnerable.package, vulnerable.advisory
    places = [requirement.location for requirement in direct or [path.requirement for path in paths]]
    location = _edited(package, places)
    return Finding(
        id=_identity(advisory.id, package.purl, lockfile.path),
        kind=Kind.VULNERABILITY,
        rule_id=advisory.id,
        severity=advisory.severity,
        audit=lockfile.audit,
        title=f"{package.name} {package.version}: {advisory.id} ({advisory.severity.label})",
        message=_message(vulnerable, "" if direct or not paths else paths[0].packages[0].name),
        location=location,
        help_url=advisory.url,
        aliases=advisory.aliases,
        related=tuple(_related(location, places, [one.location for one in packages]))[:MAX_RELATED],
        vulnerable=vulnerable,
    )


def _edited(package: Package, places: Sequence[Location]) -> Location:
    """The line a person edits: the requirement's; the package's own where one file is manifest and lockfile (requirements.txt)."""
    if not places or any(place.path == package.location.path for place in places):
        return package.location
    return places[0]


def _identity(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def _message(vulnerable: Vulnerable, through: str) -> str:
    package, advisory = vulnerable.package, vulnerable.advisory
    via = f" (through {through})" if through and through != package.name else ""
    what = " ".join(advisory.summary.split()) or "known vulnerability"
    return f"{package.name}@{package.version}{via}: {what} ({advisory.id}, {advisory.severity.label}); {_clears(vulnerable)}"


def _clears(vulnerable: Vulnerable) -> str:
    if vulnerable.recommended_version:
        return f"{vulnerable.recommended_version} clears it"
    if vulnerable.fixed_versions:
        return f"fixed in {', '.join(vulnerable.fixed_versions)}, where other advisories apply"
    return "no fixed version is known"


def _related(location: Location, places: Iterable[Location], locked: Iterable[Location]) -> Iterator[Related]:
    shown = {location}
    for note, others in (("locked here", locked), ("required here", places)):
        for other in others:
            if other not in shown:
                shown.add(other)
                yield Related(location=other, note=note)
