"""What hyperscan is asked and what it answers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.secrets import matcher
from scanner.secrets.matcher import hyperscan


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


@pytest.mark.parametrize(
    ("regex", "text"),
    [
        (rb"(?:xy|zw)[A-Za-z]{0,20}Password", b"xyPassword"),
        (rb"[^\s]{0,12}(?:\*\*|__)\w?", b"__"),
        (rb"(?:\-|\*\*)[ \t]{0,60}xy(?:ghx|A|\-\-)", b"**xy--"),
        (rb"(?:\*\*|__)[0-9]{0,20}key", b"__key"),
    ],
)
def test_a_match_is_found_wherever_it_stands(regex: bytes, text: bytes) -> None:
    """Not by every version of the engine."""
    found = matcher.build([regex]).ends
    missed = [place for place in (*range(130), 256, 1000, 4096) if (0, place + len(text)) not in found(b"-" * place + text + b"\n")]
    assert missed == []


WORDS = st.sampled_from(["xy", "zw", "key", "Key", "password", "_", "-", "**", "__", "api", "b9", ":="])
EITHER = st.lists(WORDS, min_size=2, max_size=3, unique=True).map(lambda words: f"(?:{'|'.join(map(re.escape, words))})")
CLASSES = st.sampled_from(["[A-Za-z]", "[0-9]", "[a-z0-9_-]", "[ \t]", "[A-Z2-7]"])
TIMES = st.sampled_from(["?", "{0,12}", "{0,20}", "{0,60}", "{1,30}", "{4}", "{16,40}"])
PARTS = WORDS.map(re.escape) | EITHER | st.tuples(CLASSES, TIMES).map("".join)
REGEXES = st.lists(PARTS, min_size=2, max_size=4).map("".join)


@given(data=st.data(), regexes=st.lists(REGEXES, min_size=1, max_size=3), gap=st.integers(0, 130))
def test_it_finds_what_python_finds(data: st.DataObject, regexes: list[str], gap: int) -> None:
    try:
        found = matcher.build([regex.encode() for regex in regexes])
    except hyperscan.error:  # one that can match nothing at all
        return
    text = "".join("-" * gap + data.draw(st.from_regex(regex, fullmatch=True)) for regex in regexes) + "\n"
    ends = set(found.ends(text.encode()))
    firsts = ((number, re.search(regex, text, re.ASCII)) for number, regex in enumerate(regexes))
    assert [(number, match) for number, match in firsts if match and match[0] and (number, match.end()) not in ends] == []
