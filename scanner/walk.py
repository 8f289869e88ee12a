"""A folder and what git knows of it in, its files out, and what is to be said of links, submodules and devices."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from scanner import checkout
from scanner.models import File, Problem, Skipped
from scanner.names import display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.checkout import Tree
    from scanner.standing import Standing

_VCS_FOLDERS = frozenset((".git", ".hg", ".svn"))


def walk(root: str, tree: Tree | None, skipped: list[Skipped], problems: list[Problem], links: list[File]) -> Iterator[File]:
    """The files of the folders below ``root`` that git does not ignore; the lists take up what else is to be said."""
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                found = list(entries)
        except OSError as error:
            reason = f"folder cannot be read: {error.strerror}"
            problems.append(Problem(subject=display(folder) or ".", reason=reason, hint="check its permissions"))
            continue
        for entry in found:
            name = folder + entry.name
            known = tree.tracked.get(name) if tree else None
            if known and known[0] and entry.is_file(follow_symlinks=False):
                yield File(path=display(name), name=name, size=known[0], blob=known[1])
            elif entry.name in _VCS_FOLDERS and not known and not (tree and name in tree.folders):  # git may track what is in there
                continue
            elif entry.is_symlink():
                if tree is None or name in tree.links or not tree.ignored(name):
                    skipped.extend(_link(root, name))
                    links.append(File(path=display(name), name=name, size=0))
            elif entry.is_dir(follow_symlinks=False):
                if _enter(name, tree, skipped):
                    pending.append(name + "/")
            elif known or tree is None or not tree.ignored(name):
                yield from _file(entry, name, known[1] if known else "", skipped, problems)


def indexed(root: str, standing: Standing, skipped: list[Skipped], links: list[File]) -> Iterator[File]:
    """The files of the index, and what is to be said of its links and submodules."""
    for name, mode, size, blob in standing.entries:
        if mode == checkout.LINK:
            skipped.extend(_link(root, name))
            links.append(File(path=display(name), name=name, size=0))
        elif mode == checkout.SUBMODULE:
            skipped.append(_submodule(name))
        else:
            yield File(path=display(name), name=name, size=size or os.lstat(os.path.join(root, name)).st_size, blob=blob)


def _submodule(name: str) -> Skipped:
    return Skipped(path=display(name), reason="submodule: scanned in its own repository")


def _enter(name: str, tree: Tree | None, skipped: list[Skipped]) -> bool:
    if tree is None or name in tree.folders:
        return True
    if name in tree.submodules:
        skipped.append(_submodule(name))
        return False
    return not tree.ignored(name + "/")


def _file(entry: os.DirEntry[str], name: str, blob: str, skipped: list[Skipped], problems: list[Problem]) -> Iterator[File]:
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError as error:
        problems.append(Problem(subject=display(name), reason=f"cannot be read: {error.strerror}", hint="check its permissions"))
        return
    if stat.S_ISREG(info.st_mode):
        yield File(path=display(name), name=name, size=info.st_size, blob=blob)
    else:
        skipped.append(Skipped(path=display(name), reason="not a regular file"))


def _link(root: str, name: str) -> Iterator[Skipped]:
    target = os.path.realpath(os.path.join(root, name))
    base = os.path.realpath(root)
    if not os.path.exists(target):
        yield Skipped(path=display(name), reason="link to nothing")
    elif target == base:
        yield Skipped(path=display(name), reason="link to the scanned tree itself")
    elif not target.startswith(base.rstrip("/") + "/"):
        yield Skipped(path=display(name), reason="link out of the scanned tree")
