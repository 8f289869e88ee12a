"""Does a text read like words? Text in; how much of it is known words, and how surprising its letters are.

``words.json`` holds the words and ``letters.json`` the letter statistics of the names and comments in Python's own library; ``make train``
(``tests/bench/train.py``) writes both.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from math import log2
from operator import add

LONGEST = 24
SHORTEST = 3
PLAIN = 4.25
_RUNS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LETTERS = re.compile(r"[A-Za-z]+")


@cache
def known() -> frozenset[str]:
    """Lower-case words of three letters and more."""
    return frozenset(word for row in _table("words.json").values() for word in row.split())


@cache
def vocabulary(name: str) -> frozenset[str]:
    """A list of ``vocabulary.json``: words that keys are made of, file extensions by kind, words that tell what a key is about."""
    return frozenset(_table("vocabulary.json")[name].split())


def split(name: str) -> tuple[str, ...]:
    """The words of an identifier in lower case: ``dbPassword_2`` -> ``db``, ``password``."""
    return tuple(run.lower() for run in _RUNS.findall(name))


def cover(text: str) -> float:
    """The share of the letters of a text that known words can cover, 0 to 1; 0 for a text without letters."""
    letters = covered = 0
    for run in _LETTERS.findall(text[:200]):
        letters += len(run)
        covered += _covered(run.lower())
    return covered / letters if letters else 0.0


def surprise(text: str) -> float:
    """Mean bits by which the letters of a text surprise a reader of code and English: about 3 for words, 5 and more for random."""
    bits = count = 0
    rows = _rows()
    for run in _LETTERS.findall(text[:200]):
        low = run.lower()
        before = ("^^", "^" + low[0], *map(add, low, low[1:]))
        bits += sum([rows[pair][letter] for pair, letter in zip(before, low.encode(), strict=False)])
        count += len(low)
    return bits / (2 * count) if count else 0.0


def entropy(text: str) -> float:
    """Shannon entropy in bits per character; 0 for an empty text."""
    size = len(text)
    counts = map(text.count, set(text))
    return log2(size) - sum(map(_weight, counts)) / size if size else 0.0


@cache
def _weight(count: int) -> float:
    return count * log2(count)


def plain(text: str) -> bool:
    """Whether a text without digits is made of words: nothing that anybody would use as a random value."""
    return not any(char.isdigit() for char in text) and (surprise(text) < PLAIN or cover(text) >= 0.95)


_UNSEEN = "m" * 26


class _Rows(dict[str, tuple[int, ...]]):
    """For each two letters (``^`` before the first) half bits of surprise at the next letter, by its code; kept there as 26 digits in base
    36, a to z, and read when first asked for."""

    def __init__(self, kept: dict[str, str]) -> None:
        super().__init__()
        self._kept = kept

    def __missing__(self, pair: str) -> tuple[int, ...]:
        self[pair] = (0,) * ord("a") + tuple(int(digit, 36) for digit in self._kept.get(pair, _UNSEEN))
        return self[pair]


@cache
def _rows() -> _Rows:
    return _Rows(_table("letters.json"))


@cache
def _table(name: str) -> dict[str, str]:
    text = files("scanner.secrets.judge").joinpath(name).read_text("utf-8")
    return {str(key): str(value) for key, value in json.loads(text).items()}


def _covered(run: str) -> int:
    """The most letters of a lower-case run that known words can cover without overlap."""
    words, begun, size = known(), _begun(), len(run)
    best = [0] * (size + 1)
    for start in range(size):
        best[start + 1] = max(best[start + 1], best[start])
        if run[start : start + SHORTEST] in begun:
            for end in range(start + SHORTEST, min(start + LONGEST, size) + 1):
                if run[start:end] in words:
                    best[end] = max(best[end], best[start] + end - start)
    return best[size]


@cache
def _begun() -> frozenset[str]:
    """How known words begin."""
    return frozenset(word[:SHORTEST] for word in known())
