"""The keyword plugin's regexes, asked only near its words: the same matches as when they search by themselves."""

from __future__ import annotations

import re
import sys

import pytest
from detect_secrets.plugins import keyword
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.secrets import keywords

REGEXES = tuple({regex.pattern: regex for group in keyword.REGEX_BY_FILETYPE.values() for regex in group}.values())
NEAR = tuple(regex for regex in REGEXES if keywords.begins_with(regex, keyword.DENYLIST))
PIECES = (
    *(word.replace("?", "") for word in keyword.DENYLIST), "SECRET", "PassWD", "CONTRASE\xd1A", "\u017fecret", "pa\u017f\u017fword",
    "ap\u0131\u212aey", "PR\u0130V_KEY", "key", "pass", "db_", "_", "x", "7", "\xe9", "hunter2", "=", ":", " := ", "=>", "==", "!=", "(",
    ".assign(", "@", "[12]", "]", '"', "'", "`", ";", ",", " ", "\t", "\x0b", "\x85",
)


def test_all_but_one_of_the_regexes_begin_with_a_word() -> None:
    assert [regex for regex in REGEXES if regex not in NEAR] == [keyword.PRECEDED_BY_EQUAL_COMPARISON_SIGNS_QUOTES_REQUIRED_REGEX]


@pytest.mark.parametrize("regex", NEAR, ids=range(len(NEAR)))
def test_none_of_them_looks_at_what_is_before_a_match(regex: re.Pattern[str]) -> None:
    assert not re.search(r"\(\?<|\\[AbB]|(?<!\[)\^", regex.pattern)


@pytest.mark.parametrize("word", keyword.DENYLIST)
def test_every_word_holds_a_stem_near_its_beginning(word: str) -> None:
    for spelling in (word.replace("?", ""), word.replace("_?", "")):
        assert min(spelling.find(stem) for stem in keywords.STEMS if stem in spelling) <= keywords.BEFORE


def test_letters_keep_their_places_when_their_case_is_taken_away() -> None:
    letters = re.compile(f"[{''.join(sorted(set(''.join(keyword.DENYLIST)) - {'?'}))}]")
    blind = re.compile(letters.pattern, re.IGNORECASE)
    for char in map(chr, range(sys.maxunicode + 1)):
        low = char.translate(keywords.FOLDS).lower()
        assert len(low) == 1
        assert bool(blind.match(char)) == bool(letters.match(low)), ascii(char)


@pytest.mark.parametrize("regex", NEAR, ids=range(len(NEAR)))
def test_it_finds_what_the_regex_finds(regex: re.Pattern[str]) -> None:
    near = keywords.Near(regex, keyword.DENYLIST)

    @settings(max_examples=100, deadline=None)
    @given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.from_regex(regex)))
    def drawn(text: str) -> None:
        expected, found = regex.search(text), near.search(text)
        assert (found and (found.span(), found.groups())) == (expected and (expected.span(), expected.groups()))

    drawn()
