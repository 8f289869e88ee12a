"""The fast readers of regular YAML, of all at once and of an entry at a time, say what the parser says, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.errors import ParseError
from scanner.lockfiles import _yaml, _yaml_outline, _yaml_regular
from tests.conftest import SHARED

if TYPE_CHECKING:
    from pathlib import Path

REGULAR = """\
lockfileVersion: '9.0'

# a comment
importers:

  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0 || ~2
        version: 1.0.0(b@2.0.0)

packages:

  /a/1.0.0_b@2.0.0:
    resolution: {integrity: sha512-aa/+==, tarball: https://registry.example/a.tgz}
    engines: {node: '>=6', npm: "*, or: more"}
    cpu: [x64, '!arm', ~]
    hasBin: true
    deprecated: it's `old`, see https://docs.example/a#new - (really)
    requires:
    transitivePeerDependencies:
      - supports-color
      - 'q''s'
    dev: null
  b@npm:2.0.0: {}
  c@3.0.0:
    deprecated: |-
      one: line
        - and more
    os: []
"""


def shape(value: object) -> object:
    """Everything about a value, with the places of its keys, their order and its type."""
    if isinstance(value, _yaml.Map):
        return ("map", [(key, value.places[key], shape(one)) for key, one in value.items()], list(value.places))
    return ("list", [shape(one) for one in value]) if isinstance(value, list) else value


def regular(text: str) -> object:
    try:
        return [shape(one) for one in _yaml_regular.regular(text)]
    except _yaml_regular.Odd:
        return None


def outlined(text: str, depth: int = 2) -> object:
    """The same of outlines, those that they hold among them."""
    try:
        return [open_up(one, depth) for one in _yaml_outline.outlines(text)]
    except _yaml_regular.Odd:
        return None


def open_up(outline: _yaml_outline.Outline, depth: int) -> object:
    members = []
    for key in outline:
        inner = outline.inner(key) if depth else None
        value = shape(outline.get(key))  # its own lines are looked at either way
        members.append((key, outline.place(key), value if inner is None else open_up(inner, depth - 1)))
    return ("map", members, list(outline))


def parsed(text: str) -> object:
    try:
        return [shape(one) for one in _yaml.load_all(text, "x")]
    except ParseError as error:
        return str(error)


def test_a_lockfile_is_regular() -> None:
    assert regular(REGULAR) == outlined(REGULAR) == parsed(REGULAR)
    twice = f"---\n{REGULAR}---\n{REGULAR}"
    assert regular(twice) == outlined(twice) == parsed(twice)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# a\n",
        "#\ra\na: b",
        "a",
        "- a",
        "a: &x b",
        "a: *x",
        "a: !t b",
        "a: b: c",
        "a: b #c",
        "a:\tb",
        "a: \n",
        "a: b\n  c",
        "a: b\n  c: d",
        "a: b\na: c",
        "a: b\n'a': c",
        "a:\n- b",
        "a:\n  - b\n  c: d",
        "a:\n  b: c\n  - d",
        "a:\n    b: c\n  d: e",
        " a: b",
        "null: a",
        "~: a",
        "'': a",
        "a: >-\n  b",
        "a: |-\n  b\n\n  c",
        "a: |-\n\n  b",
        "a: |-\nb: c",
        "a: |-\n   b\n  c",
        "a: |-\n  \u00e9",
        "a: '\u00e9'",
        "a: 'b",
        'a: "\\n"',
        "a: {b: c",
        "a: {b: c, b: d}",
        "a: {b}",
        "a: {b: {c: d}}",
        "a: [b, [c]]",
        "a: [b: c]",
        "a: b\r\n",
        "a: b\x00",
        "a: b\x85",
        "\ufeffa: b",
        "%YAML 1.1\n---\na: b",
        "a: b\n...\n",
        "---\n---\na: b",
        "a: b\n---\n",
        "? a\n: b",
        "<<: *a",
        "a: @b",
        "a: `b",
        "a: %b",
        "a: -",
        "a: - b",
        "- - a",
        "a:\n  - b: c",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert regular(text) is None
    assert outlined(text) is None


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "'c'",
        '"d"',
        "@s/a",
        "~",
        "null",
        "1.0.0",
        ".",
        "-",
        "- ",
        ":",
        ": ",
        " ",
        "  ",
        "    ",
        "\n",
        "\n  ",
        "\n    ",
        "#",
        " #",
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
        ", ",
        ",",
        "|-",
        "|",
        ">-",
        "&",
        "*",
        "!",
        "%",
        "?",
        "---\n",
        "...",
        "\t",
        "\r",
        "<<",
        "=",
        "http://x.example",
        "é",
        "\\",
        "$",
        "_",
        "(",
        ")",
    ]
)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "", "  ", "  ", "    ", "      ", "   "]),
        st.sampled_from(["a:", "b:", "'c d':", "/e@1:", "f g:", "- ", "", "- a:", "null:", "# ", "---"]),
        st.sampled_from(["", "", " ", "  "]),
        st.sampled_from(
            [
                "",
                "x",
                "~",
                "null",
                "'y'",
                "'y''z'",
                '"w"',
                "{a: b, c: 'd, e'}",
                "{}",
                "[p, 'q, r', s t]",
                "[]",
                "|-",
                "x y",
                "x #y",
                "x#y",
                "x: y",
                "x:y",
                "{a: b:c}",
                "{a:b}",
                "-1",
                "a|b",
                "{a: b | c}",
            ]
        ),
    ),
    max_size=12,
).map(lambda lines: "\n".join("".join(line) for line in lines))


@settings(max_examples=600, deadline=None)
@given(st.one_of(LINES, st.lists(PIECES, max_size=20).map("".join)))
@example("a:\n  b\n")
def test_it_never_says_anything_else_than_the_parser(text: str) -> None:
    said = parsed(text)
    assert regular(text) in (None, said)
    assert outlined(text) in (None, said)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(REGULAR)), st.integers(0, 6), PIECES)
def test_nor_of_a_lockfile_that_was_edited(at: int, removed: int, piece: str) -> None:
    text = REGULAR[:at] + piece + REGULAR[at + removed :]
    said = parsed(text)
    assert regular(text) in (None, said)
    assert outlined(text) in (None, said)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["pnpm-lock.yaml", "yarn.lock"])
def test_real_lockfiles(name: str) -> None:
    files = [path for path in sorted(SHARED.rglob(name)) if "# yarn lockfile v1" not in text_of(path)]
    told = [(regular(text), outlined(text), parsed(text)) for text in map(text_of, files)]
    assert len(files) > 20
    assert sum(fast is not None for fast, _, _ in told) > len(files) * 0.9
    assert all(outline == fast and fast in (None, slow) for fast, outline, slow in told)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")
