"""Where hyperscan says that a built-in rule matched, and where exactly: match ends in, Python matches with their groups out.

Hyperscan reports ends only (starts cost it much); the same regex then runs once over the few bytes before them.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from scanner.secrets import literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LONGEST = 4096
_AFTER = 64
_NEWLINE = 10
_QUOTES = frozenset((b'"', b"'", b"`"))
_CLOSING = frozenset(b"\t\n\v\f\r <>,;&\\")
_LONG = 80
_WIDE = "：".encode()
_TAIL = re.compile(rb"(.*)([\s\"'`<>,;&\\=:])([^\s\"'`<>,;&\\=:]+)\Z", re.DOTALL).match
_ALONE = re.compile(rb"(?:[\n\"'`<,;&\\]|[^\s=:>][ \t]{1,9})[^\s\"'`<>,;&\\=:]*\Z").search
_SPLIT = re.compile(rb"[\\=:>\n]|" + _WIDE + rb"|\A\Z").search


class Measures(Struct, frozen=True, array_like=True):
    """What can be told of a regex without running it: the most bytes it can match (at most ``LONGEST``), whether a match can go on after a
    line end, the numbers of the groups that hold the value, and the texts (in lower case) of which one begins every match; none where they
    are not few."""

    width: int
    crosses: bool
    values: tuple[int, ...]
    leads: tuple[bytes, ...]


class Shape(Struct, frozen=True, kw_only=True):
    """A compiled regex and its ``Measures``; ``bare`` says that a value without quotes stands behind a sign, as ``op2``."""

    regex: re.Pattern[bytes]
    bare: bool
    width: int
    crosses: bool
    values: tuple[int, ...]
    leads: tuple[bytes, ...]

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
        regex=compiled, bare="op2" in compiled.groupindex, width=taken.width, crosses=taken.crosses, values=taken.values, leads=taken.leads
    )


def measured(regex: str) -> Measures:
    """Take a regex apart."""
    parser: Any = importlib.import_module("re._parser")
    tree = parser.parse(regex.encode(), re.MULTILINE)
    crosses = bool(tree.state.flags & re.DOTALL) or _crosses_before_its_end(tree, parser)
    values = tuple(number for name, number in tree.state.groupdict.items() if name.startswith("value"))
    return Measures(int(min(tree.getwidth()[1], LONGEST)), crosses, values, literals.leading(regex))


def matches(form: Shape, data: bytes, ends: Iterable[int]) -> Iterator[re.Match[bytes]]:
    """The matches whose ends are ``ends`` (ascending byte offsets), each stretch of ``data`` looked at once."""
    for low, high in _stretches(form, data, ends):
        for match in _led(form, data, low, high) if form.leads else form.regex.finditer(data, low, high):
            if match.end() < high or high == len(data):
                yield match


def value(form: Shape, data: bytes, end: int) -> bytes | None:
    """What is the value of a match that ends at ``end``, if there is one; None where it takes the regex to tell."""
    if data[end - 1 : end] in _QUOTES:
        return quoted(data, end)
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
    if not tail or data[last : last + 1] == b"<" or _WIDE in piece:
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


def _crosses_before_its_end(tree: Any, parser: Any) -> bool:
    """Whether a match can go on after a line feed: one that it ends with does not count."""
    if not len(tree):
        return False
    code, value = str(tree[-1][0]), tree[-1][1]
    if _crosses(tree[:-1], parser):
        return True
    if code == "BRANCH":
        return any(_crosses_before_its_end(branch, parser) for branch in value[1])
    if code == "SUBPATTERN":
        return _crosses_before_its_end(value[-1], parser)
    return _part_crosses(code, value, parser) and code not in {"LITERAL", "NOT_LITERAL", "IN"}


def _crosses(tree: Any, parser: Any) -> bool:
    """Whether any part of a parsed regex can match a line feed."""
    return any(_part_crosses(str(code), value, parser) for code, value in tree)


def _part_crosses(code: str, value: Any, parser: Any) -> bool:
    if code == "LITERAL":
        return bool(value == _NEWLINE)
    if code == "NOT_LITERAL":
        return bool(value != _NEWLINE)
    if code == "IN":
        return _set_crosses(value)
    if code == "BRANCH":
        return any(_crosses(branch, parser) for branch in value[1])
    if code in {"MAX_REPEAT", "MIN_REPEAT", "SUBPATTERN"}:
        return _crosses(value[-1], parser)
    return False


def _set_crosses(items: Any) -> bool:
    negated = str(items[0][0]) == "NEGATE"
    inside = any(_holds_newline(str(code), value) for code, value in items)
    return inside != negated


def _holds_newline(code: str, value: Any) -> bool:
    if code == "LITERAL":
        return bool(value == _NEWLINE)
    if code == "RANGE":
        return bool(value[0] <= _NEWLINE <= value[1])
    if code == "CATEGORY":
        return str(value) in {"CATEGORY_SPACE", "CATEGORY_NOT_WORD", "CATEGORY_NOT_DIGIT"}
    return False
