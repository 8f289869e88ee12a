from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.errors import ParseError
from scanner.lockfiles.npm import FORMAT
from scanner.models import Location
from tests.unit.lockfiles.npm_family import direct, edges, ids, parse, problems, scopes, unaudited

REGISTRY = "https://registry.example"


def lock(packages: dict[str, Any], version: int = 3, **more: Any) -> str:
    return json.dumps({"lockfileVersion": version, **more, "packages": packages}, indent=2)


def entry(version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    return {"version": version, **more}


@pytest.mark.parametrize(
    ("path", "claimed"),
    [
        ("package-lock.json", True),
        ("apps/web/npm-shrinkwrap.json", True),
        ("package.json", False),
        ("my-package-lock.json", False),
        ("package-lock.json5", False),
    ],
)
def test_claims_by_name(path, claimed):
    assert FORMAT.claims(path) is claimed


def test_exact_line_and_column_of_each_entry():
    found = parse(
        FORMAT, '{"lockfileVersion": 3, "packages": {\n  "": {},\n\t"node_modules/a": {"version": "1.0.0"}\n}}', "x/package-lock.json"
    )
    assert [one.location for one in found.packages] == [Location(path="x/package-lock.json", line=3, column=2)]
    assert found.packages[0].key == "node_modules/a"
    assert found.packages[0].purl == "pkg:npm/a@1.0.0"
    assert (found.format, found.audit, found.ecosystem) == ("npm", "npm", "npm")


def test_both_trees_of_version_2_are_read_once():
    found = parse(
        FORMAT, lock({"": {}, "node_modules/a": entry()}, 2, dependencies={"a": {"version": "1.0.0"}, "b": {"version": "9.9.9"}}), "p"
    )
    assert ids(found) == ["a@1.0.0"]


def test_root_workspaces_and_links_are_ours_and_their_manifests_are_covered():
    text = lock(
        {
            "": {"workspaces": ["packages/*"]},
            "packages/one": entry(name="@me/one", dependencies={"a": "^1"}),
            "node_modules/@me/one": {"resolved": "packages/one", "link": True},
            "../outside": entry(),
            "node_modules/a": entry(),
            "packages/one/node_modules/a": entry("2.0.0"),
        }
    )
    found = parse(FORMAT, text, "web/package-lock.json")
    assert ids(found) == ["a@1.0.0", "a@2.0.0"]
    assert found.covers == ("web/package.json", "web/packages/one/package.json", "outside/package.json")
    assert ("a", "web/package-lock.json:9", "packages/one/node_modules/a") in direct(found)


def test_covers_nothing_outside_of_the_tree():
    assert parse(FORMAT, lock({"../outside": entry()}), "package-lock.json").covers == ("package.json",)


def test_an_alias_is_audited_by_its_real_name():
    found = parse(FORMAT, lock({"": {"dependencies": {"old": "npm:lodash@^3"}}, "node_modules/old": entry("3.10.1", name="lodash")}), "p")
    assert ids(found) == ["lodash@3.10.1"]
    assert direct(found) == [("old", "p:4", "node_modules/old")]


@pytest.mark.parametrize(
    ("marks", "scope"),
    [
        ({}, "runtime"),
        ({"dev": True}, "development"),
        ({"optional": True}, "optional"),
        ({"dev": True, "optional": True}, "development"),
        ({"devOptional": True}, "optional"),
        ({"peer": True}, "runtime"),
        ({"inBundle": True}, "runtime"),
        ({"extraneous": True}, "unknown"),
    ],
)
def test_scope_by_npms_marks(marks, scope):
    assert scopes(parse(FORMAT, lock({"node_modules/a": entry(**marks)}), "p")) == {"a": scope}


@pytest.mark.parametrize(
    ("resolved", "audited"),
    [
        (f"{REGISTRY}/a/-/a-1.0.0.tgz", True),
        (f"{REGISTRY}/npm/private/a/-/a-1.0.0.tgz#0123456789", True),
        ("https://packages.example/download/a/1.0.0/0123456789", True),
        (None, True),
        (False, True),
        ("git+ssh://git@forge.example/o/a.git#0123456789", False),
        ("git+https://forge.example/o/a.git", False),
        ("github:o/a#main", False),
        ("file:a-1.0.0.tgz", False),
    ],
)
def test_what_a_registry_published_is_audited_and_the_rest_is_said(resolved, audited):
    found = parse(FORMAT, lock({"": {"dependencies": {"a": "^1.0.0"}}, "node_modules/a": entry(resolved=resolved)}), "p")
    assert ids(found) == (["a@1.0.0"] if audited else [])
    assert list(unaudited(found)) == ([] if audited else ["a"])


def test_a_tarball_asked_for_by_its_address_is_no_release_unless_the_address_is_one():
    packages = {
        "": {"dependencies": {"a": "https://files.example/a.tgz", "b": f"{REGISTRY}/b/-/b-1.0.0.tgz"}},
        "node_modules/a": entry(resolved="https://files.example/a.tgz"),
        "node_modules/b": entry(resolved=f"{REGISTRY}/b/-/b-1.0.0.tgz"),
    }
    found = parse(FORMAT, lock(packages), "p")
    assert ids(found) == ["b@1.0.0"]
    assert unaudited(found) == {"a": 10}


def test_a_local_directory_is_ours():
    found = parse(FORMAT, lock({"node_modules/a": entry(resolved="file:../a")}), "p")
    assert (ids(found), unaudited(found), problems(found)) == ([], {}, [])


@pytest.mark.parametrize(("written", "asked"), [("v20190909.0.0", "20190909.0.0"), ("=1.2.3", "1.2.3"), ("1.2.3", "1.2.3"), ("v", "v")])
def test_a_version_is_the_registrys(written, asked):
    assert ids(parse(FORMAT, lock({"node_modules/a": entry(written)}), "p")) == [f"a@{asked}"]


@pytest.mark.parametrize("odd", [["MIT", "BSD"], {"type": "MIT"}, None, 7])
def test_members_that_nobody_needs_may_have_any_shape(odd):
    assert ids(parse(FORMAT, lock({"node_modules/a": entry(license=odd, engines=odd, bin=odd, funding=odd)}), "p")) == ["a@1.0.0"]


@pytest.mark.parametrize(
    ("poisoned", "reason"),
    [
        ({}, "node_modules/a: the entry has no version"),
        ({"version": ""}, "node_modules/a: the entry has no version"),
        ({"version": 1}, "a: Expected `str | null`, got `int` - at `$.version`"),
        ({"version": "1.0.0", "dependencies": ["b"]}, "a: Expected `object | null`, got `array` - at `$.dependencies`"),
        ({"version": "1.0.0", "dev": "yes"}, "a: Expected `bool`, got `str` - at `$.dev`"),
        ("1.0.0", "a: Expected `object`, got `str`"),
        (None, "a: Expected `object`, got `null`"),
    ],
)
def test_a_poisoned_entry_is_a_problem_and_the_rest_stands(poisoned, reason):
    found = parse(FORMAT, lock({"": {}, "node_modules/a": poisoned, "node_modules/b": entry()}), "p")
    assert ids(found) == ["b@1.0.0"]
    assert problems(found) == [(5, reason)]
    assert "npm install --package-lock-only" in found.problems[0].hint


@pytest.mark.parametrize("tail", ["a/" * 200, "a" * 5000])
def test_an_endless_path_is_a_problem_of_its_entry(tail):
    found = parse(FORMAT, lock({"node_modules/" + tail: entry(), "node_modules/b": entry()}), "p")
    assert (ids(found), len(found.problems)) == (["b@1.0.0"], 1)


def test_requires_follows_nodes_own_resolution():
    packages = {
        "": {"dependencies": {"a": "1"}},
        "node_modules/a": entry(dependencies={"b": "1", "gone": "1"}, peerDependencies={"c": "*"}, optionalDependencies={"@s/d": "*"}),
        "node_modules/a/node_modules/b": entry(dependencies={"c": "1", "b": "1"}),
        "node_modules/b": entry("2.0.0"),
        "node_modules/c": entry(dependencies={"b": "2"}),
        "node_modules/@s/d": entry(dependencies={"b": "2", "c": "1"}),
        "node_modules/@s/d/node_modules/c": entry("3.0.0"),
    }
    assert edges(parse(FORMAT, lock(packages), "p")) == {
        "node_modules/a": ("node_modules/c", "node_modules/a/node_modules/b", "node_modules/@s/d"),
        "node_modules/a/node_modules/b": ("node_modules/c", "node_modules/a/node_modules/b"),
        "node_modules/c": ("node_modules/b",),
        "node_modules/@s/d": ("node_modules/b", "node_modules/@s/d/node_modules/c"),
    }


def test_direct_requirements_stand_at_the_lines_of_each_manifest():
    packages = {
        "": {},
        "packages/one": {},
        "node_modules/one": {"resolved": "packages/one", "link": True},
        "node_modules/a": entry(),
        "node_modules/c": entry(),
        "packages/one/node_modules/a": entry("2.0.0"),
    }
    found = parse(
        FORMAT,
        lock(packages),
        "package-lock.json",
        '{\n "dependencies": {\n  "a": "^1", "one": "*"},\n "peerDependencies": {"c": "1", "d": "1"}}',
        {"packages/one": '{"devDependencies":\n{"a": "^2"}}'},
    )
    assert direct(found) == [
        ("a", "package.json:3", "node_modules/a"),
        ("one", "package.json:3", ""),
        ("c", "package.json:4", "node_modules/c"),
        ("a", "packages/one/package.json:2", "packages/one/node_modules/a"),
    ]
    assert [(one.spec, one.scope.value) for one in found.direct] == [
        ("^1", "runtime"),
        ("*", "runtime"),
        ("1", "runtime"),
        ("^2", "development"),
    ]


def test_without_a_manifest_the_lockfiles_own_lines_serve():
    found = parse(FORMAT, lock({"": {"devDependencies": {"a": "^1"}}, "node_modules/a": entry()}), "package-lock.json")
    assert direct(found) == [("a", "package-lock.json:4", "node_modules/a")]


def test_a_broken_manifest_is_a_problem_and_the_packages_stand():
    found = parse(FORMAT, lock({"node_modules/a": entry()}), "package-lock.json", '{\n"dependencies": {"a": 1}}')
    assert ids(found) == ["a@1.0.0"]
    assert [(one.subject, one.location and one.location.line) for one in found.problems] == [("package.json", 2)]
    assert ids(parse(FORMAT, lock({"node_modules/a": entry()}), "package-lock.json", "<html>")) == ["a@1.0.0"]


V1 = {
    "lockfileVersion": 1,
    "requires": True,
    "dependencies": {
        "a": {
            "version": "1.0.0",
            "requires": {"b": "^1", "c": "^2"},
            "dependencies": {"b": {"version": "1.5.0", "bundled": True, "requires": {"c": "*"}}},
        },
        "b": {"version": "2.0.0", "dev": True},
        "c": {"version": "npm:real@2.1.0", "optional": True},
        "d": {"version": "git+ssh://git@forge.example/o/d.git#0123", "from": "git+ssh://git@forge.example/o/d.git"},
        "e": {"version": "file:packages/e", "requires": {"b": "*"}},
        "f": {"version": "file:f-1.0.0.tgz"},
        "g": {"version": f"{REGISTRY}/g/-/g-3.0.0.tgz"},
        "h": {"version": "https://files.example/h.tgz"},
        "i": {"version": "github:o/i#0123"},
        "@s/j": {"version": "1.0.0", "resolved": f"{REGISTRY}/@s/j/-/j-1.0.0.tgz", "requires": True},
    },
}


def test_version_1_nested():
    text = json.dumps(V1, indent=1)
    found = parse(FORMAT, text, "package-lock.json", '{"dependencies": {"a": "1", "c": "npm:real@2", "e": "file:packages/e"}}')
    assert sorted(ids(found)) == ["@s/j@1.0.0", "a@1.0.0", "b@1.5.0", "b@2.0.0", "g@3.0.0", "real@2.1.0"]
    assert edges(found) == {
        "node_modules/a": ("node_modules/a/node_modules/b", "node_modules/c"),
        "node_modules/a/node_modules/b": ("node_modules/c",),
    }
    assert set(unaudited(found)) == {"d", "f", "h", "i"}
    assert unaudited(found)["d"] == text[: text.index('"d"')].count("\n") + 1
    assert [one.scope.value for one in found.packages if one.key in ("node_modules/b", "node_modules/c")] == ["development", "optional"]
    assert [one.key for one in found.direct][:3] == ["node_modules/a", "node_modules/c", ""]
    assert found.covers == ("package.json", "packages/e/package.json")
    assert problems(found) == []


def test_version_1_poisoned_entries():
    entries = ['"a": {"version": 1}', '"b": {"version": "1.0.0", "dependencies": []}', '"c": {"version": "1.0.0"}']
    text = '{"lockfileVersion": 1, "dependencies": {\n' + ",\n".join(entries) + "}}"
    found = parse(FORMAT, text, "p")
    assert ids(found) == ["b@1.0.0", "c@1.0.0"]
    assert [line for line, _ in problems(found)] == [2, 3]


def test_version_1_nested_too_deeply():
    inner = '{"version": "1.0.0"}'
    for _ in range(80):
        inner = '{"version": "1.0.0", "dependencies": {"a": ' + inner + "}}"
    found = parse(FORMAT, '{"lockfileVersion": 1, "dependencies": {"a": ' + inner + "}}", "p")
    assert [reason for _, reason in problems(found)] == ["a: more than 32 levels of dependencies"]
    assert len(found.packages) == 32


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "is cut off: its JSON ends too early"),
        ("{}", 1, "not a lockfile of npm"),
        ("[]", 1, "Expected `object`"),
        ("<html>", 1, "is not JSON: "),
        ('{"lockfileVersion": 4,\n"packages": {}}', 1, "lockfileVersion 4 is not known"),
        ('{\n"lockfileVersion": "3", "packages": {}}', 2, "lockfileVersion 3 is not known"),
        ('{"lockfileVersion": 3,\n"packages": []}', 2, "Expected `object`"),
        ('{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1', 1, "is cut off: its JSON ends too early"),
        ('{"lockfileVersion": 3,\n<<<<<<< HEAD\n"packages": {}}', 2, "is not JSON: "),
        ('{"lockfileVersion": 3, "packages": {"a": {}, "a": {}}}', 1, "same key twice"),
    ],
)
def test_what_is_no_lockfile_is_refused_with_its_line(text, line, reason):
    with pytest.raises(ParseError) as caught:
        parse(FORMAT, text, "package-lock.json")
    assert reason in caught.value.reason
    assert (caught.value.subject, caught.value.line) == ("package-lock.json", line)


def test_no_dependencies_is_no_problem():
    found = parse(FORMAT, '{"name": "x", "lockfileVersion": 1}', "package-lock.json")
    assert (found.packages, found.problems, found.covers) == ((), (), ("package.json",))
