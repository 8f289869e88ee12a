"""A package.json that asks for one exact version and a package-lock.json that has another: ``npm ci`` refuses it, ``npm install`` installs
what is asked for, which nobody has audited.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.lockfiles import npm
from scanner.models import Lockfile, Problem

V3: dict[str, Any] = {
    "lockfileVersion": 3,
    "packages": {
        "": {"dependencies": {"a": "2.0.0"}},
        "node_modules/a": {"version": "2.0.0"},
        "node_modules/alias": {"name": "real", "version": "2.0.0"},
        "node_modules/from-git": {"version": "2.0.0", "resolved": "git+ssh://git@host.example/from-git.git#abc"},
        "node_modules/w": {"resolved": "packages/w", "link": True},
        "packages/w": {"version": "5.0.0"},
        "packages/w/node_modules/a": {"version": "3.0.0"},
    },
}
V1: dict[str, Any] = {"lockfileVersion": 1, "dependencies": {"a": {"version": "2.0.0"}}}


def parse(manifest: dict[str, Any], tree: dict[str, Any] = V3, **files: str) -> Lockfile:
    named = {name.replace("__", "/").replace("_json", ".json").replace("_lock", ".lock"): text for name, text in files.items()}
    texts = {"package.json": json.dumps(manifest, indent=1), **named}
    return npm.FORMAT.parse(json.dumps(tree), "package-lock.json", texts.get)


def problems(manifest: dict[str, Any], tree: dict[str, Any] = V3, **files: str) -> tuple[Problem, ...]:
    return parse(manifest, tree, **files).problems


@pytest.mark.parametrize("tree", [V1, V3], ids=["1", "3"])
@pytest.mark.parametrize("section", ["dependencies", "devDependencies", "optionalDependencies"])
def test_another_exact_version_is_a_problem_at_its_line(tree: dict[str, Any], section: str) -> None:
    (found,) = problems({"name": "x", section: {"a": "1.0.0"}}, tree)
    assert (found.subject, str(found.location)) == ("package.json", "package.json:4")
    assert found.reason == "a 1.0.0 is asked for here, and package-lock.json has 2.0.0: what is asked for was not audited"
    assert "npm install --package-lock-only" in found.hint


@pytest.mark.parametrize("spec", ["1.0.0", "=1.0.0", "v1.0.0", "= 1.0.0", " 1.0.0 ", "2.0.0-1", "1.0.0+build", "npm:a@1.0.0"])
def test_what_names_one_version(spec: str) -> None:
    assert len(problems({"dependencies": {"a": spec}})) == 1


@pytest.mark.parametrize(
    "spec",
    ["2.0.0", "=2.0.0", "v2.0.0", "= 2.0.0", " 2.0.0 ", "2.0.0+build", "npm:a@2.0.0", "^1.0.0", "~1.0.0", "1", "1.0", "1.x", "1.0.x", "*",
     "", ">=1.0.0", "1.0.0 || 2.0.0", "1.0.0 - 3.0.0", "latest", "1.00.0", "npm:other@1.0.0", "file:../a", "workspace:1.0.0",
     "owner/a#1.0.0"],
)  # fmt: skip
def test_what_does_not_contradict(spec: str) -> None:
    assert problems({"dependencies": {"a": spec}}) == ()


@pytest.mark.parametrize("wanted", [{"alias": "1.0.0"}, {"from-git": "1.0.0"}, {"w": "1.0.0"}])
def test_what_is_something_else_than_the_registrys_package_of_that_name(wanted: dict[str, str]) -> None:
    assert problems({"dependencies": wanted}) == ()


def test_an_alias_of_another_version() -> None:
    (found,) = problems({"dependencies": {"alias": "npm:real@1.0.0"}})
    assert found.reason.startswith("alias 1.0.0 is asked for here, and package-lock.json has 2.0.0")


@pytest.mark.parametrize(
    "more",
    [{"overrides": {"a": "2.0.0"}}, {"overrides": {"b": {"a@^1": "2.0.0"}}}, {"resolutions": {"**/a": "2.0.0"}},
     {"acceptDependencies": {"a": "2"}}, {"devDependencies": {"a": "2.0.0"}}, {"optionalDependencies": {"a": "^2"}}],
)  # fmt: skip
def test_what_npm_may_take_instead(more: dict[str, Any]) -> None:
    assert problems({"dependencies": {"a": "1.0.0"}, **more}) == ()


@pytest.mark.parametrize("more", [{"overrides": {"c": "2.0.0"}}, {"overrides": "a"}, {"devDependencies": {"a": "1.0.0"}}])
def test_what_changes_nothing(more: dict[str, Any]) -> None:
    assert len(problems({"dependencies": {"a": "1.0.0"}, **more})) == 1


@pytest.mark.parametrize(("version", "count"), [("3.0.0", 0), ("2.0.0", 1)])
def test_a_workspace_has_its_own(version: str, count: int) -> None:
    other = json.dumps({"dependencies": {"a": version}})
    assert [one.subject for one in problems({}, packages__w__package_json=other)] == ["packages/w/package.json"] * count


@pytest.mark.parametrize(("version", "count"), [("3.0.0", 0), ("2.0.0", 1)])
def test_a_workspace_of_the_oldest_form_has_its_own(version: str, count: int) -> None:
    own = {"version": "file:packages/w", "requires": {"a": version}, "dependencies": {"a": {"version": "3.0.0"}}}
    tree = {"lockfileVersion": 1, "dependencies": {**V1["dependencies"], "w": own}}
    found = parse({"dependencies": {"w": "1"}}, tree, packages__w__package_json=json.dumps({"dependencies": {"a": version}}))
    assert [one.subject for one in found.problems] == ["packages/w/package.json"] * count
    assert [one.key for one in found.direct if one.name == "a"] == ["packages/w/node_modules/a"]


def test_two_links_to_one_folder_hide_nothing() -> None:
    links = {
        name: {"version": f"file:{folder}", "dependencies": {"b": {"version": version}}}
        for name, folder, version in (("x", "packages/w", "1.0.0"), ("y", "packages/w", "2.0.0"), ("z", "node_modules/x", "3.0.0"))
    }
    found = parse({}, {"lockfileVersion": 1, "dependencies": links})
    assert sorted(one.version for one in found.packages) == ["1.0.0", "2.0.0", "3.0.0"]


def test_what_the_root_overrides_is_overridden_for_its_workspaces() -> None:
    other = json.dumps({"dependencies": {"a": "1.0.0"}})
    assert problems({"overrides": {"a": "3.0.0"}}, packages__w__package_json=other) == ()


def test_beside_the_lockfile_of_another_package_manager_it_may_be_a_leftover() -> None:
    assert problems({"dependencies": {"a": "1.0.0"}}, yarn_lock="# yarn lockfile v1\n") == ()


def test_without_a_package_json_nobody_asks() -> None:
    assert npm.FORMAT.parse(json.dumps(V3), "package-lock.json", {}.get).problems == ()
