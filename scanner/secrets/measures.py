"""A regex in, what can be told of it without running it out. Taking one apart costs more than all else there is to do for it."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from scanner.secrets import literals

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 4096
SIGNS = frozenset(b"\\=:>\n")
"""What stands in no text in quotes that ``spans.quoted`` tells."""

WIDE = "：".encode()
QUOTES = frozenset(b"\"'`")
_NESTED = frozenset(("MAX_REPEAT", "MIN_REPEAT", "SUBPATTERN"))
_NEWLINE = frozenset(b"\n")
_SPACE, _DIGITS = frozenset(b" \t\n\r\f\v"), frozenset(b"0123456789")
_WORD = _DIGITS | frozenset(b"_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_BYTES = frozenset(range(256))
_CATEGORIES = {
    "CATEGORY_SPACE": _SPACE, "CATEGORY_NOT_SPACE": _BYTES - _SPACE, "CATEGORY_DIGIT": _DIGITS, "CATEGORY_NOT_DIGIT": _BYTES - _DIGITS,
    "CATEGORY_WORD": _WORD, "CATEGORY_NOT_WORD": _BYTES - _WORD,
}


class Measures(Struct, frozen=True, array_like=True):
    """The most bytes a regex can match (at most ``LONGEST``), whether a match can go on after a line end, the numbers of the groups that
    hold the value, the texts (in lower case) of which one begins every match (none where they are not few), and ``whole``: where a match
    ends with a quote, its value is all that stands between that quote and the one like it before, or one of ``SIGNS`` stands there."""

    width: int
    crosses: bool
    values: tuple[int, ...]
    leads: tuple[bytes, ...]
    whole: bool


def measured(regex: str) -> Measures:
    """Take a regex apart."""
    parser: Any = importlib.import_module("re._parser")
    tree = parser.parse(regex.encode(), re.MULTILINE)
    crosses = bool(tree.state.flags & re.DOTALL) or _crosses_before_its_end(tree)
    values = tuple(number for name, number in tree.state.groupdict.items() if name.startswith("value"))
    width = int(min(tree.getwidth()[1], LONGEST))
    whole = bool(values) and _Ends(values).whole(list(tree))
    return Measures(width, crosses, values, literals.leading(regex), whole)


class _Ends:
    """What a parsed regex ends with, looked at from its last node to its first; ``values`` are the numbers of the groups of the value."""

    def __init__(self, values: tuple[int, ...]) -> None:
        self._values = values

    def whole(self, nodes: list[Any]) -> bool:
        """Whether each end that can be a quote closes a value that is all of the text in quotes."""
        if not nodes or not _bytes(nodes[-1]) & QUOTES:
            return not nodes or not _optional(nodes[-1]) or self.whole(nodes[:-1])
        if str(nodes[-1][0]) in {"LITERAL", "IN"}:
            return self._closed(nodes[:-1], _bytes(nodes[-1]) & QUOTES)
        opened = self._opened_up(nodes)
        return bool(opened) and all(map(self.whole, opened))

    def _closed(self, nodes: list[Any], quotes: frozenset[int]) -> bool:
        """Whether what stands before one of ``quotes`` is such a value; signs may follow it."""
        if not nodes:
            return False
        if _optional(nodes[-1]) and _bytes(nodes[-1]) <= SIGNS:
            return self._closed(nodes[:-1], quotes)
        if self._value(nodes[-1]):
            return not _bytes(nodes[-1]) & quotes and self._alone(nodes[:-1]) and self._begun(nodes[:-1], quotes)
        opened = self._opened_up(nodes)
        return bool(opened) and all(self._closed(one, quotes) for one in opened)

    def _begun(self, nodes: list[Any], quotes: frozenset[int]) -> bool:
        """Whether the value stands right behind a quote, the only one of ``quotes``, or else behind a sign."""
        if not nodes or (str(nodes[-1][0]) == "LITERAL" and _bytes(nodes[-1]) == quotes):
            return bool(nodes)
        opened = self._opened_up(nodes)
        return all(self._begun(one, quotes) for one in opened) if opened else self._signed(nodes, quotes)

    def _signed(self, nodes: list[Any], quotes: frozenset[int]) -> bool:
        """Whether one of ``SIGNS``, or the wide one, stands here and none of ``quotes`` behind it."""
        if not nodes:
            return False
        near = _bytes(nodes[-1])
        if not _optional(nodes[-1]) and near and (near <= SIGNS or _literal(nodes[-len(WIDE) :]) == WIDE):
            return True
        opened = self._opened_up(nodes)
        return all(self._signed(one, quotes) for one in opened) if opened else not near & quotes and self._signed(nodes[:-1], quotes)

    def _alone(self, nodes: list[Any]) -> bool:
        """Whether no other value can stand in these: the first one would be the match's."""
        return not {number for node in nodes for number in _groups(node)} & {*self._values}

    def _value(self, node: Any) -> bool:
        return str(node[0]) == "SUBPATTERN" and node[1][0] in self._values

    def _opened_up(self, nodes: list[Any]) -> list[list[Any]]:
        """The same with each way to pass the last node, a choice or a group, in its place; none where it is another thing, or a value."""
        code, value = str(nodes[-1][0]), nodes[-1][1]
        before = nodes[:-1]
        if code == "BRANCH":
            return [[*before, *branch] for branch in value[1]]
        if code == "SUBPATTERN" and not self._value(nodes[-1]):
            return [[*before, *value[-1]]]
        if code == "MAX_REPEAT" and value[:2] == (0, 1):
            return [before, [*before, *value[-1]]]
        return []


