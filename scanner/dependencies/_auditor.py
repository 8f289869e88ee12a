"""Our DependencySource and VulnerabilityService for pip-audit's Auditor. Imported by ``python.py`` alone, and only when there is Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version
from pip_audit._audit import Auditor
from pip_audit._dependency_source import DependencySource
from pip_audit._service import ResolvedDependency, SkippedDependency, VulnerabilityService
from pip_audit._service.interface import VulnerabilityID, VulnerabilityResult

from scanner.advisories import Coordinate  # noqa: TC001 -- a dataclass reads it
from scanner.dependencies.fixes import fixed_versions
from scanner.dependencies.versions import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pip_audit._service import Dependency

    from scanner.dependencies.consult import Consulted
    from scanner.dependencies.match import Match
    from scanner.models import Advisory

    Results = Iterator[tuple[Dependency, list[VulnerabilityResult]]]


def audit(
    coordinates: Sequence[Coordinate], consulted: Consulted, matches: Mapping[Coordinate, Match]
) -> Mapping[Coordinate, frozenset[str]]:
    """Run the Auditor: every id that it reports, by coordinate; what it skipped is left out, and what has no match."""
    return {
        dependency.coordinate: frozenset(name for result in results for name in (result.id, *result.aliases))
        for dependency, results in Auditor(Sources(consulted, matches)).audit(Lockfiles(coordinates))
        if isinstance(dependency, Locked) and dependency.coordinate in matches
    }


@dataclass(frozen=True)
class Locked(ResolvedDependency):  # type: ignore[misc]  # pip_audit carries no types
    """A dependency that remembers which of our coordinates it stands for."""

    coordinate: Coordinate


class Lockfiles(DependencySource):  # type: ignore[misc]
    """What our lockfiles hold, as pip-audit wants to be told of it."""

    def __init__(self, coordinates: Sequence[Coordinate]) -> None:
        self.coordinates = coordinates

    def collect(self) -> Iterator[Dependency]:
        """Every coordinate; one whose version is not of PEP 440 is skipped with that reason."""
        for c in self.coordinates:
            if parse(c.ecosystem, c.version) is None:
                yield SkippedDependency(name=c.name, skip_reason=f"{c.version} is not a version of PEP 440")
            else:
                yield Locked(name=c.name, version=Version(c.version), coordinate=c)

    def fix(self, fix_version: object) -> None:
        """Never called: the Auditor does not fix, and lockfiles are never changed."""
        raise NotImplementedError("lockfiles are never changed")


class Sources(VulnerabilityService):  # type: ignore[misc]
    """What our sources said, as pip-audit wants to hear it."""

    def __init__(self, consulted: Consulted, matches: Mapping[Coordinate, Match]) -> None:
        self.consulted = consulted
        self.matches = matches

    def query(self, spec: Dependency) -> tuple[Dependency, list[VulnerabilityResult]]:
        """The answer for one dependency."""
        return next(self.query_all(iter((spec,))))

    def query_all(self, specs: Iterator[Dependency]) -> Results:
        """The answers in order; what no source answered for is skipped with the reasons of all of them."""
        for spec in specs:
            if not isinstance(spec, Locked):
                yield spec, []
                continue
            match = self.matches.get(spec.coordinate)
            if match is None and spec.coordinate in self.consulted.failures:
                reasons = "; ".join(self.consulted.failures[spec.coordinate].values())
                yield SkippedDependency(name=spec.name, skip_reason=reasons), []
            else:
                yield spec, [_result(advisory, spec.coordinate) for advisory in (match.found if match else ())]


def _result(advisory: Advisory, coordinate: Coordinate) -> VulnerabilityResult:
    return VulnerabilityResult(
        id=VulnerabilityID(advisory.id),
        description=advisory.summary,
        fix_versions=[Version(version) for version in fixed_versions(advisory, coordinate)],
        aliases={VulnerabilityID(alias) for alias in advisory.aliases},
    )
