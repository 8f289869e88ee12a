"""Who brings a package in: a lockfile's packages and direct requirements in, shortest paths from the root out."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scanner.models import Lockfile, Package, Requirement

MAX_PATHS = 3


class Path(Struct, frozen=True, kw_only=True):
    """One way from the root to a package: the requirement a person wrote and the packages from it to the target, both included."""

    requirement: Requirement
    packages: tuple[Package, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """As reported: ``("root", "express", "qs")``."""
        return ("root", *(package.name for package in self.packages))


class Graph:
    """The edges of one lockfile, seen from below. Cycles are fine; building is linear, a question stops at ``MAX_PATHS`` ways found."""

    def __init__(self, lockfile: Lockfile) -> None:
        self._packages: Mapping[str, Package] = {package.key: package for package in lockfile.packages if package.key}
        self._parents: dict[str, list[str]] = {}
        for package in lockfile.packages:
            for child in package.requires:
                self._parents.setdefault(child, []).append(package.key)
        self._direct: dict[str, list[Requirement]] = {}
        for requirement in lockfile.direct:
            self._direct.setdefault(requirement.key, []).append(requirement)

    def direct(self, keys: Iterable[str]) -> tuple[Requirement, ...]:
        """The requirements that name one of these packages themselves."""
        return tuple(requirement for key in keys if key for requirement in self._direct.get(key, ()))

    def parents(self, keys: Iterable[str]) -> tuple[Package, ...]:
        """The packages that require one of these."""
        found = dict.fromkeys(parent for key in keys for parent in self._parents.get(key, ()))
        return tuple(self._packages[parent] for parent in found if parent in self._packages)

    def paths(self, keys: Iterable[str]) -> tuple[Path, ...]:
        """The shortest ways to any of these packages, one for each direct requirement, at most ``MAX_PATHS``."""
        towards: dict[str, str] = {key: "" for key in keys if key in self._packages}
        queue, found = deque(towards), list[Path]()
        while queue and len(found) < MAX_PATHS:
            key = queue.popleft()
            found.extend(Path(requirement=direct, packages=self._down(key, towards)) for direct in self._direct.get(key, ()))
            for parent in self._parents.get(key, ()):
                if parent not in towards and parent in self._packages:
                    towards[parent] = key
                    queue.append(parent)
        return tuple(found[:MAX_PATHS])

    def _down(self, key: str, towards: Mapping[str, str]) -> tuple[Package, ...]:
        steps: list[Package] = []
        while key:
            steps.append(self._packages[key])
            key = towards[key]
        return tuple(steps)
