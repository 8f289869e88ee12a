"""YAML as package managers write it in, what ``_yaml.load_all`` says of it out, in a third of the time.

Every line is a key, a key with a value, or an item; texts may be literal ones. Of a text with any other line, ``_yaml`` reads the whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.lockfiles import _yaml
from scanner.lockfiles._yaml import NULL, Map

if TYPE_CHECKING:
    from collections.abc import Container

    from scanner.lockfiles._yaml import Value

DEEPEST = 50
_LONGEST_KEY = 500
_CHARACTER = "[A-Za-z0-9_/.@+()^~=<>|*-]"
_WORD = rf"[A-Za-z0-9_/.(^~<+]{_CHARACTER}*+(?::{_CHARACTER}++)*+"
"""Means the same to every reader of YAML wherever it stands."""
_QUOTED = r"""'[ -&(-~]*+(?:''[ -&(-~]*+)*+'|"[ !#-\[\]-~]*+\""""
_WORDS = rf"{_WORD}(?: {_CHARACTER}++(?::{_CHARACTER}++)*+)*+"
KEY = rf"""{_WORDS}|'[ -&(-~]*+'|"[ !#-\[\]-~]*+\""""
_VALUE = rf"{_WORDS}|{_QUOTED}"
_PRINTED = r"[!-\"$-9;-~]"
_LAST = rf"[A-Za-z0-9_/.(^~<+$]{_PRINTED}*+(?:(?: ++(?={_PRINTED})|:(?=[!-~])|(?<! )#){_PRINTED}*+)*+|{_QUOTED}"
"""What nothing follows on its line; neither ``: `` nor `` #``."""
_PAIR = re.compile(rf"({KEY}): ({_VALUE})")
_ONE = re.compile(_VALUE)
_MAP = rf"\{{(?:(?:{KEY}): (?:{_VALUE})(?:, (?:{KEY}): (?:{_VALUE}))*+)?\}}"
_LIST = rf"\[(?:(?:{_VALUE})(?:, (?:{_VALUE}))*+)?\]"
_LINE = re.compile(rf"( *+)(?:({KEY}):(?: (?:({_LAST}|\|-)|({_MAP})|({_LIST})))?|- ({_LAST}))")


class Odd(Exception):
    """The text is not of regular lines alone."""


def refuse_odd(text: str) -> None:
    """Raise Odd for characters that no regular text has."""
    if not (text.isascii() and text.replace("\n", "").isprintable()):
        raise Odd


def load_all(text: str, path: str) -> list[Value]:
    """The documents of a YAML file. Raises ParseError."""
    try:
        return regular(text)
    except Odd:
        return _yaml.load_all(text, path)


def regular(text: str) -> list[Value]:
    """The documents of a text of regular lines, each a mapping that is not empty. Raises ``Odd`` for any other."""
    refuse_odd(text)
    documents: list[Value] = []
    lines = text.split("\n")
    start = 0
    for end in [number for number, line in enumerate(lines) if line == "---"]:
        if start or any(line and line[0] != "#" for line in lines[:end]):
            documents.append(mapping(lines, start, end))
        start = end + 1
    return [*documents, mapping(lines, start, len(lines))]


def mapping(lines: list[str], start: int, end: int, *, first: int = 1, depth: int = 0) -> Map:
    """The mapping that the lines from ``start`` to ``end`` are; its keys stand that far in, and the line 0 is the ``first`` of its file.

    Raises Odd where they are no regular ones.
    """
    home: Map | list[Value] = Map()
    opened: list[tuple[int, Map | list[Value]]] = [(depth, home)]
    awaits, skip = "", start
    match = _LINE.fullmatch
    for number in range(start, end):
        line = lines[number]
        if not line or line[0] == "#" or number < skip:
            continue
        found = match(line)
        if found is None:
            raise Odd
        margin, key, value, pairs, values, item = found.groups()
        if len(margin) != depth:
            if len(margin) > depth:
                opened.append((len(margin), _below(home, awaits, len(opened), item)))
            depth, home = _innermost(opened, len(margin))
        if isinstance(home, list):
            home.append(_scalar(item))
            continue
        awaits = name_of(key, home)
        home.places[awaits] = (number + first, depth + 1)
        if value == "|-":
            skip = _end_of_text(lines, number + 1, end, depth)
            home[awaits] = "\n".join(one[_margin(lines[number + 1]) :] for one in lines[number + 1 : skip])
        elif value:
            home[awaits] = value if value not in NULL and value[0] not in "'\"" else _scalar(value)
        elif pairs:
            home[awaits] = _pairs(found, number + first)
        elif values:
            home[awaits] = [_scalar(one) for one in _ONE.findall(values, 1)]
        else:
            home[awaits] = ""
            continue
        awaits = ""
    return _root(opened[0][1])


def _root(home: Map | list[Value]) -> Map:
    if isinstance(home, Map) and home:
        return home
    raise Odd


def _below(home: Map | list[Value], awaits: str, depth: int, item: str | None) -> Map | list[Value]:
    """What begins with a line that is further in than the one before: that must have been a key alone."""
    if not awaits or isinstance(home, list) or depth > DEEPEST:
        raise Odd
    child: Map | list[Value] = [] if item else Map()
    home[awaits] = child
    return child


def _innermost(opened: list[tuple[int, Map | list[Value]]], depth: int) -> tuple[int, Map | list[Value]]:
    while opened[-1][0] > depth:
        opened.pop()
    if opened[-1][0] != depth:
        raise Odd
    return opened[-1]


def _end_of_text(lines: list[str], start: int, end: int, depth: int) -> int:
    """Where the lines of a literal text end that belongs to a key that far in; an empty one among them ends it, and what follows is odd."""
    margin = _margin(lines[start]) if start < end else 0
    if margin <= depth:
        raise Odd
    for number in range(start, end):
        if not lines[number].startswith(" " * margin):
            return number
        if lines[number].isspace():
            raise Odd
    return end


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _pairs(line: re.Match[str], number: int) -> Map:
    found = Map()
    for pair in _PAIR.finditer(line.string, line.start(4) + 1):
        name = name_of(pair[1], found)
        found[name] = _scalar(pair[2])
        found.places[name] = (number, pair.start() + 1)
    return found


def name_of(written: str | None, home: Container[str]) -> str:
    """A key; an item is none, and what is empty, very long or there already is for ``_yaml`` to judge."""
    name = written[1:-1] if written and written[0] in "'\"" else written
    if not name or name in home or name in NULL or len(name) > _LONGEST_KEY:
        raise Odd
    return name


def _scalar(written: str | None) -> str:
    if not written:
        raise Odd
    if written[0] == "'":
        return written[1:-1].replace("''", "'")
    if written[0] == '"':
        return written[1:-1]
    return "" if written in NULL else written
