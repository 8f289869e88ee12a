"""Byte offsets in a text in, 1-based lines and columns (in characters) out."""

from __future__ import annotations

import re
from bisect import bisect_right

from scanner.errors import ParseError

MAX_PACKAGES = 500_000
MAX_REQUIREMENTS = 100_000
MAX_MANIFEST = 8 * 1024 * 1024
"""More entries than this in one lockfile are refused: no real one comes near, and memory must stay bounded."""


class Lines:
    """Where the lines of an UTF-8 text start."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", text))]
        self._ascii = text.isascii()
        self._last = (0, 0, 0)  # start of a line, an offset in it, the characters between: long lines are asked for from left to right

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        return line, 1 + (offset - start if self._ascii else self._characters(start, offset))

    def _characters(self, start: int, offset: int) -> int:
        line, before, count = self._last
        if line != start or before > offset:
            before, count = start, 0
        count += len(self._text[before:offset].decode("utf-8", "replace"))
        self._last = (start, offset, count)
        return count


def refuse_too_many(count: int, path: str, most: int = MAX_PACKAGES) -> None:
    """Raise ParseError where a lockfile has more entries than can be audited."""
    if count > most:
        raise ParseError(f"{count:,} packages, at most {most:,} are read", subject=path, hint="split it, or leave it out with exclude")


def refuse_large(text: str, path: str) -> None:
    """Raise ParseError for what a person cannot have written by hand."""
    if len(text) > MAX_MANIFEST:
        raise ParseError(f"is larger than {MAX_MANIFEST >> 20} MiB: no manifest is", subject=path, hint="leave it out with exclude")
