"""A plain ``.git`` folder in, its commit and the tracked files with their modes, sizes and blob ids out.

The forms are git's own (gitrepository-layout, gitformat-index). Everything out of the ordinary (worktrees, included configuration,
extensions, index version 4, split and sparse indexes) is left to the library, which takes longer to load than this takes to run.
"""

from __future__ import annotations

import hashlib
import re
import struct
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

Entry = tuple[str, int, int, str]
"""Path as ``os.fsdecode`` gives it, mode, the working file's size when it was last looked at, blob id: empty where git was told not to look
at the file any more, whose content may be another by now, or where that is not settled (a conflict, an addition that is only meant)."""


class Plain(NamedTuple):
    """The commit that is checked out (empty before the first one) and the index: ``stamps`` are what it knows of each working file (times,
    place, mode, size, as ``STAMP`` reads them), ``tree`` is the id of the tree it equals, where it says so, and ``written`` is when it was
    last written (nanoseconds).
    """

    commit: str
    entries: list[Entry]
    stamps: list[bytes]
    tree: str
    written: int


STAMP = struct.Struct(">10I")
"""Seconds and nanoseconds of the last change of the file's place, those of its content; device, inode, mode, owner, group, size."""


_SPECIAL = re.compile(r"worktree|include|extensions|bare(?!\s*=\s*false\b)|repositoryformatversion(?!\s*=\s*0\s)", re.IGNORECASE)
_REF = re.compile(r"ref: (refs/heads/[\w./-]+)\n")
_ID = re.compile(r"[0-9a-f]{40}\n?")
_HEAD = struct.Struct(">4sII")
_FIXED = struct.Struct(">24xI8xI20sH")
_DIGEST = 20
_EXTENDED, _LENGTH = 0x4000, 0x0FFF
_ASSUME_VALID, _STAGE = 0x8000, 0x3000
_SKIP_WORKTREE, _INTENT = 0x4000, 0x2000


def read(folder: str) -> Plain | None:
    """What a ``.git`` folder says; None where the library has to be asked."""
    place = Path(folder)
    if place.is_symlink() or (place / "commondir").exists():
        return None
    try:
        if _SPECIAL.search((place / "config").read_text("utf-8")):
            return None
        commit = _commit(place)
        written = (place / "index").stat().st_mtime_ns
        found = _index((place / "index").read_bytes())
    except (OSError, ValueError):
        return None
    return None if commit is None or found is None else Plain(commit, *found, written)


def entries(data: bytes) -> list[Entry] | None:
    """The entries in the file's order, several for a path in conflict. None where the file is damaged or of a form not read here."""
    found = _index(data)
    return found and found[0]


def _index(data: bytes) -> tuple[list[Entry], list[bytes], str] | None:
    """Entries, their stamps, and the tree that they equal."""
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    if len(body) < _HEAD.size or (any(digest) and hashlib.sha1(body, usedforsecurity=False).digest() != digest):
        return None
    magic, version, count = _HEAD.unpack_from(body)
    if magic != b"DIRC" or version not in (2, 3):
        return None
    try:
        found, stamps, end = _entries(body, count)
    except (struct.error, ValueError):
        return None
    extensions = _extensions(body, end)
    return None if extensions is None else (found, stamps, _root(extensions.get(b"TREE", b""), count))


def _commit(place: Path) -> str | None:
    head = (place / "HEAD").read_text("ascii")
    if _ID.fullmatch(head):
        return head.strip()
    named = _REF.fullmatch(head)
    if not named or ".." in named[1]:
        return None
    with suppress(FileNotFoundError):
        loose = (place / named[1]).read_text("ascii")
        return loose.strip() if _ID.fullmatch(loose) else None
    with suppress(FileNotFoundError):
        packed = re.search(rf"^([0-9a-f]{{40}}) {re.escape(named[1])}$", (place / "packed-refs").read_text("utf-8"), re.MULTILINE)
        return packed[1] if packed else ""
    return ""


def _entries(body: bytes, count: int) -> tuple[list[Entry], list[bytes], int]:
    found: list[Entry] = []
    stamps: list[bytes] = []
    unpack, width = _FIXED.unpack_from, _FIXED.size
    at = _HEAD.size
    for _ in range(count):
        mode, size, blob, flags = unpack(body, at)
        start = at + width + (2 if flags & _EXTENDED else 0)
        length = flags & _LENGTH
        end = start + length if length < _LENGTH else body.index(b"\0", start)
        more = int.from_bytes(body[start - 2 : start], "big") if flags & _EXTENDED else 0
        unseen = flags & (_ASSUME_VALID | _STAGE) or more & (_SKIP_WORKTREE | _INTENT)
        found.append((body[start:end].decode("utf-8", "surrogateescape"), mode, size, "" if unseen else blob.hex()))
        stamps.append(body[at : at + STAMP.size])
        at += (end - at + 8) & ~7  # at least one NUL, up to a multiple of eight
    return found, stamps, at


def _extensions(body: bytes, at: int) -> dict[bytes, bytes] | None:
    """What stands after the entries; None where it cannot be ignored: the names of what can begin with a capital letter."""
    found: dict[bytes, bytes] = {}
    while at + 8 <= len(body):
        if not re.match(rb"[A-Z]", body[at : at + 1]):
            return None
        end = at + 8 + int.from_bytes(body[at + 4 : at + 8], "big")
        found[body[at : at + 4]] = body[at + 8 : end]
        at = end
    return found if at == len(body) else None


def _root(cached: bytes, count: int) -> str:
    """The id of the tree that all entries make, from the index's cache of trees: its first entry, valid where it counts as many."""
    found = re.match(rb"\0([0-9]+) [0-9]+\n(.{%d})" % _DIGEST, cached, re.DOTALL)
    return found[2].hex() if found and int(found[1]) == count else ""
