"""Where the matches of a team's regex begin."""

from __future__ import annotations

import random
import re
import time

import pytest

from scanner.secrets import leftmost, matcher

REGEXES = [
    "^foo[0-9]{4}", r"\Afoo[0-9]{4}", "(?:^|[^A-Za-z0-9])foo[0-9]{4}", "(?m)^foo[0-9]{4}", "(?m:^)foo[0-9]{4}$", r"^\s*foo[0-9]{4}",
    r"(?:\A|\s)foo[0-9]{4}", r"\bfoo[0-9]{4}\b", "foo[0-9]{4}$", "^[a-z]+=foo[0-9]{4}", "[]^x]foo[0-9]{4}", "[[:alpha:]^]foo[0-9]{4}",
    r"\^foo[0-9]{4}", "(?#a ^)foo[0-9]{4}", "foo[0-9]{4}(?:-[a-z]{10})?", "foo[0-9]+(?:-foo[0-9]+)*", "(?i)^FOO[0-9]{4}",
]


def told(regex: str, text: bytes) -> list[tuple[int, int]]:
    ends = (end for _, end in matcher.build([regex.encode()]).ends(text))
    return list(leftmost.spans(regex, text, ends))


@pytest.mark.parametrize("regex", REGEXES)
def test_they_are_where_python_finds_them(regex: str) -> None:
    assert leftmost.refusal(regex) == ""
    chance = random.Random(regex)
    plain = re.compile(regex.replace("[:alpha:]", "a-zA-Z").encode(), re.MULTILINE)
    for _ in range(60):
        text = "".join(chance.choices(["foo1234", "-abcdefghij", " ", "\n", "x=", "^", "]", ".", "foo12", "x"], k=9)).encode()
        found = [(end, text[start:end].strip()) for start, end in told(regex, text)]  # white space may belong to the line before
        assert found == [(match.end(), match.group().strip()) for match in plain.finditer(text)], text


@pytest.mark.parametrize(
    ("regex", "text", "value"),
    [
        ("ACME-[A-Z]{2}(?:-[a-z0-9]{10})?", "x ACME-QX-a7k2m9x4b1.", "ACME-QX-a7k2m9x4b1"), ("b|abcd", "abcd", "abcd"),
        ("(?:x-)?[A-Z]{2}(?:-[a-z]{4})?", "x-AB-cdef", "x-AB-cdef"), ("a\n(?:b\nc\n)?", "a\nb\nc\n", "a\nb\nc\n"),
        ("tok_[a-z]{4,600}", f"x tok_{'a' * 600}.", f"tok_{'a' * 600}"), ("^k=[a-z\n]{4,600}", f"\nk={'ab' * 200}\n", f"k={'ab' * 200}\n"),
    ],
)
def test_a_match_is_told_whole(regex: str, text: str, value: str) -> None:
    ((start, end),) = told(regex, text.encode())[-1:]
    assert text.encode()[start:end] == value.encode()


@pytest.mark.parametrize(
    ("regex", "unit"),
    [("k[^ ]*;", b";x"), ("tok_[a-z]{4}", b'"tok_abcd",'), ("a(?:-b)*", b"-b"), ("(?:a+)+b", b"aab"), ("^k[^ ]*;", b";x"),
     ("[a-z]{4,}[.]", b"aaaaa.")],
)
def test_a_line_of_matches_costs_its_length(regex: str, unit: bytes) -> None:
    def seconds(size: int) -> float:
        text = b"k" + unit * (size // len(unit))
        start = time.process_time()
        told(regex, text)
        return time.process_time() - start

    tries = 0
    while (large := seconds(160_000)) >= 3 * 4 * seconds(40_000) + 0.2:
        tries += 1
        assert tries < 3, f"{large:.1f} s"


@pytest.mark.parametrize(("regex", "reason"), [("(*UTF8)foo", "must be at start")])
def test_what_cannot_be_asked_again_is_refused(regex: str, reason: str) -> None:
    assert matcher.refusal(regex) == ""
    assert reason in leftmost.refusal(regex)
