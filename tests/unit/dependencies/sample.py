"""Short ways to write advisories, packages and sources for the tests of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.advisories import Answer, Coordinate
from scanner.models import Advisory, Affected, Event, Location, Lockfile, Package, Range, Requirement, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence


def span(*events: str, kind: str = "ECOSYSTEM") -> Range:
    """``span("introduced 1.0", "fixed 2.0")``."""
    return Range(type=kind, events=tuple(Event(kind=word, version=version) for word, version in (event.split(" ") for event in events)))


def affects(*ranges: Range, name: str = "lib", ecosystem: str = "npm", versions: tuple[str, ...] = (), npm_range: str = "") -> Affected:
    return Affected(ecosystem=ecosystem, name=name, versions=versions, ranges=ranges, npm_range=npm_range)


def advisory(id_: str, *blocks: Affected, severity: Severity = Severity.HIGH, **fields: str | tuple[str, ...]) -> Advisory:
    return Advisory(id=id_, affected=blocks, severity=severity, severity_source="GHSA level" if severity else "", source="osv", **fields)  # type: ignore[arg-type]


def at(version: str, name: str = "lib", ecosystem: str = "npm") -> Coordinate:
    return Coordinate(ecosystem=ecosystem, name=name, version=version)


def package(name: str, version: str = "1.0.0", *requires: str, line: int = 1, path: str = "package-lock.json", **fields: object) -> Package:
    ecosystem = str(fields.pop("ecosystem", "npm"))
    key = str(fields.pop("key", name))
    where = Location(path=path, line=line)
    return Package(ecosystem=ecosystem, name=name, version=version, location=where, key=key, requires=requires, **fields)  # type: ignore[arg-type]


def wants(name: str, spec: str = "^1.0.0", line: int = 1, path: str = "package.json", key: str | None = None) -> Requirement:
    return Requirement(name=name, location=Location(path=path, line=line), spec=spec, key=name if key is None else key)


def lockfile(*packages: Package, direct: Sequence[Requirement] = (), path: str = "package-lock.json", **fields: object) -> Lockfile:
    given = {"format": "npm", "ecosystem": "npm", "audit": "npm", **fields}
    return Lockfile(path=path, packages=packages, direct=tuple(direct), **given)  # type: ignore[arg-type]


class Memory:
    """A source that knows some advisories, by package name; with ``down`` it answers nothing."""

    def __init__(self, *advisories: Advisory, name: str = "memory", ecosystems: tuple[str, ...] = ("npm", "PyPI"), down: str = "") -> None:
        self.name = name
        self.ecosystems = frozenset(ecosystems)
        self.asked: list[Coordinate] = []
        self._down = down
        self._advisories = advisories

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        self.asked.extend(coordinates)
        if self._down:
            return Answer(source=self.name, advisories={}, unanswered=dict.fromkeys(coordinates, self._down))
        found = {c: tuple(a for a in self._advisories if any(b.name == c.name for b in a.affected)) for c in coordinates}
        return Answer(source=self.name, advisories=found, unanswered={}, date="2024-05-01")
