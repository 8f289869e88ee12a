"""Files that git tracks and nobody has written to since: the listing in, the paths out whose content is the blob that the index names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.models import File


def untouched(root: str, files: Sequence[File]) -> frozenset[str]:
    """Paths of the ``files`` that ``git status`` would call unmodified (size, times, else content); none where git cannot tell."""
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
    return frozenset(file.path for file in files if file.blob and f"{prefix}{file.name}" not in touched)
