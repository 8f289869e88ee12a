"""The reader of a tree together with the names of its files: for what a lockfile only knows as globs."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from scanner import globs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.lockfiles import Reader


class Listed:
    """A Reader of a tree that has these ``paths`` (relative, POSIX)."""

    def __init__(self, read: Reader, paths: Iterable[str]) -> None:
        self._read = read
        self._paths = tuple(paths)

    def __call__(self, path: str) -> str | None:
        """The text of a file, as any Reader gives it."""
        return self._read(path)

    def matching(self, pattern: str) -> list[str]:
        """The paths that a glob from the root of the tree matches, in order; its last part is a plain name."""
        name = basename(pattern)
        return sorted(path for path in self._paths if path.endswith(name) and globs.matches((f"/{pattern}",), path))


def matching(pattern: str, read: Reader) -> list[str]:
    """The same of any Reader: none where nobody knows which files there are."""
    return read.matching(pattern) if isinstance(read, Listed) else []
