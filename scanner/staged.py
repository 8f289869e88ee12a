"""The index of a repository in; the staged content of the files that matter, as a folder of its own, out. The working tree is not read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable  # noqa: TC003 -- a NamedTuple's fields
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scanner.errors import ConfigError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pygit2

_REGULAR = (0o100644, 0o100755)


class Look(NamedTuple):
    """What is looked at, by paths from the folder ``below`` of the checkout (the whole of it where that is empty).

    ``wanted(path, changed)`` says whether a staged file is; ``missed(path)`` whether one counts that the commit takes away.
    """

    wanted: Callable[[str, bool], bool]
    missed: Callable[[str], bool]
    below: str = ""


@contextmanager
def checkout(folder: str, look: Look) -> Iterator[tuple[str, int]]:
    """A folder that only this user can read, with the staged content of every file that ``look`` wants, and how many of them the next
    commit changes or, of those that are missed, takes away. ``GIT_INDEX_FILE`` counts: ``git commit PATH`` has an index of its own.
    Raises WorkspaceError, and ConfigError where ``look.below`` lies elsewhere.
    """
    with tempfile.TemporaryDirectory(prefix="security-scan-staged-") as target:
        yield target, _write(folder, look, Path(target))


def _write(folder: str, look: Look, target: Path) -> int:
    import pygit2

    pygit2.settings.owner_validation = False
    try:
        repo = pygit2.Repository(os.environ.get("GIT_DIR") or pygit2.discover_repository(folder) or folder)
        named = os.environ.get("GIT_INDEX_FILE")
        index = pygit2.Index(named) if named else repo.index
        prefix = _prefix(repo, look.below) if look.below else ""
        changed = _changed(repo, index)
        there = {entry.path: entry for entry in index}
        placed = [path for path in there if _taken(repo, there[path], prefix, look, changed=path in changed, target=target)]
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        raise WorkspaceError(f"the staged files cannot be read ({error})", subject=folder, hint="run this in a git checkout") from None
    gone = [path for path in changed - there.keys() if path.startswith(prefix) and look.missed(path[len(prefix) :])]
    return len(changed.intersection(placed)) + len(gone) if placed else 0


def _taken(repo: pygit2.Repository, entry: pygit2.IndexEntry, prefix: str, look: Look, *, changed: bool, target: Path) -> bool:
    """Whether the file is looked at; it is then written below ``target``."""
    import pygit2

    whole = str(entry.path)
    path = whole[len(prefix) :]
    if entry.mode not in _REGULAR or not whole.startswith(prefix) or not look.wanted(path, changed):
        return False
    _place(repo[entry.id].peel(pygit2.Blob), target / path)
    return True


def _prefix(repo: pygit2.Repository, below: str) -> str:
    """The folder as the index names it, with a slash at its end; empty for the whole checkout. Raises ConfigError."""
    top = os.environ.get("GIT_WORK_TREE") or repo.workdir
    inner = os.path.relpath(os.path.realpath(below), os.path.realpath(top)) if top else "."
    if inner.split("/")[0] == "..":
        raise ConfigError(f"{below} is not in the checkout {top}", hint="give a folder of the checkout, or none for all that is staged")
    return "" if inner == "." else f"{inner}/"


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
