"""A folder and what git knows of it in, its files out, and what is to be said of links, submodules and devices."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct, field

from scanner import checkout
from scanner.models import File, Problem, Skipped
from scanner.names import display

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scanner.checkout import Tree
    from scanner.standing import Standing

_VCS_FOLDERS = frozenset((".git", ".hg", ".svn"))


class Seen(Struct, frozen=True, kw_only=True):
    """What there is in folders, and what is to be said of it; the lists grow while they are read."""

    files: list[File] = field(default_factory=list)
    links: list[File] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, more: Seen) -> None:
        """What somebody else has seen."""
        self.files.extend(more.files)
        self.links.extend(more.links)
        self.skipped.extend(more.skipped)
        self.problems.extend(more.problems)


def below(root: str, tree: Tree | None, folders: Iterable[str]) -> Seen:
    """What is in these folders and in all below them that git does not ignore: names relative to ``root``, with a slash at the end."""
    seen = Seen()
    pending = list(folders)
    while pending:
        pending.extend(one(root, tree, pending.pop(), seen))
    return seen


def one(root: str, tree: Tree | None, folder: str, seen: Seen) -> list[str]:
    """Read one folder: those in it that are to be read, too."""
    try:
        with os.scandir(os.path.join(root, folder)) as entries:
            found = list(entries)
    except OSError as error:
        reason = f"folder cannot be read: {error.strerror}"
        seen.problems.append(Problem(subject=display(folder) or ".", reason=reason, hint="check its permissions"))
        return []
    return [inner for entry in found if (inner := _entry(root, tree, entry, folder + entry.name, seen))]


def _entry(root: str, tree: Tree | None, entry: os.DirEntry[str], name: str, seen: Seen) -> str:
    """Note what stands in a folder; the name of a folder that is to be read, else nothing."""
    known = tree.tracked.get(name) if tree else None
    if known and known[0] and entry.is_file(follow_symlinks=False):
        seen.files.append(File(path=display(name), name=name, size=known[0], blob=known[1]))
    elif entry.name in _VCS_FOLDERS and not known and not (tree and name in tree.folders):  # git may track what is in there
        return ""
    elif entry.is_symlink():
        if tree is None or name in tree.links or not tree.ignored(name):
            seen.skipped.extend(_link(root, name))
            seen.links.append(File(path=display(name), name=name, size=0))
    elif entry.is_dir(follow_symlinks=False):
        return name + "/" if _enter(name, tree, seen.skipped) else ""
    elif known or tree is None or not tree.ignored(name):
        _file(entry, name, known[1] if known else "", seen)
    return ""


def indexed(root: str, standing: Standing) -> Seen:
    """The files of the index, and what is to be said of its links and submodules."""
    seen = Seen()
    for name, mode, size, blob in standing.entries:
        if mode == checkout.LINK:
            seen.skipped.extend(_link(root, name))
            seen.links.append(File(path=display(name), name=name, size=0))
        elif mode == checkout.SUBMODULE:
            seen.skipped.append(_submodule(name))
        else:
            size = size or os.lstat(os.path.join(root, name)).st_size
            seen.files.append(File(path=display(name), name=name, size=size, blob=blob))
    return seen


def _submodule(name: str) -> Skipped:
    return Skipped(path=display(name), reason="submodule: scanned in its own repository")


def _enter(name: str, tree: Tree | None, skipped: list[Skipped]) -> bool:
    if tree is None or name in tree.folders:
        return True
    if name in tree.submodules:
        skipped.append(_submodule(name))
        return False
    return not tree.ignored(name + "/")


def _file(entry: os.DirEntry[str], name: str, blob: str, seen: Seen) -> None:
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError as error:
        seen.problems.append(Problem(subject=display(name), reason=f"cannot be read: {error.strerror}", hint="check its permissions"))
        return
    if stat.S_ISREG(info.st_mode):
        seen.files.append(File(path=display(name), name=name, size=info.st_size, blob=blob))
    else:
        seen.skipped.append(Skipped(path=display(name), reason="not a regular file"))


def _link(root: str, name: str) -> Iterator[Skipped]:
    target = os.path.realpath(os.path.join(root, name))
    base = os.path.realpath(root)
    if not os.path.exists(target):
        yield Skipped(path=display(name), reason="link to nothing")
    elif target == base:
        yield Skipped(path=display(name), reason="link to the scanned tree itself")
    elif not target.startswith(base.rstrip("/") + "/"):
        yield Skipped(path=display(name), reason="link out of the scanned tree")
