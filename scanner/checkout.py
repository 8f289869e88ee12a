"""A git checkout in, what git knows of its files out: which are tracked, which are ignored, which folders are other repositories."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner import gitfolder
from scanner.errors import WorkspaceError
from scanner.names import display

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pygit2

    from scanner.gitfolder import Entry

LINK, SUBMODULE = 0o120000, 0o160000


class Tree(Struct, frozen=True, kw_only=True):
    """What git knows: size and blob id by path relative to the root, links, folders that hold tracked files, submodules, the ignore
    test."""

    tracked: dict[str, tuple[int, str]]
    links: frozenset[str]
    folders: frozenset[str]
    submodules: frozenset[str]
    ignored: Callable[[str], bool]
    commit: str


def tracked(root: str) -> Tree | None:
    """What git knows below ``root``; None where there is no checkout or git ignores the folder. Raises WorkspaceError."""
    top = home(root)
    if top is None:
        return None
    plain = gitfolder.read(os.path.join(top, ".git")) if top == os.path.realpath(root) else None
    if plain:
        return _tree(plain.entries, plain.commit, asking(root))
    repo = repository(root)
    return _read_tree(repo, os.path.realpath(root)) if repo else None


def repository(root: str) -> pygit2.Repository | None:
    """The git repository whose checkout holds ``root``; None where there is none. Raises WorkspaceError for one that cannot be used.

    It is the one whose ``.git`` stands nearest above: a tree may hold what looks like a repository of its own, with a list of ignored files
    of its own. A checkout that is said to be elsewhere (``core.worktree``) is not read.
    """
    top = home(root)
    if top is None:
        return None
    import pygit2

    pygit2.settings.owner_validation = False
    try:
        repo = pygit2.Repository(top)
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        raise WorkspaceError(f"cannot be read ({error})", subject="git") from None
    if not repo.workdir or os.path.realpath(repo.workdir) != top:
        raise WorkspaceError("its checkout is elsewhere (core.worktree)", subject="git", hint="scan a plain checkout")
    return repo


def home(root: str) -> str | None:
    """The real path of the nearest folder with a ``.git``, ``root`` itself or above it."""
    return next((folder for folder in _ancestors(os.path.realpath(root)) if os.path.lexists(os.path.join(folder, ".git"))), None)


def prefix(root: str, job: str) -> str:
    """Where ``root`` is in its repository (``apps/web/``), or below the job's own folder where there is none; empty for that itself."""
    return below(os.path.realpath(root), home(root) or os.path.realpath(job))


def below(folder: str, top: str) -> str:
    """The way from one folder down to another, with a slash at its end; empty where they are the same or the other is not below."""
    inner = os.path.relpath(folder, top)
    return "" if inner == "." or inner.split(os.sep)[0] == ".." else f"{display(inner)}/"


def _read_tree(repo: pygit2.Repository, root: str) -> Tree | None:
    import pygit2

    try:
        prefix = os.path.relpath(root, os.path.realpath(repo.workdir))
        prefix = "" if prefix == "." else prefix + "/"
        if prefix and repo.path_is_ignored(prefix):
            return None
        entries = _below(prefix, _index(repo))
        commit = "" if repo.head_is_unborn else str(repo.head.target)
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        raise WorkspaceError(f"cannot be read ({error})") from None
    return _tree(entries, commit, lambda name: ignores(repo, prefix + name))


def _tree(entries: Sequence[Entry], commit: str, ignored: Callable[[str], bool]) -> Tree:
    return Tree(
        tracked={path: (size, blob) for path, mode, size, blob in entries if mode not in (LINK, SUBMODULE)},
        links=frozenset(entry[0] for entry in entries if entry[1] == LINK), folders=_folders(entries),
        submodules=frozenset(entry[0] for entry in entries if entry[1] == SUBMODULE), ignored=ignored, commit=commit,
    )


def asking(root: str) -> Callable[[str], bool]:
    """The ignore test, for which the library is loaded when the first file that is not tracked turns up."""
    repos: list[pygit2.Repository | None] = []

    def ignored(name: str) -> bool:
        if not repos:
            try:
                repos.append(repository(root))
            except WorkspaceError:  # nothing is known to be ignored then: rather scan a file too many
                repos.append(None)
        return repos[0] is not None and ignores(repos[0], name)

    return ignored


def _below(prefix: str, entries: Sequence[Entry]) -> Sequence[Entry]:
    if not prefix:
        return entries
    return [(path[len(prefix) :], mode, size, blob) for path, mode, size, blob in entries if path.startswith(prefix)]


def _index(repo: pygit2.Repository) -> Sequence[Entry]:
    """The index from its file, else from the library, which tells neither sizes (0, as git itself writes where it is not sure) nor whether
    a file's content is still the blob's (no blob then)."""
    try:
        entries = gitfolder.entries(Path(repo.path, "index").read_bytes())
    except FileNotFoundError:
        return ()
    return [(e.path, int(e.mode), 0, "") for e in repo.index] if entries is None else entries


def ignores(repo: pygit2.Repository, name: str) -> bool:
    """Whether git would not look at a file, or, with a slash at its end, a folder of this name."""
    try:
        return repo.path_is_ignored(name)
    except UnicodeEncodeError:  # the library cannot ask about such a name: rather scan one file too many
        return False


def _folders(entries: Iterable[Entry]) -> frozenset[str]:
    """The folders that hold tracked files; neighbours share theirs."""
    folders: set[str] = set()
    for entry in entries:
        path = entry[0]
        while (slash := path.rfind("/")) > 0 and (path := path[:slash]) not in folders:
            folders.add(path)
    return frozenset(folders)


def _ancestors(path: str) -> Iterator[str]:
    yield path
    while (parent := os.path.dirname(path)) != path:
        path = parent
        yield path
