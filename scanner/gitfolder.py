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
at the file any more, whose content may be another by now."""


class Plain(NamedTuple):
    """The commit that is checked out (empty before the first one) and the index."""

    commit: str
    entries: list[Entry]


_SPECIAL = re.compile(r"worktree|include|extensions|bare(?!\s*=\s*false\b)|repositoryformatversion(?!\s*=\s*0\s)", re.IGNORECASE)
_REF = re.compile(r"ref: (refs/heads/[\w./-]+)\n")
_ID = re.compile(r"[0-9a-f]{40}\n?")
_HEAD = struct.Struct(">4sII")
_FIXED = struct.Struct(">24xI8xI20sH")
_DIGEST = 20
_EXTENDED, _LENGTH = 0x4000, 0x0FFF
_ASSUME_VALID, _SKIP_WORKTREE = 0x8000, 0x4000


def read(folder: str) -> Plain | None:
    """What a ``.git`` folder says; None where the library has to be asked."""
    place = Path(folder)
    if place.is_symlink() or (place / "commondir").exists():
        return None
    try:
        if _SPECIAL.search((place / "config").read_text("utf-8")):
            return None
        commit = _commit(place)
        found = entries((place / "index").read_bytes())
    except (OSError, ValueError):
        return None
    return None if commit is None or found is None else Plain(commit, found)


def entries(data: bytes) -> list[Entry] | None:
    """The entries in the file's order, several for a path in conflict. None where the file is damaged or of a form not read here."""
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    if len(body) < _HEAD.size or (any(digest) and hashlib.sha1(body, usedforsecurity=False).digest() != digest):
        return None
    magic, version, count = _HEAD.unpack_from(body)
    if magic != b"DIRC" or version not in (2, 3):
        return None
    try:
        found, end = _entries(body, count)
    except (struct.error, ValueError):
        return None
    return found if _harmless(body, end) else None


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


def _entries(body: bytes, count: int) -> tuple[list[Entry], int]:
    found: list[Entry] = []
    unpack, width = _FIXED.unpack_from, _FIXED.size
    at = _HEAD.size
    for _ in range(count):
        mode, size, blob, flags = unpack(body, at)
        start = at + width + (2 if flags & _EXTENDED else 0)
        length = flags & _LENGTH
        end = start + length if length < _LENGTH else body.index(b"\0", start)
        unseen = flags & _ASSUME_VALID or (flags & _EXTENDED and int.from_bytes(body[start - 2 : start], "big") & _SKIP_WORKTREE)
        found.append((body[start:end].decode("utf-8", "surrogateescape"), mode, size, "" if unseen else blob.hex()))
        at += (end - at + 8) & ~7  # at least one NUL, up to a multiple of eight
    return found, at


def _harmless(body: bytes, at: int) -> bool:
    """Whether the extensions after the entries can be ignored: their names begin with a capital letter."""
    while at + 8 <= len(body):
        if not re.match(rb"[A-Z]", body[at : at + 1]):
            return False
        at += 8 + int.from_bytes(body[at + 4 : at + 8], "big")
    return at == len(body)
