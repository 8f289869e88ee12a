"""A regex that begins with one of the keyword plugin's words is asked only where such a word stands: the same answer, much sooner.

Python looks for a case-blind choice of words at every character of a line anew, and a line of minified code is as long as its file. A
search finds the match that begins first; where no word stands none begins, and as none of these regexes looks behind, a match asked for at
a place is the one that a search finds there. That letters keep their places, and that ``FOLDS`` are all, is tested for all of Unicode.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.secrets import proposals

if TYPE_CHECKING:
    from collections.abc import Iterator

STEMS = ("key", "pass", "pwd", "secret", "contrase")
"""Every one of the plugin's words holds one of these, at most ``BEFORE`` characters from its beginning."""

BEFORE = 9

FOLDS = {ord(other.decode()): letter.decode() for other, letter in proposals.FOLDS}
"""What case-blind regexes of Python take for letters of ASCII."""


class Near:
    """``regex.search`` for a regex that begins with one of ``words`` (regexes themselves, as the plugin has them)."""

    def __init__(self, regex: re.Pattern[str], words: tuple[str, ...]) -> None:
        self._regex = regex
        self._words = words

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in ``text``."""
        matches = (self._regex.match(text, at) for at in _starts(text, self._words))
        return next(filter(None, matches), None)


def begins_with(regex: re.Pattern[str], words: tuple[str, ...]) -> bool:
    """Whether every match of ``regex`` begins with one of ``words``."""
    return regex.pattern.startswith(f"({'|'.join(words)})")


@lru_cache(maxsize=1)
def _starts(text: str, words: tuple[str, ...]) -> tuple[int, ...]:
    """Where one of the words may begin, whatever its case."""
    low = (text if text.isascii() else text.translate(FOLDS)).lower()
    word = _word(words)
    near = sorted({at for stem in _stems(low) for at in range(max(0, stem - BEFORE), stem + 1)})
    return tuple(at for at in near if word.match(low, at))


def _stems(text: str) -> Iterator[int]:
    for stem in STEMS:
        at = text.find(stem)
        while at >= 0:
            yield at
            at = text.find(stem, at + 1)


@lru_cache(maxsize=1)
def _word(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words))
