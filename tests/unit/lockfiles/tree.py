"""A small tree of files in memory, for parsers that read what stands beside their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner import lockfiles
from scanner.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.models import Lockfile


def reader(files: Mapping[str, str]) -> Callable[[str], str | None]:
    """Reads from ``files``; what lies outside of the root raises, as in the real tree."""

    def read(path: str) -> str | None:
        if path.startswith(("../", "/")):
            raise WorkspaceError("outside of the root", subject=path)
        return files.get(path)

    return read


def parse(format_name: str, path: str, files: Mapping[str, str] | str) -> Lockfile:
    """``path`` parsed by the format of that name; ``files`` may be its text alone."""
    tree = {path: files} if isinstance(files, str) else files
    return lockfiles.formats()[format_name].parse(tree[path], path, reader(tree))


def versions(lock: Lockfile) -> list[str]:
    """``name==version`` of each package, in order."""
    return [f"{one.name}=={one.version}" for one in lock.packages]


def lines(lock: Lockfile) -> dict[str, tuple[int, int]]:
    """Line and column of each package."""
    return {one.name: (one.location.line, one.location.column) for one in lock.packages}


def scopes(lock: Lockfile) -> dict[str, str]:
    """Scope of each package."""
    return {one.name: one.scope.value for one in lock.packages}
