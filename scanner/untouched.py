"""Files that git tracks and nobody has written to since: the listing in, the paths out whose content is the blob that the index names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from scanner.models import File
    from scanner.standing import Standing


def untouched(root: str, files: Sequence[File], standing: Standing | None = None) -> frozenset[str]:
    """Paths of the ``files`` that ``git status`` would call unmodified (size, times, else content); none where git cannot tell.

    The library finds out, unless ``standing`` knows already.
    """
    if standing is not None:
        return _but(standing.touched, "", files)
    if not any(file.blob for file in files):
        return frozenset()
    import pygit2

    try:
        repo = pygit2.Repository(pygit2.discover_repository(root) or root)
        inner = os.path.relpath(os.path.realpath(root), repo.workdir or root)
        prefix = "" if inner == "." else f"{inner}/"
        diff = repo.index.diff_to_workdir(pygit2.enums.DiffOption.IGNORE_SUBMODULES)
        touched = {os.fsdecode(side.raw_path) for delta in diff.deltas for side in (delta.old_file, delta.new_file)}
    except (pygit2.GitError, KeyError, ValueError, OSError):
        return frozenset()
    return _but(touched, prefix, files)


def _but(touched: Set[str], prefix: str, files: Sequence[File]) -> frozenset[str]:
    """Of two files whose names are shown alike (odd bytes) both have to be untouched."""
    unsure = {file.path for file in files if not file.blob or f"{prefix}{file.name}" in touched}
    return frozenset(file.path for file in files if file.path not in unsure)
