"""Byte offsets in a text in, 1-based lines and columns (in characters) out."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate, islice
from typing import TYPE_CHECKING, TypeVar

from scanner.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
KEPT = 20_000
MAX_PACKAGES = 250_000
"""More packages than this in one lockfile are refused: no real one comes near, and one lockfile must not take 500 MB of memory."""
MAX_VALUES = 800_000
"""The same of what it says in all: a lockfile of one package and five million dependencies is a bomb too."""
MAX_ODD_VALUES = 800_000
"""The same of one that is not written as its package manager writes it."""
MAX_TOGETHER = 1_000_000
"""Packages in all lockfiles of a tree: above a kilobyte of memory each."""
MAX_REQUIREMENTS = 100_000
MAX_MANIFEST = 8 * 1024 * 1024


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


def repeatable(make: Callable[[], Iterable[T]], count: int) -> Callable[[], Iterable[T]]:
    """What can be gone through more than once: few things are kept, of very many each is made anew every time, as memory has no room."""
    if count > KEPT:
        return make
    kept = list(make())
    return lambda: kept


def refuse_too_many(count: int, path: str, most: int = MAX_PACKAGES) -> None:
    """Raise ParseError where a lockfile has more entries than can be audited."""
    if count > most:
        raise ParseError(f"{count:,} packages, at most {most:,} are read", subject=path, hint="split it, or leave it out with exclude")


def refuse_crowded(text: str, path: str, most: int = 0) -> None:
    """Raise ParseError for a lockfile that says more than any real one: lines or commas, whichever are more, and opening brackets."""
    count = max(text.count("\n"), text.count(",")) + text.count("[") + text.count("{")
    most = most or MAX_VALUES
    if count > most:
        hint = "split it, or leave it out with exclude"
        raise ParseError(f"about {count:,} values, at most {most:,} are read", subject=path, hint=hint)


def refuse_large(text: str, path: str) -> None:
    """Raise ParseError for what a person cannot have written by hand."""
    if len(text) > MAX_MANIFEST:
        raise ParseError(f"is larger than {MAX_MANIFEST >> 20} MiB: no manifest is", subject=path, hint="leave it out with exclude")
