"""The index of a repository in; the staged content of the files that matter, as a folder of its own, out. The working tree is not read."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pygit2

_REGULAR = (0o100644, 0o100755)


@contextmanager
def checkout(folder: str, wanted: Callable[[str, bool], bool]) -> Iterator[tuple[str, int]]:
    """A folder that only this user can read, with the staged content of every file for which ``wanted(path, changed)`` says so, and how
    many of them the next commit changes. ``GIT_INDEX_FILE`` counts: ``git commit PATH`` has an index of its own. Raises WorkspaceError.
    """
    with tempfile.TemporaryDirectory(prefix="security-scan-staged-") as target:
        yield target, _write(folder, wanted, target)


def _write(folder: str, wanted: Callable[[str, bool], bool], target: str) -> int:
    import pygit2

    pygit2.settings.owner_validation = False
    count = 0
    try:
        repo = pygit2.Repository(os.environ.get("GIT_DIR") or pygit2.discover_repository(folder) or folder)
        named = os.environ.get("GIT_INDEX_FILE")
        index = pygit2.Index(named) if named else repo.index
        changed = _changed(repo, index)
        for entry in index:
            if entry.mode in _REGULAR and wanted(entry.path, entry.path in changed):
                _place(repo[entry.id].peel(pygit2.Blob), Path(target, entry.path))
                count += entry.path in changed
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        raise WorkspaceError(f"the staged files cannot be read ({error})", subject=folder, hint="run this in a git checkout") from None
    return count


def _changed(repo: pygit2.Repository, index: pygit2.Index) -> frozenset[str]:
    """Paths whose staged content differs from the last commit's. Where nothing is staged (``pre-commit run --all-files``) or nothing is
    committed yet: every path, since an empty answer would pass for a clean one.
    """
    import pygit2

    every = frozenset(entry.path for entry in index)
    if repo.head_is_unborn:
        return every
    tree = repo[repo.head.target].peel(pygit2.Tree)
    return frozenset(delta.new_file.path for delta in tree.diff_to_index(index).deltas) or every


def _place(blob: pygit2.Blob, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(memoryview(blob))
