"""The index of a plain checkout in; which tracked files are not as git left them, and what else lies in their folders, out.

As ``git status`` goes about it: a file of the size, the times and the place that the index has noted holds what git wrote; any other is
read. This changes the working directory, in which names alone are found sooner: it is for a process of its own.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from scanner import gitfolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scanner.gitfolder import Entry, Plain

MOST_READ = 2000
_NEVER = frozenset(("", ".", "..", ".git", ".hg", ".svn"))
_LINK, _SUBMODULE, _EXECUTABLE = 0o120000, 0o160000, 0o100755
_KIND, _LOW, _SECOND = 0o170100, 0xFFFFFFFF, 1_000_000_000
_EMPTY = hashlib.sha1(b"blob 0\0", usedforsecurity=False).hexdigest()


Held = dict[str, int]
"""The names that git knows in a folder: the place of the entry, -1 for a folder."""


class Seen(NamedTuple):
    """Names of tracked files that are gone or hold something else, and names of what git does not track: folders end with a slash."""

    touched: list[str]
    others: list[str]


def look(root: str, plain: Plain, folders: Iterable[tuple[str, Held]]) -> Seen:
    """What is seen in these ``folders``. ``root`` is a real path.

    Raises ValueError for what only the library can judge: another repository in here, more files to be read than that is worth.
    """
    seen, files = Seen([], []), _Files(plain)
    for folder, held in folders:
        found = _found(root, folder)
        if folder and ".git" in found:
            raise ValueError(folder)
        seen.others.extend(folder + _shown(name) for name in found - held.keys() if name != ".git")
        seen.touched.extend(folder + name for name in files.unlike(held, found))
    return seen


def folders(entries: Sequence[Entry]) -> dict[str, Held]:
    """What git knows in each folder (named with its slash). Raises ValueError for names that it would not write, or not together."""
    folders: dict[str, Held] = {"": {}}
    for place, entry in enumerate(entries):
        folder, slash, name = entry[0].rpartition("/")
        held = folders.get(folder + slash)
        if held is None:
            held = folders[folder + slash] = {}
            while folder:
                folder, slash, inner = folder.rpartition("/")
                if folders.setdefault(folder + slash, {}).setdefault(inner, -1) >= 0:
                    raise ValueError(entry[0])
        if held.setdefault(name, place) != place:
            raise ValueError(entry[0])
    if not all(held.keys().isdisjoint(_NEVER) for held in folders.values()):
        raise ValueError
    return folders


def _found(root: str, folder: str) -> set[str]:
    """The names in this folder, having gone there; none where it is gone, cannot be read, or is reached by a link."""
    path = f"{root}/{folder}"
    try:
        os.chdir(path)
        return set(os.listdir()) if os.getcwd() == path.rstrip("/") else set()
    except OSError:
        return set()


def _shown(name: str) -> str:
    return f"{name}/" if stat.S_ISDIR(os.lstat(name).st_mode) else name


class _Files:
    """Holds the index's files against those of the working directory."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain
        self._left = MOST_READ

    def unlike(self, held: Held, found: set[str]) -> Iterator[str]:
        """The names that are gone, or whose kind, size, times and place are not those of the index, unless the content is.

        What was written as late as the index may have been written again since (gitformat-index, racy-git).
        """
        unpack, stamps, entries, last = gitfolder.STAMP.unpack, self._plain.stamps, self._plain.entries, self._plain.written
        for name, place in held.items():
            if place < 0:
                continue  # a folder is looked at by itself
            if name not in found:
                yield name
                continue
            changed, changed_ns, written, written_ns, _, inode, mode, _, _, size = unpack(stamps[place])
            info = os.lstat(name)
            if not (
                info.st_mtime_ns == written * _SECOND + written_ns < last and info.st_ctime_ns == changed * _SECOND + changed_ns < last
                and info.st_size & _LOW == size and info.st_ino & _LOW == inode and not (info.st_mode ^ mode) & _KIND
                and (size or entries[place][3] == _EMPTY)
            ) and not self._same(name, entries[place], info):
                yield name

    def _same(self, name: str, entry: Entry, info: os.stat_result) -> bool:
        """Whether it is of the kind that the index says, and its content the same."""
        _, mode, _, blob = entry
        if mode == _SUBMODULE:
            return stat.S_ISDIR(info.st_mode)
        if mode == _LINK:
            return stat.S_ISLNK(info.st_mode) and _blob([os.fsencode(os.readlink(name))], info.st_size) == blob
        if not stat.S_ISREG(info.st_mode) or bool(info.st_mode & stat.S_IXUSR) != (mode == _EXECUTABLE):
            return False
        self._left -= 1
        if self._left < 0:
            raise ValueError(name)
        try:
            with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
                return _blob(iter(lambda: stream.read(1 << 20), b""), info.st_size) == blob
        except OSError:
            return False


def _blob(pieces: Iterable[bytes], size: int) -> str:
    """The id of a blob (gitformat-pack)."""
    digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
