"""From match ends to matches."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.secrets import matcher, measures, rules, spans
from scanner.secrets.examples import expand


@pytest.mark.parametrize(
    ("regex", "crosses"),
    [("abc", False), (r"a\s*b", True), ("[^a]b", True), (r"[^\n]b", False), (r"[^\s]b", False), ("a.*b", False), ("(?s)a.b", True),
     (r"a(?:b|\W)", False), (r"a(?:b|\W)c", True), (r"a(?:b|\W\W)", True), (r"a(?:b|\W+)", True), (r"(?:a|[\x00-\x20])", False),
     (r"a\n(?:b|$)", True), (r"a\n", False), (r"a\s$", True), (r"a\nb", True), (r"\S+x", False)],
)
def test_whether_a_match_can_go_on_after_a_line_end(regex: str, crosses: bool) -> None:
    assert spans.shape(regex).crosses is crosses


@pytest.mark.parametrize(
    "regex",
    ["abc[a-z]{3,}", r"ab?\s+c", "(?i)key=(?P<value>[a-z]+)", r"b.*c$", "^a+b", r"a[a-z]{2,300}(?:\s|$)", r"key=[^\n]{3,300}(?:\n|$)"],
)
def test_matches_are_those_of_the_whole_text(regex: str) -> None:
    source = random.Random(regex)
    shape, compiled = spans.shape(regex), matcher.build([regex.encode()])
    for _ in range(200):
        data = "".join(source.choices(["a", "b", "c", "abc", "key=", "Key=", " ", "\n", "zz"], k=60)).encode()
        ends = sorted(end for _, end in compiled.ends(data))
        expected = [match.span() for match in shape.regex.finditer(data)]
        assert [match.span() for match in spans.matches(shape, data, ends)] == expected


def test_a_long_line_is_looked_at_in_part() -> None:
    shape = spans.shape("key=[a-z]+")
    data = b"x" * 1_000_000 + b"key=abc " + b"x" * 1_000_000
    assert [match.group() for match in spans.matches(shape, data, [1_000_005, 1_000_006, 1_000_007])] == [b"key=abc"]


@pytest.mark.parametrize(
    ("text", "value"),
    [('a = "words here"', b"words here"), ("a = 'one'", b"one"), ("`a`", b"a"), ("a = bare", None), ('no opening"', None), ('""', None),
     ('"a=b"', None), ('"a:b"', None), ('">b"', None), ('"a\\"', None), ('"a\nb"', None), ("", None)],
)
def test_the_text_in_quotes_before_an_end(text: str, value: bytes | None) -> None:
    assert spans.quoted(text.encode(), len(text)) == value


def test_quotes_further_off_than_a_match_is_long_are_not_looked_for() -> None:
    text = b'"' + b"x" * (measures.LONGEST - 1) + b'"'
    assert spans.quoted(text, len(text)) is None
    assert spans.quoted(text[:-2] + b'"', len(text) - 1) == b"x" * (measures.LONGEST - 2)


ASSIGNED = [rule for rule in rules.builtin() if rule.checksum == "assignment"]
BARE = [rule.regex for rule in rules.builtin() if spans.shape(rule.regex).bare]
NAMES = ["token", "api_key", "pass" + "word", "auth", "secret"]
PIECES = [*NAMES, *"=:\"'`,;()<>{}$\\&| \t\n/@é：", "==", ":=", "=>", "  ", "[0]", "abcdefgh", "Qx7", "aB-c_d.e"]


def test_there_are_rules_for_values_without_quotes() -> None:
    assert len(BARE) >= 5


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join), st.sampled_from(BARE))
def test_what_is_said_to_be_the_value_is_the_value(text: str, regex: str) -> None:
    data, form = text.encode(), spans.shape(regex)
    for match in spans.matches(form, data, range(1, len(data) + 1)):
        told = spans.value(form, data, match.end())
        start, end = form.value(match)
        assert told in {None, data[start:end]}


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "--", "${X}", "{{ x }}"]), max_size=8).map("".join), st.data())
def test_no_rule_takes_another_value_than_is_said(around: str, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(ASSIGNED))
    text, cut = expand(data.draw(st.sampled_from(rule.examples.match))), data.draw(st.integers(0, len(around)))
    quote = data.draw(st.sampled_from(["", '"', "'", "`"]))
    whole, form = (quote + around[:cut] + text + around[cut:] + quote + "\n").encode(), spans.shape(rule.regex)
    for match in spans.matches(form, whole, range(1, len(whole) + 1)):
        start, end = form.value(match)
        assert spans.value(form, whole, match.end()) in {None, whole[start:end]}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("token = abcdef\n", "abcdef"), ("\ntoken=abcdef;", "abcdef"), ("a, token=abcdef,", "abcdef"), ("x token=abcdef ", "abcdef"),
        ("token=abcdef", None), ("token: a=bcdef\n", None), ("token:a=bcdef\n", None), ("x: token=abcdef ", None), ("abcdef\n", None),
        ("token=>abcdef\n", None), ("token=>=abcdef\n", None), ("token => =abcdef\n", None), ('"a:bcdef"', None), ("<token>abcdef<", None),
        ("token：abcdef\n", None), ("key: token：abcdef\n", None),
    ],
)
def test_a_value_without_quotes(line: str, told: str | None) -> None:
    said = spans.bare(line.encode(), len(line.encode()))
    assert said == (told.encode() if told else None)
