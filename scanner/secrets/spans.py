"""Where hyperscan says that a built-in rule matched, and where exactly: match ends in, Python matches with their groups out.

Hyperscan reports ends only (starts cost it much); the same regex then runs once over the few bytes before them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.secrets.measures import LONGEST, WIDE, Measures, measured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_AFTER = 64
_QUOTES = frozenset((b'"', b"'", b"`"))
_CLOSING = frozenset(b"\t\n\v\f\r <>,;&\\")
_LONG = 80
_TAIL = re.compile(rb"(.*)([\s\"'`<>,;&\\=:])([^\s\"'`<>,;&\\=:]+)\Z", re.DOTALL).match
_ALONE = re.compile(rb"(?:[\n\"'`<,;&\\]|[^\s=:>][ \t]{1,9})[^\s\"'`<>,;&\\=:]*\Z").search
_SPLIT = re.compile(rb"[\\=:>\n]|" + WIDE + rb"|\A\Z").search


class Shape(Struct, frozen=True, kw_only=True):
    """A compiled regex and its ``Measures``; ``bare`` says that a value without quotes stands behind a sign, as ``op2``."""

    regex: re.Pattern[bytes]
    bare: bool
    width: int
    crosses: bool
    values: tuple[int, ...]
    leads: tuple[bytes, ...]
    whole: bool

    def value(self, match: re.Match[bytes]) -> tuple[int, int]:
        """Where the value is: the first group whose name begins with ``value`` and that took part, else the whole match."""
        for number in self.values:
            if match.start(number) >= 0:
                return match.span(number)
        return match.span()


_TAKEN: dict[str, Measures] = {}


def remember(taken: Mapping[str, Measures]) -> None:
    """Measures of regexes that were taken before: doing so costs more than all else there is to do for a regex."""
    _TAKEN.update(taken)


@cache
def shape(regex: str) -> Shape:
    """Compile a regex for bytes, with ``^`` and ``$`` at line ends as in ``matcher``."""
    taken = _TAKEN.get(regex) or measured(regex)
    compiled = re.compile(regex.encode(), re.MULTILINE)
    return Shape(
        regex=compiled, bare="op2" in compiled.groupindex, width=taken.width, crosses=taken.crosses, values=taken.values, leads=taken.leads,
        whole=taken.whole,
    )


def matches(form: Shape, data: bytes, ends: Iterable[int]) -> Iterator[re.Match[bytes]]:
    """The matches whose ends are ``ends`` (ascending byte offsets), each stretch of ``data`` looked at once."""
    for low, high in _stretches(form, data, ends):
        for match in _led(form, data, low, high) if form.leads else form.regex.finditer(data, low, high):
            if match.end() < high or high == len(data):
                yield match


def value(form: Shape, data: bytes, end: int) -> bytes | None:
    """What is the value of a match that ends at ``end``, if there is one; None where it takes the regex to tell."""
    if data[end - 1 : end] in _QUOTES:
        return quoted(data, end) if form.whole else None
    return bare(data, end) if form.bare else None


def quoted(data: bytes, end: int) -> bytes | None:
    """The text in quotes that ends at ``end``; None where there is none, or where a match may take another part of it for its value."""
    quote = data[end - 1 : end]
    if quote not in _QUOTES:
        return None
    start = data.rfind(quote, max(0, end - LONGEST), end - 1)
    text = data[start + 1 : end - 1] if start >= 0 else b""
    return None if _SPLIT(text) else text


def bare(data: bytes, end: int) -> bytes | None:
    """The text without quotes, behind ``=`` or ``:``, with which a match may end that ends at ``end``; None where it is not certain that a
    value is this text and no more."""
    last = end - 1 if data[end - 1] in _CLOSING else end
    piece = data[max(0, last - _LONG) : last]
    tail = _TAIL(piece)
    if not tail or data[last : last + 1] == b"<" or WIDE in piece:
        return None
    before, sign, text = tail.groups()
    certain = _ALONE(before) if sign in {b"=", b":"} else sign.isspace() and before.rstrip(b" \t")[-1:] in {b"=", b":"}
    return text if certain else None


def _led(form: Shape, data: bytes, low: int, high: int) -> Iterator[re.Match[bytes]]:
    """What ``finditer`` finds, by way of the places at which a match can begin: a tenth of its time."""
    begins, done = form.regex.match, low
    for start in _places(data[low:high].lower(), form.leads):
        if low + start >= done and (match := begins(data, low + start, high)):
            done = match.end()
            yield match


def _places(folded: bytes, leads: tuple[bytes, ...]) -> list[int]:
    places: list[int] = []
    for lead in leads:
        at = folded.find(lead)
        while at >= 0:
            places.append(at)
            at = folded.find(lead, at + 1)
    places.sort()
    return places


def _stretches(form: Shape, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    low = high = -1
    for end in ends:
        first = _first(form, data, end)
        if low < 0:
            low, high = first, end
        elif first <= high + _AFTER:
            high = end
        else:
            yield low, min(len(data), high + _AFTER)
            low, high = first, end
    if low >= 0:
        yield low, min(len(data), high + _AFTER)


def _first(form: Shape, data: bytes, end: int) -> int:
    """The lowest offset at which a match that ends at ``end`` can begin."""
    reach = max(0, end - form.width)
    if form.crosses or form.width < 256:
        return reach
    return max(reach, data.rfind(b"\n", reach, end - 1) + 1)
