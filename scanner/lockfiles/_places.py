"""Byte offsets in a text in, 1-based lines and columns (in characters) out."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from itertools import accumulate, islice
from typing import TYPE_CHECKING, TypeVar

from scanner.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
KEPT = 8 * 1024 * 1024
MAX_PACKAGES = 500_000
"""More packages than this in one lockfile are refused: no real one comes near, and one lockfile must not take 500 MB of memory."""
MAX_VALUES = 2_000_000
"""The same of what it says in all: a lockfile of five thousand packages and five million dependencies is a bomb too."""
MAX_ENTRY = 1024 * 1024
"""The same of what it says of one package, in characters."""
MAX_WHOLE_PACKAGES = 250_000
"""Half of it where a lockfile is not read entry by entry: all that it says is in memory at once."""
MAX_WHOLE_VALUES = 800_000
MAX_REQUIREMENTS = 250_000
MAX_MANIFEST = 8 * 1024 * 1024
MAX_LOCKFILE = 32 * 1024 * 1024
"""In memory: a text with characters beyond the usual takes two or four bytes for every one."""


_PIECE = 1 << 20


class Lines:
    """Where the lines of an UTF-8 text start."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts = _starts(text)
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


def _starts(text: bytes) -> array[int]:
    """The offset of every line: four bytes each, found a piece at a time, as a text of millions of lines is one of millions of objects."""
    starts = array("I", [0])
    for begin in range(0, len(text), _PIECE):
        lines = text[begin : begin + _PIECE].split(b"\n")
        starts.extend(islice(accumulate([len(line) + 1 for line in lines[:-1]], initial=begin), 1, None))
    return starts


def repeatable(make: Callable[[], Iterable[T]], size: int) -> Callable[[], Iterable[T]]:
    """What can be gone through more than once: what a text of ordinary size says is kept; of a very large one (in characters) each
    entry is made anew every time, as memory has no room.
    """
    if size > KEPT:
        return make
    kept = list(make())
    return lambda: kept


def refuse_too_many(count: int, path: str, most: int = MAX_PACKAGES) -> None:
    """Raise ParseError where a lockfile has more entries than can be audited."""
    if count > most:
        raise ParseError(f"{count:,} packages, at most {most:,} are read", subject=path, hint="split it, or leave it out with exclude")


def refuse_crowded(text: str, path: str) -> None:
    """Raise ParseError for a lockfile that says more than any real one."""
    if sys.getsizeof(text) > MAX_LOCKFILE:
        reason = f"is larger than {MAX_LOCKFILE >> 20} MiB in memory: no real lockfile is"
        raise ParseError(reason, subject=path, hint="split it, or leave it out with exclude")
    _refuse_values(text, path, MAX_VALUES)


def refuse_crowded_whole(text: str, path: str) -> None:
    """The same for one that is in memory all at once."""
    _refuse_values(text, path, MAX_WHOLE_VALUES)


def refuse_long(size: int, line: int = 1) -> None:
    """Raise ParseError for an entry of very many characters."""
    if size > MAX_ENTRY:
        raise ParseError(f"an entry of more than {MAX_ENTRY:,} characters is not read", line=line, hint="leave the file out with exclude")


def values(text: str) -> int:
    """About how much a lockfile says: its lines or commas, whichever are more, and opening brackets."""
    return max(text.count("\n"), text.count(",")) + text.count("[") + text.count("{")


def _refuse_values(text: str, path: str, most: int) -> None:
    count = values(text)
    if count > most:
        hint = "split it, or leave it out with exclude"
        raise ParseError(f"about {count:,} values, at most {most:,} are read", subject=path, hint=hint)


def refuse_large(text: str, path: str) -> None:
    """Raise ParseError for what a person cannot have written by hand."""
    if len(text) > MAX_MANIFEST:
        raise ParseError(f"is larger than {MAX_MANIFEST >> 20} MiB: no manifest is", subject=path, hint="leave it out with exclude")
