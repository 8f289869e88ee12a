"""git's index file in, the tracked files with their modes, sizes and blob ids out: a few times faster than asking for one after the other.

The format is git's own (Documentation/gitformat-index). What is not read here (version 4, split and sparse indexes) is left to the library.
"""

from __future__ import annotations

import hashlib
import re
import struct

Entry = tuple[str, int, int, str]
"""Path as ``os.fsdecode`` gives it, mode, the working file's size when it was last looked at, blob id."""

_HEAD = struct.Struct(">4sII")
_FIXED = struct.Struct(">24xI8xI20sH")
_DIGEST = 20
_EXTENDED, _LENGTH = 0x4000, 0x0FFF


def read(data: bytes) -> list[Entry] | None:
    """The entries in the file's order, several for a path in conflict. None where the file is damaged or of a form not read here."""
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    if len(body) < _HEAD.size or (any(digest) and hashlib.sha1(body, usedforsecurity=False).digest() != digest):
        return None
    magic, version, count = _HEAD.unpack_from(body)
    if magic != b"DIRC" or version not in (2, 3):
        return None
    try:
        entries, end = _entries(body, count)
    except (struct.error, ValueError):
        return None
    return entries if _harmless(body, end) else None


def _entries(body: bytes, count: int) -> tuple[list[Entry], int]:
    entries: list[Entry] = []
    unpack, width = _FIXED.unpack_from, _FIXED.size
    at = _HEAD.size
    for _ in range(count):
        mode, size, blob, flags = unpack(body, at)
        start = at + width + (2 if flags & _EXTENDED else 0)
        length = flags & _LENGTH
        end = start + length if length < _LENGTH else body.index(b"\0", start)
        entries.append((body[start:end].decode("utf-8", "surrogateescape"), mode, size, blob.hex()))
        at += (end - at + 8) & ~7  # at least one NUL, up to a multiple of eight
    return entries, at


def _harmless(body: bytes, at: int) -> bool:
    """Whether the extensions after the entries can be ignored: their names begin with a capital letter."""
    while at + 8 <= len(body):
        if not re.match(rb"[A-Z]", body[at : at + 1]):
            return False
        at += 8 + int.from_bytes(body[at + 4 : at + 8], "big")
    return at == len(body)
