"""Globs against a table, and against every other reading of them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner import globs

TABLE = [
    ("*.ts", "a.ts", True), ("*.ts", "src/a.ts", True), ("*.ts", "a.tsx", False), ("/a.ts", "src/a.ts", False), ("/a.ts", "a.ts", True),
    ("apps/web/src/**/*.ts", "apps/web/src/a.ts", True), ("apps/web/src/**/*.ts", "apps/web/src/x/y/a.ts", True),
    ("apps/web/src/**/*.ts", "apps/web/a.ts", False), ("apps/web/src/**/*.ts", "x/apps/web/src/a.ts", False),
    ("libs/*/package.json", "libs/a/package.json", True), ("libs/*/package.json", "libs/a/b/package.json", False),
    ("vendor/**", "vendor/a/b", True), ("vendor/**", "vendor2/a", False), ("**/x", "x", True), ("**/x", "a/b/x", True),
    ("a?c", "abc", True), ("a?c", "a/c", False), ("[ab].txt", "a.txt", True), ("[!ab].txt", "a.txt", False), ("[!ab].txt", "c.txt", True),
    ("a+b(c).txt", "a+b(c).txt", True), ("./a/b", "a/b", True), ("a[", "a[", True), ("", "a", False),
    ("/!a", "a", False), ("/!a", "!a", True),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), TABLE)
def test_table(pattern: str, path: str, expected: bool) -> None:
    assert globs.matches((pattern,), path) is expected


def test_no_pattern_matches_nothing() -> None:
    assert not globs.matches((), "a")


WILD = [
    "a*b*a*b", "*a*b*/a", "**/a/**/b/*", "**a**b**/", "a/**/b/**/a*", "*/*/*/*", "?*a*?*", "**/*/**/a", "a**b**a**", "**/**/a*/*/*",
    "*[!a]*b*/", "a*/**/*b", "***/a/*", "[ab]*/*[ab]*", "**/?/**/?/**",
]


@pytest.mark.parametrize("pattern", WILD)
def test_every_short_path_is_matched_as_a_regex_would(pattern: str) -> None:
    """For globs of many stars, which are followed step by step."""
    steps = globs._compiled((pattern,)).wild
    assert len(steps) == 1
    regex = globs.re.compile("".join(globs._pieces(pattern)), globs.re.DOTALL)
    for length in range(7):
        for letters in itertools.product("ab/", repeat=length):
            path = "".join(letters)
            assert globs.matches((pattern,), path) is (regex.fullmatch(path) is not None), path


PIECES = [
    ("a/b", "a/b"), ("/a", "a"), ("./a/b", "a/b"), ("a", "(?:[^/]+/)*a"), ("a/**", "a/.*"), ("a/**/b", "a/(?:[^/]+/)*b"),
    ("a/**b", "a/.*b"), ("a/****b", "a/.*b"), ("a/**/**/b", "a/(?:[^/]+/)*b"), ("a/*b*", "a/[^/]*b[^/]*"), ("aa//bb", "aa//bb"),
    ("/??", "[^/][^/]"), ("/[ab]", "(?!/)[ab]"), ("/[!ab]", "(?!/)[^ab]"), ("/[]a]", r"(?!/)[\]a]"), ("/[]", r"\[\]"), ("/[a", r"\[a"),
    ("/x[a]y", "x(?!/)[a]y"), ("/xyz[]]", r"xyz(?!/)[\]]"), ("/[!]", "(?!/)[!]"), ("/[!!]", "(?!/)[^!]"), ("/[z-a]", r"\[z\-a\]"),
    ("/(+)", r"\(\+\)"), ("/[a]]", r"(?!/)[a]\]"), ('/!*"#', '![^/]*"\\#'),
]


@pytest.mark.parametrize(("pattern", "regex"), PIECES)
def test_what_a_glob_says_as_a_regex(pattern: str, regex: str) -> None:
    assert "".join(globs._pieces(pattern)) == regex


PLAIN = st.text(st.characters(exclude_characters="*?[", exclude_categories=["Cs"]), min_size=1)


@given(PLAIN.filter(lambda text: not text.startswith(("/", "./"))))
def test_a_plain_path_matches_itself(path: str) -> None:
    assert globs.matches((path,), path)


@given(st.text(alphabet="ab/*?[]!\\.-^", max_size=12), st.text(alphabet="ab/.", max_size=12))
def test_any_pattern_can_be_asked(pattern: str, path: str) -> None:
    assert globs.matches((pattern,), path) in (True, False)


@given(st.text(alphabet="ab/*?[]!", max_size=14), st.lists(st.text(alphabet="ab", min_size=1), min_size=1, max_size=4))
@example("[?--]", ["a"])
def test_all_ways_to_match_agree(pattern: str, folders: list[str]) -> None:
    path = "/".join(folders)
    pieces = globs._pieces(pattern)
    steps = tuple(piece if piece in globs._STARS else globs.re.compile(piece, globs.re.DOTALL) for piece in pieces)
    whole = globs.re.compile("".join(pieces), globs.re.DOTALL)
    assert globs._walk(steps, path) is (whole.fullmatch(path) is not None)
    assert globs.matches((pattern,), path) is (whole.fullmatch(path) is not None)


@pytest.mark.parametrize(
    ("pattern", "way"),
    [("*.ts", 0), ("**/*.ts", 0), ("*a*", 0), ("src/*.ts", 1), ("a/**/*.ts", 1), ("a*b*c*d", 2), ("**/*/*/b", 2)],
)
def test_few_stars_are_left_to_a_regex(pattern: str, way: int) -> None:
    assert [*map(bool, globs._compiled((pattern,)))].index(True) == way


def test_a_glob_of_many_stars_costs_no_more_than_its_length() -> None:
    path = "a" * 255
    for pattern in ("*" + "a*" * 60 + "b", "**" + "a**" * 60 + "b", "**/a" * 60 + "/b", "*a" * 60 + "/**/b", "?*" * 60 + "b"):
        assert not globs.matches((pattern,), path)
        assert not globs.matches((pattern,), "/".join("a" * 200))
