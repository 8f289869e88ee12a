"""Commits and their trees in, the versions of files that they bring out: each blob once, where it first stood, oldest commit first.

Objects are read raw, by their id in hexadecimal. A folder is compared with what it held when it was last read, so that only what is new in
it costs time; one that was seen is passed over whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Read = Callable[[str], bytes]

MOST_KEPT = 200_000
_FOLDER, _FILE = b"40000", b"100"
_ENTRIES = {size: re.compile(rb"[0-7]+ [^\0]+\0.{%d}" % size, re.DOTALL) for size in (20, 32)}
"""A tree object's entries by the length of object ids: mode, name, id (gitformat-tree)."""
_COMMIT = re.compile(rb"tree ([0-9a-f]+)\n((?:parent [0-9a-f]+\n)*)")


class Version(NamedTuple):
    """One version of a file: its blob, where it first stood, since which commit, and the blob it replaced there (empty: none); raw ids."""

    blob: bytes
    path: str
    commit: bytes
    before: bytes


class Commits:
    """Commits, each after its parents, as far as the clone holds them. ``cut`` says that it does not hold some parents."""

    def __init__(self, read: Read, size: int) -> None:
        self.cut = False
        self._read = read
        self._size = size
        self._known: set[bytes] = set()
        self._ids = bytearray()

    def __len__(self) -> int:
        return len(self._ids) // (2 * self._size)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Ids of commits and of their trees."""
        for at in range(0, len(self._ids), 2 * self._size):
            yield bytes(self._ids[at : at + self._size]), bytes(self._ids[at + self._size : at + 2 * self._size])

    def add(self, tips: Iterable[bytes], hidden: Iterable[bytes] = ()) -> None:
        """What the tips reach and the ``hidden`` do not. Raises KeyError where one of them is not in the clone."""
        self._reach(hidden)
        self._ids.clear()
        self.cut = False
        self._reach(tips)

    def _reach(self, tips: Iterable[bytes]) -> None:
        pending = [(tip, b"", True) for tip in tips][::-1]
        while pending:
            commit, tree, asked = pending.pop()
            if tree:
                self._ids += commit + tree
            elif commit not in self._known and (found := self._parsed(commit, asked=asked)):
                self._known.add(commit)
                tree, parents = found
                pending.append((commit, tree, asked))
                pending += [(parent, b"", False) for parent in reversed(parents) if parent not in self._known]

    def _parsed(self, commit: bytes, *, asked: bool) -> tuple[bytes, list[bytes]] | None:
        try:
            found = _COMMIT.match(self._read(commit.hex()))
        except KeyError:
            if asked:
                raise
            self.cut = True
            return None
        if found is None:
            raise ValueError(f"{commit.hex()} is no commit")
        return bytes.fromhex(found[1].decode()), [bytes.fromhex(line[7:].decode()) for line in found[2].splitlines()]


class Trees:
    """What trees hold that no tree before them held, below a folder of the repository (its names from the root)."""

    def __init__(self, read: Read, folder: Sequence[bytes] = ()) -> None:
        self._read = read
        self._folder = folder
        self._seen: set[bytes] = set()
        self._last: dict[str, bytes] = {}
        self._held: dict[str, frozenset[bytes]] = {}
        self._kept = 0

    def pass_over(self, tree: bytes) -> None:
        """Take note of what a tree holds: none of it is new."""
        self._last.update((path, blob) for blob, path in self._new(tree))

    def versions(self, tree: bytes, commit: bytes) -> Iterator[Version]:
        """What is new in a commit's tree."""
        for blob, path in self._new(tree):
            yield Version(blob, path, commit, self._last.get(path, b""))
            self._last[path] = blob

    def _new(self, tree: bytes) -> Iterator[tuple[bytes, str]]:
        size = len(tree)
        root = self._inner(tree) if self._folder else tree
        pending = [(root, "")] if root and root not in self._seen else []
        self._seen.add(root)
        while pending:
            folder, prefix = pending.pop()
            for entry in self._fresh(folder, prefix, size):
                found = entry[-size:]
                if found in self._seen:
                    continue
                mode, _, name = entry[: -size - 1].partition(b" ")
                if mode == _FOLDER:
                    self._seen.add(found)
                    pending.append((found, f"{prefix}{name.decode('utf-8', 'backslashreplace')}/"))
                elif mode.startswith(_FILE):
                    self._seen.add(found)
                    yield found, prefix + name.decode("utf-8", "backslashreplace")

    def _fresh(self, folder: bytes, prefix: str, size: int) -> list[bytes]:
        """The folder's entries, in their order, without those that stood there when it was last read."""
        entries = _ENTRIES[size].findall(self._read(folder.hex()))
        held = frozenset(entries)
        before = self._held.pop(prefix, frozenset())
        self._held[prefix] = held
        self._kept += len(held) - len(before)
        while self._kept > MOST_KEPT and len(self._held) > 1:
            self._kept -= len(self._held.pop(next(iter(self._held))))
        fresh = held - before
        return list(fresh) if len(fresh) < 2 else [entry for entry in entries if entry in fresh]

    def _inner(self, tree: bytes) -> bytes:
        """The scanned folder's own tree; empty where there is none."""
        size = len(tree)
        for name in self._folder:
            below = (entry for entry in _ENTRIES[size].findall(self._read(tree.hex())) if entry[: -size - 1] == _FOLDER + b" " + name)
            tree = next((entry[-size:] for entry in below), b"")
            if not tree:
                break
        return tree
