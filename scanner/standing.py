"""A plain git checkout in; how it stands against its index out: which tracked files are not as git left them, what else lies there.

The files are looked at by processes of their own, while this one does something else.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from scanner import gitfolder, worktree
from scanner.forked import forked, heard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scanner.gitfolder import Entry, Plain
    from scanner.worktree import Held

ENOUGH = 10_000
"""Fewer files than this are not worth a second process."""

MOST_PARTS = 2
"""What more processes would save, they would cost in memory."""

_MODES = frozenset((0o100644, 0o100755, 0o120000, 0o160000))


class Standing(Struct, frozen=True, kw_only=True):
    """The checked-out commit, the tree that the index equals (empty where it does not say), its entries, those of them that are not as
    they were written (files gone, too), and names of what git does not track: folders end with a slash.
    """

    commit: str
    tree: str
    entries: Sequence[Entry]
    touched: frozenset[str]
    others: tuple[str, ...]

    def clean(self, ignored: Callable[[str], bool]) -> bool:
        """Whether the files are those of the index, and ``ignored`` is true of whatever else there is."""
        return not self.touched and all(map(ignored, self.others))


def begin(root: str) -> Callable[[], Standing | None]:
    """Start to look; the function that is returned waits for the answer, once.

    That is None where the library has to be asked: there is more than a plain checkout, nothing is committed, git was told to look away,
    a merge is not done, or a process did not come to its end.
    """
    plain = gitfolder.read(os.path.join(root, ".git"))
    if plain is None or not plain.commit or not _settled(plain.entries):
        return lambda: None
    try:
        folders = [*worktree.folders(plain.entries).items()]
    except ValueError:
        return lambda: None
    parts = min(os.cpu_count() or 1, 1 + len(plain.entries) // ENOUGH, MOST_PARTS)
    ends = [part * len(folders) // parts for part in range(parts + 1)]
    children: list[tuple[int, int]] = []
    with suppress(OSError):  # where there is no room for a process, its answer is missing
        for first, end in pairwise(ends):  # neighbours: what a process looks at becomes its own memory
            children.append(forked(partial(_tell, os.path.realpath(root), plain, folders[first:end])))
    return lambda: _standing(plain, parts, [_heard(*child) for child in children])


def _settled(entries: Sequence[Entry]) -> bool:
    """Whether all are of the kinds that git keeps, and their content is known."""
    return {entry[1] for entry in entries} <= _MODES and all(entry[3] for entry in entries)


def _tell(root: str, plain: Plain, folders: list[tuple[str, Held]], writing: int) -> None:
    gc.freeze()
    seen = [[*map(os.fsencode, names)] for names in worktree.look(root, plain, folders)]
    with open(writing, "wb") as stream:
        stream.write(msgspec.msgpack.encode(seen))


def _heard(child: int, answer: int) -> tuple[list[bytes], list[bytes]] | None:
    said = heard(child, answer)
    try:
        return msgspec.msgpack.decode(said, type=tuple[list[bytes], list[bytes]]) if said is not None else None
    except msgspec.DecodeError:  # it said nothing that can be understood
        return None


def _standing(plain: Plain, parts: int, heard: list[tuple[list[bytes], list[bytes]] | None]) -> Standing | None:
    said = [one for one in heard if one is not None]
    if len(said) < parts:
        return None
    return Standing(
        commit=plain.commit, tree=plain.tree, entries=plain.entries,
        touched=frozenset(os.fsdecode(name) for touched, _ in said for name in touched),
        others=tuple(os.fsdecode(name) for _, others in said for name in others),
    )
