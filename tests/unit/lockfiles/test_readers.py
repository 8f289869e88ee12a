"""The shared readers: JSON, YAML and TOML with exact places, bounded."""

from __future__ import annotations

import json
import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import ParseError
from scanner.lockfiles._json import Json
from scanner.lockfiles._toml import load_lock, tables
from scanner.lockfiles._toml_places import places_of
from scanner.lockfiles._yaml import Map, load_all

VALUES = st.recursive(st.none() | st.integers(0, 9) | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3))
KEYS = st.dictionaries(st.text(max_size=8), VALUES, max_size=6)
JSON_REFUSED = ['{"a":1,"a":2}', '{"a":1,"b":2,"a":1}', '{"a":"x","a":1}', "[]", "{", '{"a"}', "", "nul", '{"a":' * 50_000]
YAML_REFUSED = ["a: &x 1\nb: *x", "a: 1\na: 2", "[" * 500, "a: b: c", "\t- x", "\0", "? [a]\n: b", "{a: 1", "\ud800", "- " * 200]


@given(KEYS, st.sampled_from([None, 0, 2]))
def test_json_members_stand_where_they_are_said_to(value: dict[str, object], indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    file = Json(text, "x")
    assert [one.key for one in file.members()] == list(value)
    rows = text.split("\n")
    for one in file.members():
        where = file.location(one.at)
        assert rows[where.line - 1][where.column - 1 :].startswith(json.dumps(one.key, ensure_ascii=False))
        assert file.decode(one, msgspec.json.Decoder()) == value[one.key]


@pytest.mark.parametrize("text", JSON_REFUSED)
def test_json_that_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        Json(text, "x").members()


def test_relaxed_json_keeps_its_places() -> None:
    file = Json('// x\n{"a": [1, /* , */ 2,], // y\n  "b,}": "//,}",\n}', "x", relaxed=True)
    assert [(one.key, file.location(one.at).line, file.location(one.at).column) for one in file.members()] == [("a", 2, 2), ("b,}", 3, 3)]


def test_yaml_keeps_text_and_places() -> None:
    (found,) = load_all("v: 1.10\n'/a@1':\n  dev: true\n  'q': [x, 2]\nn: ~\n", "x")
    assert isinstance(found, Map)
    assert found == {"v": "1.10", "/a@1": {"dev": "true", "q": ["x", "2"]}, "n": ""}
    assert found.places == {"v": (1, 1), "/a@1": (2, 1), "n": (5, 1)}


@pytest.mark.parametrize("text", YAML_REFUSED)
def test_yaml_that_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        load_all(text, "x")


TOML = """# c
a.b = 1
"q.x" = [ 'one', # [
  "t\\"wo", \"\"\"th
ree\"\"\", { k = 1 }]
[t]
x = {y = "z", w = [1]}
[[r]]
n = 1
[[r]]
n = 2
[r.s]
d = 1
"""


def test_toml_places_of_a_manifest() -> None:
    places = places_of(TOML)
    assert places["a", "b"] == (2, 1)
    assert [places["q.x", index] for index in range(4)] == [(3, 11), (4, 3), (4, 12), (5, 9)]
    assert places["t", "x", "w", 0] == (7, 20)
    assert (places["r", 0, "n"], places["r", 1, "n"], places["r", 1, "s", "d"]) == ((9, 1), (11, 1), (13, 1))


@pytest.mark.parametrize(
    "text",
    [
        '[[package]]\nname = "a"\nversion = "1"\n',
        '  [[ package ]] # x\nversion = "1"\nname="a"\n',
        '[metadata]\nx = "[[package]]"\n[[package]]\nname = "a"\n',
        'package = [\n  {name = "a"}]\n',
    ],
)
def test_a_table_stands_where_its_name_does(text: str) -> None:
    ((_, where),) = tables(load_lock(text, "x"), "package", text, "x")
    rows = text.split("\n")
    assert "name" in rows[where.line - 1][where.column - 1 :][:6]


def test_what_is_left_out_of_a_lock_changes_nothing_that_is_read() -> None:
    text = '[[package]]\nname = "a"\nfiles = [\n    {file = "x", hash = "y"},\n]\ndependencies = [\n    {name = "b"},\n]\n'
    kept = {key: value for key, value in tomllib.loads(text)["package"][0].items() if key != "files"}
    assert load_lock(text, "x")["package"] == [kept]


OLD_FILES = """[[package]]
name = "a"
version = "1"

[metadata]
lock-version = "1.1"

[metadata.files]
a = [
    {file = "a.whl", hash = "sha256:00"},
]
"b.c" = [
    {file = "b.whl", hash = "sha256:00"},
]
"""


@pytest.mark.parametrize(
    "text",
    [
        'package = [\n    { file = "x", name = "a", version = "1", groups = ["main"] },\n]\n[metadata]\n',
        'package = [\n    { url = "x", name = "a", version = "1" },\n]\nversion = 1\n',
        '"package" = [\n    { path = "x", name = "a", version = "1" },\n]\n# [[package]]\n[metadata]\n[metadata.files]\n',
        '[metadata.files]\nx = [\n  {file = "x"},\n]\n[[package]]\nname = "a"\nversion = "1"\n',
        OLD_FILES, OLD_FILES + "[other]\n",
    ],
)  # fmt: skip
def test_packages_are_never_left_out_whatever_they_begin_with(text: str) -> None:
    assert load_lock(text, "x")["package"] == tomllib.loads(text)["package"]


def test_the_files_of_old_locks_are_left_out() -> None:
    assert load_lock(OLD_FILES, "x")["metadata"] == {"lock-version": "1.1", "files": {}}
