"""What hyperscan is asked and what it answers."""

from __future__ import annotations

import pytest

from scanner.secrets import matcher


def test_ends_are_every_place_a_match_may_end() -> None:
    found = matcher.build([rb"ab+", rb"(?i)key"]).ends(b"abb KEY")
    assert found == [(0, 2), (0, 3), (1, 7)]


def test_once_reports_the_first_match_only() -> None:
    found = matcher.build([rb"x"], once=[rb"(?i)word"]).ends(b"word x WORD")
    assert sorted(found) == [(0, 6), (1, 4)]


def test_a_dumped_database_works_again() -> None:
    again = matcher.load(matcher.build([rb"abc"]).dump())
    assert again is not None
    assert again.ends(b"xabc") == [(0, 4)]


@pytest.mark.parametrize("damage", [lambda d: b"", lambda d: d[:-1], lambda d: b"x" * len(d),
lambda d: d[:100] + bytes([d[100] ^ 1]) + d[101:]])
def test_a_damaged_database_is_none(damage) -> None:  # type: ignore[no-untyped-def]
    assert matcher.load(damage(matcher.build([rb"abc[0-9]{4}x|foo.*bar"]).dump())) is None


@pytest.mark.parametrize(
    ("regex", "why"),
    [
        ("a(?=b)", "Zero-width"), (r"(a)\1", "Back-references"), ("a*", "empty"), ("a++", "Possessive"), ("(a", "parenthesis"),
        ("[éè]x", "not ASCII"), ("a{1,100000}", ""), ("", ""),
    ],
)
def test_refusals_say_why(regex: str, why: str) -> None:
    assert why in matcher.refusal(regex)
    assert matcher.refusal(regex)


@pytest.mark.parametrize("regex", ["abc", r"\bfoo\b", "(?i)é=x", "[^a]b", r"a[\]b]c"])
def test_usable_regexes_are_not_refused(regex: str) -> None:
    assert matcher.refusal(regex) == ""


def test_the_engine_is_named_with_its_version() -> None:
    assert "Version" in matcher.engine()
