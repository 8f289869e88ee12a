"""What to upgrade, and what advice must know of the lockfile around it."""

from __future__ import annotations

from functools import cached_property
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.models import Lockfile, Package, Requirement


class Around:
    """What advice must know of a whole lockfile, found out when it is first asked for."""

    def __init__(self, lockfile: Lockfile) -> None:
        self._lockfile = lockfile

    @cached_property
    def branches(self) -> Mapping[str, set[str]]:
        """The branches (``^1``, ``~0.2``) in which each package is there, by its name."""
        found: dict[str, set[str]] = {}
        for package in self._lockfile.packages:
            found.setdefault(package.name, set()).add(branch(package.version))
        return found

    @cached_property
    def copied(self) -> Mapping[str, str]:
        """The folders that are asked for as ``file:./x``, by whose name: no manager's command for workspaces knows them."""
        if self._lockfile.ecosystem != "npm":
            return {}
        asked = ((one, one.spec.removeprefix("file:")) for one in self._lockfile.direct if one.spec.startswith("file:"))
        return {normpath(join(dirname(one.location.path), folder)): one.name for one, folder in asked}


class Upgrade(Struct, frozen=True, kw_only=True):
    """What to upgrade: ``requirements`` are the lines that name the package itself, ``parents`` the packages that require it."""

    lockfile: Lockfile
    around: Around
    package: Package
    version: str
    requirements: tuple[Requirement, ...] = ()
    parents: tuple[Package, ...] = ()

    @property
    def pin(self) -> str:
        """``name@version``."""
        return f"{self.package.name}@{self.version}"


def branch(version: str) -> str:
    """The versions of which one takes another's place without breaking what asks for it: ``^1``, ``~0.2``."""
    major, _, rest = version.partition(".")
    return f"^{major}" if major != "0" else f"~0.{rest.partition('.')[0]}"
