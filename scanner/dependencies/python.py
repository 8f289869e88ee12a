"""Python packages through pip-audit's Auditor, with our lockfiles as its dependency source and our advisory sources as its service.

The only door to pip_audit. Our service asks about all packages at once; what the Auditor reports is mapped back to our advisories.
"""

from __future__ import annotations

import importlib.metadata
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.dependencies.fixes import fixed_versions
from scanner.dependencies.match import Match, match
from scanner.dependencies.versions import parse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pip_audit._service import Dependency, VulnerabilityResult

    from scanner.advisories import Coordinate
    from scanner.dependencies.consult import Consulted
    from scanner.models import Advisory

    Results = Iterator[tuple[Dependency, list[VulnerabilityResult]]]


def check(
    coordinates: Sequence[Coordinate], ask: Callable[[Sequence[Coordinate]], Consulted], as_of: dt.date | None = None
) -> tuple[Consulted, Mapping[Coordinate, Match]]:
    """Audit PyPI packages: what the sources said, and the match of every coordinate that was answered.

    A version that is not of PEP 440 is skipped by pip-audit; our own match stands for it, so that it is found where an advisory lists it
    literally and unclear elsewhere.
    """
    _answer_for_pip()
    consulted = ask(coordinates)
    matches = {c: match(c, candidates, as_of) for c, candidates in consulted.candidates.items()}
    reported = _audit(coordinates, consulted, matches)
    return consulted, {c: _confirmed(found, reported[c]) if c in reported else found for c, found in matches.items()}


def _confirmed(found: Match, ids: frozenset[str]) -> Match:
    return replace(found, found=tuple(advisory for advisory in found.found if not advisory.names.isdisjoint(ids)))


def _audit(
    coordinates: Sequence[Coordinate], consulted: Consulted, matches: Mapping[Coordinate, Match]
) -> Mapping[Coordinate, frozenset[str]]:
    """Run the Auditor: every id that it reports, by coordinate; what it skipped is left out."""
    from packaging.version import Version
    from pip_audit._audit import Auditor
    from pip_audit._dependency_source import DependencySource
    from pip_audit._service import ResolvedDependency, SkippedDependency, VulnerabilityService

    @dataclass(frozen=True)
    class Locked(ResolvedDependency):  # type: ignore[misc]  # pip_audit carries no types
        coordinate: Coordinate

    class Lockfiles(DependencySource):  # type: ignore[misc]
        def collect(self) -> Iterator[Dependency]:
            for c in coordinates:
                if parse(c.ecosystem, c.version) is None:
                    yield SkippedDependency(name=c.name, skip_reason=f"{c.version} is not a version of PEP 440")
                else:
                    yield Locked(name=c.name, version=Version(c.version), coordinate=c)

        def fix(self, fix_version: object) -> None:
            raise NotImplementedError("lockfiles are never changed")

    class Sources(VulnerabilityService):  # type: ignore[misc]
        def query(self, spec: Dependency) -> tuple[Dependency, list[VulnerabilityResult]]:
            return next(self.query_all(iter((spec,))))

        def query_all(self, specs: Iterator[Dependency]) -> Results:
            for spec in specs:
                if not isinstance(spec, Locked):
                    yield spec, []
                elif spec.coordinate not in matches:
                    reasons = "; ".join(consulted.failures[spec.coordinate].values())
                    yield SkippedDependency(name=spec.name, skip_reason=reasons), []
                else:
                    yield spec, [_result(advisory, spec.coordinate) for advisory in matches[spec.coordinate].found]

    audited = Auditor(Sources()).audit(Lockfiles())
    return {
        dependency.coordinate: frozenset(name for result in results for name in (result.id, *result.aliases))
        for dependency, results in audited
        if isinstance(dependency, Locked)
    }


def _result(advisory: Advisory, coordinate: Coordinate) -> VulnerabilityResult:
    from packaging.version import Version
    from pip_audit._service.interface import VulnerabilityID, VulnerabilityResult

    return VulnerabilityResult(
        id=VulnerabilityID(advisory.id),
        description=advisory.summary,
        fix_versions=[Version(version) for version in fixed_versions(advisory, coordinate)],
        aliases={VulnerabilityID(alias) for alias in advisory.aliases},
    )


def _answer_for_pip() -> None:
    """Tell pip_api which pip is installed before it asks.

    On import it would run ``python -m pip --version`` in the current directory, where a ``pip.py`` of the scanned tree would be what runs.
    """
    answer = ModuleType("pip_api._version", "The version of the installed pip, read from its metadata.")
    answer.version = lambda: importlib.metadata.version("pip")  # type: ignore[attr-defined]
    sys.modules.setdefault(answer.__name__, answer)
