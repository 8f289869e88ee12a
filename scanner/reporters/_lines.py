"""Text for a terminal: styled lines in, wrapped text out, plain or with colours. Both have the same layout."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from msgspec import Struct

from scanner.reporters._escape import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NARROWEST = 40


class Span(Struct, frozen=True):
    """A piece of text in one style (rich's names: ``bold red``, ``dim``; empty for none)."""

    text: str
    style: str = ""


class Line(Struct, frozen=True):
    """One line; what does not fit continues on the next, ``hang`` columns from the left."""

    spans: tuple[Span, ...] = ()
    hang: int = 0


def plain(lines: Iterable[Line], width: int) -> str:
    """The text without any escape sequence."""
    return "".join("".join(span.text for span in row).rstrip() + "\n" for row in _rows(lines, width))


def coloured(lines: Iterable[Line], width: int) -> str:
    """The same text with ANSI colours."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system="standard", legacy_windows=False, _environ={})
    for row in _rows(lines, width):
        text = Text.assemble(*(("".join(span.text for span in same), style) for style, same in groupby(row, key=lambda span: span.style)))
        text.rstrip()
        console.print(text, soft_wrap=True, highlight=False)
    return out.getvalue()


def cells(text: str) -> int:
    """Columns a terminal needs for it."""
    return len(text) if text.isascii() else sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    return 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1


def _rows(lines: Iterable[Line], width: int) -> Iterator[list[Span]]:
    for line in lines:
        yield from map(_harmless, _wrapped(line, max(width, NARROWEST)))


def _wrapped(line: Line, width: int) -> Iterator[list[Span]]:
    row: list[Span] = []
    used = 0
    for word in _words(line, width - line.hang):
        if used + cells(word.text.rstrip()) > width:
            yield row
            row, used = [Span(" " * line.hang)], line.hang
            word = Span(word.text.lstrip(" "), word.style)
        row.append(word)
        used += cells(word.text)
    yield row


def _words(line: Line, longest: int) -> Iterator[Span]:
    """Words with the blanks behind them; one that no row can hold is cut into pieces."""
    for span in line.spans:
        for word in re.findall(r" +|[^ ]+ *", shown(span.text)):
            yield from (Span(piece, span.style) for piece in _pieces(word, longest))


def _pieces(word: str, longest: int) -> Iterator[str]:
    while cells(word.rstrip()) > longest:
        cut = next(n for n in range(len(word), 0, -1) if cells(word[:n]) <= longest)
        yield word[:cut]
        word = word[cut:]
    yield word


def _harmless(row: list[Span]) -> list[Span]:
    """A row never starts with ``::``, which would be a command in a GitHub log."""
    text = "".join(span.text for span in row)
    if not text.lstrip().startswith("::"):
        return row
    return [Span("\\" + row[0].text.removeprefix(" "), row[0].style), *row[1:]]
