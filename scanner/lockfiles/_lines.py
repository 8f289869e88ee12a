"""Text of a requirements file in, logical lines out: continuations joined, comments apart, as pip reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = re.compile(r"(?:^|(?<=\s))#(.*)$")  # looking back, so that a long run of spaces costs no more than its length


class Line(NamedTuple):
    """One logical line: its text without comment, where it starts, and the comment at its end or the comment that it is."""

    text: str
    line: int
    column: int
    comment: str = ""


def logical(text: str) -> Iterator[Line]:
    """Logical lines in order; a comment on a line of its own has an empty ``text``; empty lines are left out."""
    parts: list[str] = []
    first = 0
    for number, physical in _physical(text):
        if not parts:
            first = number
        if physical.endswith("\\") and not _is_comment(physical):
            parts.append(physical[:-1])
            continue
        parts.append(f" {physical}" if parts and _is_comment(physical) else physical)
        yield from _line("".join(parts), first)
        parts = []
    if parts:
        yield from _line("".join(parts), first)


def _physical(text: str) -> Iterator[tuple[int, str]]:
    """Lines as pip splits them (also at form feeds and the like) with the number that an editor shows (line feeds only)."""
    for number, raw in enumerate(text.split("\n"), start=1):
        for piece in raw.splitlines() or [""]:
            yield number, piece


def _is_comment(physical: str) -> bool:
    return physical.lstrip().startswith("#")


def _line(joined: str, number: int) -> Iterator[Line]:
    comment = _COMMENT.search(joined)
    text = (joined[: comment.start()] if comment else joined).rstrip()
    content = text.lstrip()
    if content or comment:
        yield Line(content, number, len(text) - len(content) + 1, comment[1].strip() if comment else "")
