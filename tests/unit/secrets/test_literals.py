"""The literals a regex cannot do without."""

from __future__ import annotations

import random
import re

import pytest

from scanner.secrets import proposals, rules
from scanner.secrets.literals import required


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
