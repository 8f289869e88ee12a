"""Words and randomness, against the plain way to reckon them."""

from __future__ import annotations

import random
import string
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.secrets.judge import words

SOME = sorted(words.known())[::97]


def plainly(run: str) -> int:
    """Every way to end at each letter."""
    best = [0]
    for end in range(1, len(run) + 1):
        ways = (best[start] + end - start for start in range(max(0, end - words.LONGEST), end) if run[start:end] in words.known())
        best.append(max(best[-1], *ways, 0))
    return best[-1]


@given(st.lists(st.one_of(st.sampled_from(SOME), st.text(alphabet="abcdeinorst", max_size=4)), max_size=8).map("".join))
def test_cover_is_the_most_that_words_cover(run: str) -> None:
    assert words._covered(run) == plainly(run)


@pytest.mark.parametrize("text", ["", "a", "aaaa", "abcd", "aab", "é€a", "x" * 400 + "y"])
def test_entropy_by_its_definition(text: str) -> None:
    shares = [text.count(char) / len(text) for char in set(text)]
    assert words.entropy(text) == pytest.approx(-sum(share * log2(share) for share in shares), abs=1e-9)


def test_entropy_of_equal_shares_is_exact() -> None:
    chooser = random.Random(1)
    for size in (2, 4, 8, 16, 32, 64):
        letters = list(string.printable[:size] * 4)
        chooser.shuffle(letters)
        assert words.entropy("".join(letters)) == log2(size)