def _optional(node: Any) -> bool:
    """Whether a match may hold nothing of the node."""
    code, value = str(node[0]), node[1]
    if code == "BRANCH":
        return any(all(map(_optional, branch)) for branch in value[1])
    if code in {"MAX_REPEAT", "MIN_REPEAT"}:
        return value[0] == 0 or all(map(_optional, value[-1]))
    return code == "AT" or (code == "SUBPATTERN" and all(map(_optional, value[-1])))


def _groups(node: Any) -> Iterator[int | None]:
    """The numbers of the groups in a node; None is one without a number."""
    code, value = str(node[0]), node[1]
    if code == "SUBPATTERN":
        yield value[0]
    inner = [one for branch in value[1] for one in branch] if code == "BRANCH" else value[-1] if code in _NESTED else ()
    for one in inner:
        yield from _groups(one)


def _literal(nodes: list[Any]) -> bytes:
    return bytes(value for code, value in nodes if str(code) == "LITERAL")


def _bytes(node: Any) -> frozenset[int]:
    """The bytes that can stand in what a node matches, whatever the case of letters; all of them for a node of another kind."""
    code, value = str(node[0]), node[1]
    if code in {"AT", "LITERAL"}:
        return frozenset((value,)) if code == "LITERAL" else frozenset()
    if code == "IN":
        return _members(value)
    if code == "BRANCH":
        return frozenset().union(*(_bytes(one) for branch in value[1] for one in branch))
    if code in _NESTED:
        return frozenset().union(*map(_bytes, value[-1]))
    return _BYTES - {value} if code == "NOT_LITERAL" else _BYTES - _NEWLINE if code == "ANY" else _BYTES


def _members(items: Any) -> frozenset[int]:
    inside = frozenset().union(*(_member(str(code), value) for code, value in items))
    return _BYTES - inside if str(items[0][0]) == "NEGATE" else inside


def _member(code: str, value: Any) -> frozenset[int]:
    if code in {"LITERAL", "RANGE"}:
        return frozenset((value,) if code == "LITERAL" else range(value[0], value[1] + 1))
    return _CATEGORIES[str(value)] if code == "CATEGORY" else frozenset()


def _crosses_before_its_end(tree: Any) -> bool:
    """Whether a match can go on after a line feed: one that it ends with does not count."""
    if not len(tree):
        return False
    code, value = str(tree[-1][0]), tree[-1][1]
    if any(map(_crosses, tree[:-1])):
        return True
    if code == "BRANCH":
        return any(map(_crosses_before_its_end, value[1]))
    if code == "SUBPATTERN":
        return _crosses_before_its_end(value[-1])
    return _crosses(tree[-1]) and code not in {"LITERAL", "NOT_LITERAL", "IN"}


def _crosses(node: Any) -> bool:
    return bool(_bytes(node) & _NEWLINE)
