"""The literals a regex cannot do without."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.secrets import proposals, rules
from scanner.secrets.literals import leading, required


def texts(regex: str) -> set[str]:
    return {item.text for item in required(regex)}


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        ("abcd[0-9]+", {"abcd"}),
        ("(?:foo|bars)x?[0-9]", {"foo", "bars"}), ("[0-9]+", set()), ("a?bcde", {"abcde", "bcde"}),
        ("(?i)key_?word=.+", {"key_word=", "keyword="}), (r"\bAB[CD]E\b", {"ABCE", "ABDE"}), ("(?:abcd|[0-9]+)", set()),
        ("(?:ab){2}[x-z0-9]+", {"abab"}), ("[a-z]+secret[a-z]*", {"secret"}), ("(?:x|abcdef.*)?hello", {"hello"}),
    ],
)
def test_known_regexes(regex: str, expected: set[str]) -> None:
    assert texts(regex) == expected


@pytest.mark.parametrize("regex", [regex for _, regex in proposals.ALL] + [rule.regex for rule in rules.builtin()])
def test_every_match_holds_one(regex: str) -> None:
    choice, compiled = required(regex), re.compile(regex.encode(), re.MULTILINE)
    source = random.Random(regex)
    pieces = [item.text for item in choice] or ["x"]
    for _ in range(20):
        text = "".join(source.choices([*pieces, *map(chr, range(32, 127)), "\n", "a1B2" * 10], k=40)).encode("latin-1")
        for match in compiled.finditer(text):
            found = match.group().decode("latin-1")
            assert not choice or any(item.text in found or (item.caseless and item.text.lower() in found.lower()) for item in choice)


@given(text=st.text(alphabet="ab/+-_=\\Z19", min_size=20, max_size=26))
@example(text="a" * 23)
@example(text="a" * 22 + "1")
@example(text="1" + "a" * 21)
@example(text="a" * 40 + "1")
@example(text="1" + "a" * 30 + ".")
def test_lone_strings_are_the_quoted_ones_that_hold_a_digit(text: str) -> None:
    quoted = [re.compile(regex) for plugin, regex in proposals.QUOTED if plugin == "Base64HighEntropyString"]
    lone = [re.compile(regex) for plugin, regex in proposals.STRINGS if plugin == "Base64HighEntropyString"]
    for quote in "\"'":
        string = f"{quote}{text}{quote}"
        expected = any(regex.fullmatch(string) for regex in quoted) and any(char.isdigit() for char in text)
        assert any(regex.fullmatch(string) for regex in lone) == expected


def test_letters_beyond_ascii_keep_their_bytes() -> None:
    """A text in lower case is compared byte by byte: only ASCII has case there."""
    assert leading("(?:ПАРОЛЬ|Pass)=x") == (b"pass=x", "ПАРОЛЬ=x".encode())
