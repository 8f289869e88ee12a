"""Regular YAML in, its documents out, with mappings of very many entries of which each is read when it is asked for."""

from __future__ import annotations

import re
from array import array
from functools import cache
from typing import TYPE_CHECKING

from scanner.lockfiles._places import MAX_ENTRY
from scanner.lockfiles._yaml_regular import DEEPEST, KEY, Odd, mapping, name_of, refuse_odd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles._yaml import Value

_SEPARATOR = re.compile(r"^---\n", re.MULTILINE)
_NOTHING = re.compile(r"(?:(?:#[^\n]*+)?\n)*+")
_MARGIN = re.compile(r" *+")
_ITEM = re.compile(r" *+-(?: |$)", re.MULTILINE)


def outlines(text: str) -> list[Outline]:
    """The documents of a text of regular lines, each a mapping that is not empty. Raises Odd for any other."""
    refuse_odd(text)
    text = text if text.endswith("\n") else f"{text}\n"
    found: list[Outline] = []
    start, line = 0, 1
    for separator in _SEPARATOR.finditer(text):
        end = separator.start()
        if start or _after_nothing(text, 0, end) < end:
            found.append(_document(text, start, end, line))
        line += text.count("\n", start, separator.end())
        start = separator.end()
    return [*found, _document(text, start, len(text), line)]


class Outline:
    """A mapping: what is kept of an entry are its key and two numbers. Asking for it raises Odd where its lines are not regular, or a
    megabyte."""

    def __init__(self, text: str, start: int, end: int, line: int) -> None:
        """What stands between two offsets of ``text``; ``line`` is the number of the first one's. Raises Odd."""
        self._text = text
        self._numbers: dict[str, int] = {}
        self._places = array("I")
        at = _after_nothing(text, start, end)
        margin = _MARGIN.match(text, at, end)
        self.margin = len(margin[0]) if margin else 0
        self._find(at, end, line + text.count("\n", start, at))

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, key: object) -> bool:
        return key in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def get(self, key: str) -> Value | None:
        """The value of a key; None where there is none."""
        if key not in self._numbers:
            return None
        line, start, end = self._span(key)
        if end - start > MAX_ENTRY:
            raise Odd
        lines = self._text[start:end].split("\n")
        return mapping(lines, 0, len(lines), first=line, depth=self.margin)[key]

    def place(self, key: str) -> tuple[int, int]:
        """Line and column of a key, both 1-based."""
        return self._span(key)[0], self.margin + 1

    def inner(self, key: str) -> Outline | None:
        """The value of a key as an outline; None where there is none, or no mapping of lines of its own."""
        if key not in self._numbers:
            return None
        line, start, end = self._span(key)
        below = self._text.index("\n", start) + 1
        first = _after_nothing(self._text, below, end)
        if self._text[below - 2] != ":" or first == end or _ITEM.match(self._text, first):
            return None
        return Outline(self._text, below, end, line + 1)

    def _span(self, key: str) -> tuple[int, int, int]:
        number = self._numbers[key]
        line, start, _, end = self._places[number : number + 4]
        return line, start, end

    def _find(self, at: int, end: int, line: int) -> None:
        if self.margin > DEEPEST:
            raise Odd
        block = _block(self.margin)
        while at < end:
            found = block.match(self._text, at, end)
            if found is None:
                raise Odd
            self._numbers[name_of(found[1], self._numbers)] = len(self._places)
            self._places.extend((line, at))
            at = found.end()
            line += self._text.count("\n", found.start(), at)
        self._places.extend((line, at))


def _document(text: str, start: int, end: int, line: int) -> Outline:
    found = Outline(text, start, end, line)
    if found.margin or not len(found):
        raise Odd
    return found


def _after_nothing(text: str, start: int, end: int) -> int:
    """Where the first line begins that says something."""
    found = _NOTHING.match(text, start, end)
    return found.end() if found else start


@cache
def _block(margin: int) -> re.Pattern[str]:
    """A key that far in, the rest of its line, and the lines that belong to it."""
    return re.compile(rf" {{{margin}}}({KEY}):[^\n]*+\n(?:(?: {{{margin + 1}}}[^\n]*+|#[^\n]*+)?\n)*+")
