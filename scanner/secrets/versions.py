"""Commits and their trees in, the versions of files that they bring out: each blob once, where it first stood, oldest commit first; once
more where it stands under a path of another kind.

A folder is compared with what it held when it was last read, so that only what is new in it costs time; one that was seen in its place is
passed over whole.
"""

from __future__ import annotations

import re
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

MOST_KEPT = 200_000
_FOLDER, _FILE = b"40000", b"100"
_ENTRIES = {size: re.compile(rb"[0-7]+ [^\0]+\0.{%d}" % size, re.DOTALL) for size in (20, 32)}
"""A tree object's entries by the length of object ids: mode, name, id (gitformat-tree)."""


class Version(NamedTuple):
    """One version of a file: its blob, where it first stood, since which commit, and the blob it replaced there (empty: none); raw ids."""

    blob: bytes
    path: str
    commit: bytes
    before: bytes


class Commits:
    """Commits, each after its parents, as far as the clone goes back. ``roots`` says that some have no parents there.

    ``look`` gives pygit2's commit by its id in hexadecimal; ``size`` is the length of raw ids; in a ``shallow`` one parents may be missing.
    """

    def __init__(self, look: Callable[[str], Any], size: int, *, shallow: bool) -> None:
        self.roots = False
        self._look = look
        self._size = size
        self._shallow = shallow
        self._known: set[str] = set()
        self._ids = bytearray()

    def __len__(self) -> int:
        return len(self._ids) // (2 * self._size)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Ids of commits and of their trees."""
        for at in range(0, len(self._ids), 2 * self._size):
            yield bytes(self._ids[at : at + self._size]), bytes(self._ids[at + self._size : at + 2 * self._size])

    def add(self, tips: Iterable[str], hidden: Iterable[str] = ()) -> None:
        """What the tips reach and the ``hidden`` do not. Raises KeyError where one is missing."""
        self._reach(hidden)
        self._ids.clear()
        self.roots = False
        self._reach(tips)

    def _reach(self, tips: Iterable[str]) -> None:
        pending = [(tip, b"") for tip in tips][::-1]
        asked = {tip for tip, _ in pending}
        while pending:
            name, tree = pending.pop()
            if tree:
                self._ids += bytes.fromhex(name) + tree
            elif name not in self._known:
                self._known.add(name)
                try:
                    commit = self._look(name)
                except KeyError:
                    if not self._shallow or name in asked:
                        raise
                    self.roots = True
                    continue
                self.roots |= not commit.parent_ids
                pending.append((name, commit.tree_id.raw))
                pending += [(str(parent), b"") for parent in reversed(commit.parent_ids)]


class Trees:
    """What trees hold that no tree before them held, below a folder of the repository (its names from the root).

    ``read`` gives the bytes of a tree object by its id in hexadecimal; of a blob that was seen at a path of the same ``kind`` nothing new
    is to be said. That is asked where a blob stands at a second path. Files whose path is ``left_out`` do not count: the same content at
    another path is new.
    """

    def __init__(
        self, read: Callable[[str], bytes], kind: Callable[[str], Hashable], folder: Sequence[bytes] = (),
        left_out: Callable[[str], bool] | None = None,
    ) -> None:
        self._read = read
        self._kind = kind
        self._folder = folder
        self._left_out = left_out
        self._seen: dict[bytes, str] = {}
        self._again: dict[bytes, set[Hashable]] = {}
        self._last: dict[str, bytes] = {}
        self._held: dict[str, list[bytes]] = {}
        self._kept = 0

    def versions(self, tree: bytes, commit: bytes = b"") -> list[Version]:
        """What is new in a commit's tree."""
        found: list[Version] = []
        size, seen, last, left_out = len(tree), self._seen, self._last, self._left_out
        pending = [(self._inner(tree) if self._folder else tree, "")]
        while pending:
            folder, prefix = pending.pop()
            if not folder or (folder in seen and not self._new(folder, prefix, str)):
                continue
            seen.setdefault(folder, intern(prefix))
            for entry in self._fresh(folder, prefix):
                one = entry[-size:]
                mode, _, name = entry[: -size - 1].partition(b" ")
                path = prefix + name.decode("utf-8", "backslashreplace")
                if mode == _FOLDER:
                    pending.append((one, path + "/"))
                elif not mode.startswith(_FILE) or (left_out and left_out(path)):
                    continue
                elif one not in seen or self._new(one, path, self._kind):
                    path = intern(path)
                    seen.setdefault(one, path)
                    found.append(Version(one, path, commit, last.get(path, b"")))
                    last[path] = one
        return found

    def _new(self, one: bytes, place: str, kind: Callable[[str], Hashable]) -> bool:
        """Whether what was seen before stands at a place of another kind now."""
        first = self._seen[one]
        if first == place:
            return False
        kinds = self._again.setdefault(one, {kind(first)})
        new = kind(place) not in kinds
        kinds.add(kind(place))
        return new

    def _fresh(self, folder: bytes, prefix: str) -> list[bytes]:
        """The folder's entries, in their order, without most of those that stood there when it was last read."""
        entries: list[bytes] = _ENTRIES[len(folder)].findall(self._read(folder.hex()))
        before = self._held.get(prefix, ())
        self._held[prefix] = entries
        self._kept += len(entries) - len(before)
        if self._kept > MOST_KEPT:
            self._held.clear()
            self._kept = 0
        if len(before) == len(entries):
            return [entry for entry, old in zip(entries, before, strict=True) if entry != old]
        known = set(before)
        return [entry for entry in entries if entry not in known]

    def _inner(self, tree: bytes) -> bytes:
        """The scanned folder's own tree; empty where there is none."""
        size = len(tree)
        for name in self._folder:
            below = (entry for entry in _ENTRIES[size].findall(self._read(tree.hex())) if entry[: -size - 1] == _FOLDER + b" " + name)
            tree = next((entry[-size:] for entry in below), b"")
            if not tree:
                break
        return tree
