from __future__ import annotations

import pytest

from scanner.errors import ParseError
from scanner.lockfiles.bun import FORMAT
from scanner.models import Location
from tests.unit.lockfiles.npm_family import direct, edges, ids, parse, problems, unaudited

LOCK = """\
{
  "lockfileVersion": 1,
  "workspaces": {
    "": {
      "name": "root",
      "dependencies": { "a": "^1.0.0", "one": "workspace:*" },
      "devDependencies": { "d": "1", },
    },
    "packages/one": {
      "name": "@me/one",
      "dependencies": { "b": "^2", "old": "npm:lodash@^3" },
    },
  },
  "packages": {
    // a comment that says "packages": {}
    "a": ["a@1.0.0", "", { "dependencies": { "b": "^1", "@s/c": "*" }, "bin": "x.js" }, "sha512-aaaa"],
    "b": ["b@1.0.0", "", {}, "sha512-bbbb"],
    "@s/c": ["@s/c@3.0.0", "", { "dependencies": { "e": "*" }, "optionalDependencies": { "f": "*" }, "os": "none" }, "sha512-cccc"],
    "@s/c/e": ["e@2.0.0", "", { "dependencies": { "b": "1" } }, "sha512-eeee"],
    "d": ["d@1.0.0", "", { "dependencies": { "e": "1" }, "peerDependencies": { "b": "*" } }, "sha512-dddd"],
    "e": ["e@1.0.0", "", {}, "sha512-eeee"],
    "f": ["f@1.0.0", "", {}, "sha512-ffff"],
    "@me/one": ["@me/one@workspace:packages/one"],
    "@me/one/b": ["b@2.0.0", "", {}, "sha512-bbbb"],
    "old": ["lodash@3.10.1", "", {}, "sha512-0000"],
    "git": ["git@git+ssh://git@forge.example/o/git.git#0123", {}, "0123"],
    "hub": ["hub@github:o/hub#0123", {}, "o-hub-0123"],
    "url": ["url@https://files.example/url.tgz", {}],
    "mirror": ["mirror@https://mirror.example/mirror/-/mirror-1.0.0.tgz", {}],
    "dir": ["dir@file:../dir", {}],
    "linked": ["linked@link:../linked", {}],
    "root": ["root@root:", { "bin": "x" }],
  },
}
"""


def test_claims_by_name():
    assert FORMAT.claims("bun.lock")
    assert FORMAT.claims("web/bun.lockb")
    assert not FORMAT.claims("bunfig.toml")


def test_entries():
    found = parse(FORMAT, LOCK, "bun.lock")
    assert ids(found) == [
        "a@1.0.0", "b@1.0.0", "@s/c@3.0.0", "e@2.0.0", "d@1.0.0", "e@1.0.0", "f@1.0.0", "b@2.0.0", "lodash@3.10.1", "mirror@1.0.0"
    ]  # fmt: skip
    assert list(unaudited(found)) == ["git", "hub", "url", "dir"]
    assert found.packages[0].location == Location(path="bun.lock", line=16, column=5)
    assert (found.format, found.audit, problems(found)) == ("bun", "npm", [])
    assert found.covers == ("package.json", "packages/one/package.json")


def test_edges_resolve_upwards():
    assert edges(parse(FORMAT, LOCK, "bun.lock")) == {
        "a": ("b", "@s/c"),
        "@s/c": ("@s/c/e", "f"),
        "@s/c/e": ("b",),
        "d": ("b", "e"),
    }


def test_scopes():
    found = parse(FORMAT, LOCK, "bun.lock")
    assert {one.key: one.scope.value for one in found.packages} == {
        "a": "runtime",
        "b": "runtime",
        "@s/c": "runtime",
        "@s/c/e": "runtime",
        "f": "optional",
        "d": "development",
        "e": "development",
        "@me/one/b": "runtime",
        "old": "runtime",
        "mirror": "unknown",
    }


def test_direct_requirements_of_the_manifests_else_of_the_lockfile():
    root = '{"dependencies": {\n"a": "^1.0.0"},\n"peerDependencies": {"gone": "*", "b": "1"}}'
    assert direct(parse(FORMAT, LOCK, "bun.lock", root)) == [
        ("a", "package.json:2", "a"),
        ("b", "package.json:3", "b"),
        ("b", "bun.lock:9", "@me/one/b"),
        ("old", "bun.lock:9", "old"),
    ]


@pytest.mark.parametrize(
    ("poisoned", "reason"),
    [
        ("[]", "a: the entry does not begin with name@version"),
        ("{}", "a: Expected `array`, got `object`"),
        ("[1]", "a: the entry does not begin with name@version"),
        ('["a@1.0.0", "", {"dependencies": []}]', "a: Expected `object`, got `array` - at `$.dependencies`"),
        ('["a"]', "a: the entry has no version"),
    ],
)
def test_a_poisoned_entry_is_a_problem_and_the_rest_stands(poisoned, reason):
    text = f'{{"lockfileVersion": 1,\n"packages": {{"a": {poisoned},\n"b": ["b@1.0.0", "", {{}}, "x"]}}}}'
    found = parse(FORMAT, text, "bun.lock")
    assert (ids(found), problems(found)) == (["b@1.0.0"], [(2, reason)])


def test_an_override_of_one_branch_as_version_3_writes_it():
    packages = '"leaf": ["leaf@2.5.0", "", {}, "x"], "tight": ["tight@1.0.0", "", {"dependencies": {"leaf": "1.0.0"}}, "x"],'
    text = f'''{{"lockfileVersion": 3, "configVersion": 1, "workspaces": {{"": {{"dependencies": {{"leaf": "2.5.0", "tight": "1.0.0"}}}}}},
    "overrides": {{"leaf@^1": {{".": "1.4.0"}}}}, "packages": {{{packages} "tight/leaf": ["leaf@1.4.0", "", {{}}, "x"],}}}}'''
    found = parse(FORMAT, text, "bun.lock")
    assert (ids(found), problems(found)) == (["leaf@2.5.0", "tight@1.0.0", "leaf@1.4.0"], [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is cut off: its JSON ends too early"),
        ("{}", "no lockfileVersion"),
        ('{"lockfileVersion": 4}', "lockfileVersion 4 is not known"),
        ('{"lockfileVersion": "x"}', "Expected `int`"),
        ('{"lockfileVersion": 1, "packages": []}', "Expected `object`"),
    ],
)
def test_what_is_no_lockfile_is_refused(text, reason):
    with pytest.raises(ParseError) as caught:
        parse(FORMAT, text, "bun.lock")
    assert reason in caught.value.reason


def test_the_binary_lockfile_is_refused_with_the_way_to_a_text():
    with pytest.raises(ParseError) as caught:
        parse(FORMAT, "#!/usr/bin/env bun\nbun-lockfile-format-v0\n\x02", "bun.lockb")
    assert "binary" in caught.value.reason
    assert "--save-text-lockfile" in caught.value.hint
