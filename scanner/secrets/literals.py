"""A regex in, the literals out of which at least one stands in every match: what a text is searched for before the regex itself runs."""

from __future__ import annotations

import importlib
import re
from itertools import product
from typing import Any, NamedTuple

MOST = 80
_SET = 4


class Literal(NamedTuple):
    """A piece of text (bytes as latin-1), in either case where ``caseless``."""

    text: str
    caseless: bool


Choice = frozenset[Literal]


def required(regex: str) -> Choice:
    """The most selective set of literals of which every match holds one; empty where there is none of three characters or more."""
    parser: Any = importlib.import_module("re._parser")
    tree = parser.parse(regex.encode(), re.MULTILINE)
    _, choices = _walk(tree, bool(tree.state.flags & re.IGNORECASE))
    return max((choice for choice in choices if _shortest(choice) >= 3), key=_selectivity, default=frozenset())


def leading(regex: str) -> tuple[bytes, ...]:
    """Texts in lower case of which one begins every match, whatever the case; none where they are not few or not of two bytes or more."""
    parser: Any = importlib.import_module("re._parser")
    tree = parser.parse(regex.encode(), re.MULTILINE)
    texts = sorted({item.text.encode("latin-1").lower() for item in _first(tree)}) if not tree.state.flags & re.IGNORECASE else []
    if not texts or min(map(len, texts)) < 2:
        return ()
    return tuple(text for text in texts if not any(text != other and text.startswith(other) for other in texts))


def _first(tree: Any) -> Choice:
    """The exact texts with which a sequence begins."""
    run: Choice = frozenset((Literal("", caseless=False),))
    for code, value in tree:
        exact, _ = _node(str(code), value, caseless=False)
        joined = _join(run, exact) if exact is not None else None
        if joined is None:
            return run if _longest(run) else _inside(str(code), value)
        run = joined
    return run


def _inside(code: str, value: Any) -> Choice:
    if code == "SUBPATTERN":
        return _first(value[3])
    if code == "BRANCH":
        begins = [_first(branch) for branch in value[1]]
        return frozenset().union(*begins) if all(map(_shortest, begins)) else frozenset()
    return frozenset()


def _selectivity(choice: Choice) -> tuple[int, int]:
    return (min(_shortest(choice), 8), -len(choice))


def _shortest(choice: Choice) -> int:
    return min((len(item.text) for item in choice), default=0)


def _longest(choice: Choice) -> int:
    return max((len(item.text) for item in choice), default=0)


def _walk(tree: Any, caseless: bool) -> tuple[Choice | None, list[Choice]]:  # noqa: FBT001
    """The exact texts of a sequence (None where they are not few), and the required choices found in it."""
    whole: Choice | None = frozenset((Literal("", caseless),))
    run: Choice = frozenset((Literal("", caseless),))
    choices: list[Choice] = []
    for code, value in tree:
        exact, inner = _node(str(code), value, caseless)
        choices += inner
        joined = _join(run, exact) if exact is not None else None
        if joined is None:
            choices.append(run)
            run = exact if exact is not None else frozenset((Literal("", caseless),))
            whole = None
        else:
            run = joined
    choices.append(run)
    return (run if whole is not None else None), choices


def _node(code: str, value: Any, caseless: bool) -> tuple[Choice | None, list[Choice]]:  # noqa: FBT001
    if code == "LITERAL":
        return frozenset((Literal(chr(value), caseless),)), []
    if code == "AT":
        return frozenset((Literal("", caseless),)), []
    if code == "IN":
        return _members(value, caseless), []
    if code == "SUBPATTERN":
        _, added, removed, inner = value
        return _walk(inner, (caseless or bool(added & re.IGNORECASE)) and not removed & re.IGNORECASE)
    if code == "BRANCH":
        return _branches(value[1], caseless)
    if code in {"MAX_REPEAT", "MIN_REPEAT"}:
        return _repeat(value, caseless)
    return None, []


def _members(items: Any, caseless: bool) -> Choice | None:  # noqa: FBT001
    chars: set[str] = set()
    for code, value in items:
        if str(code) == "LITERAL":
            chars.add(chr(value))
        elif str(code) == "RANGE" and value[1] - value[0] < _SET:
            chars.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(Literal(char, caseless) for char in chars) if len(chars) <= _SET else None


def _branches(branches: Any, caseless: bool) -> tuple[Choice | None, list[Choice]]:  # noqa: FBT001
    walked = [_walk(branch, caseless) for branch in branches]
    exacts = [exact for exact, _ in walked if exact is not None]
    exact = frozenset().union(*exacts) if len(exacts) == len(walked) else None
    best: list[Choice] = [max((*inner, *((texts,) if texts else ())), key=_selectivity, default=frozenset()) for texts, inner in walked]
    both: list[Choice] = [frozenset().union(*best)] if all(_shortest(choice) for choice in best) else []
    return (exact if exact is not None and len(exact) <= MOST else None), [choice for choice in both if len(choice) <= MOST]


def _repeat(value: Any, caseless: bool) -> tuple[Choice | None, list[Choice]]:  # noqa: FBT001
    low, high, inner = value
    exact, choices = _walk(inner, caseless)
    if low == 0:
        optional = exact | {Literal("", caseless)} if exact is not None and high == 1 else None
        return (optional if optional is not None and len(optional) <= _SET else None), []
    if exact is not None and low == high and low * max(len(item.text) for item in exact) <= 8:
        joined: Choice | None = exact
        for _ in range(low - 1):
            joined = _join(joined, exact) if joined is not None else None
        return joined, choices
    return None, [*choices, *((exact,) if exact is not None else ())]


def _join(left: Choice, right: Choice) -> Choice | None:
    if len(left) * len(right) > MOST:
        return None
    return frozenset(Literal(a.text + b.text, a.caseless or b.caseless) for a, b in product(left, right))
