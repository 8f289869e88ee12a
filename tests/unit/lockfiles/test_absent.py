"""What a package.json asks for and its lockfile has never heard of is installed by whoever installs without ``ci``: it must be told."""

from __future__ import annotations

import json

import pytest

from scanner.lockfiles import bun, npm, pnpm, yarn
from scanner.models import Location

LOCKS = {
    "package-lock.json": (npm.FORMAT, json.dumps({
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"a": "1"}}, "node_modules/a": {"version": "1.0.0"}, "packages/own": {"version": "1.0.0"},
            "node_modules/own": {"resolved": "packages/own", "link": True}, "node_modules/other": {"name": "real", "version": "2.0.0"},
        },
    })),
    "npm-shrinkwrap.json": (npm.FORMAT, json.dumps({
        "lockfileVersion": 1,
        "dependencies": {
            "a": {"version": "1.0.0"}, "other": {"version": "npm:real@2.0.0"}, "own": {"version": "file:packages/own"},
        },
    })),
    "pnpm-lock.yaml": (pnpm.FORMAT, """\
lockfileVersion: '9.0'
overrides:
  dropped: '-'
importers:
  .:
    dependencies:
      a: {specifier: '1', version: 1.0.0}
      other: {specifier: 'npm:real@2', version: real@2.0.0}
      own: {specifier: '1', version: link:packages/own}
packages:
  a@1.0.0: {resolution: {integrity: sha512-aa}}
  real@2.0.0: {resolution: {integrity: sha512-aa}}
snapshots:
  a@1.0.0: {}
  real@2.0.0: {}
"""),
    "yarn.lock": (yarn.FORMAT, """\
# yarn lockfile v1


a@1:
  version "1.0.0"

"other@npm:real@2":
  version "2.0.0"
"""),
    "berry/yarn.lock": (yarn.FORMAT, """\
__metadata:
  version: 8

"a@npm:1":
  version: 1.0.0
  resolution: "a@npm:1.0.0"

"other@npm:real@2":
  version: 2.0.0
  resolution: "real@npm:2.0.0"

"own@workspace:packages/own":
  version: 0.0.0-use.local
  resolution: "own@workspace:packages/own"
"""),
    "bun.lock": (bun.FORMAT, """\
{
  "lockfileVersion": 1,
  "workspaces": { "": { "dependencies": { "a": "1" } } },
  "packages": {
    "a": ["a@1.0.0", "", {}, "sha512-aa"],
    "other": ["real@2.0.0", "", {}, "sha512-aa"],
    "own": ["own@workspace:packages/own"],
  },
}
"""),
}  # fmt: skip
ALL = sorted(LOCKS)
KNOWN = {"a": "1", "other": "npm:real@2"}


def said(name: str, manifest: dict[str, object]) -> list[tuple[Location | None, str]]:
    form, text = LOCKS[name]
    beside = f"{name.rpartition('/')[0]}/package.json".lstrip("/")
    found = form.parse(text, name, {beside: json.dumps(manifest, indent=1)}.get)
    return [(one.location, one.reason) for one in found.problems]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("section", "spec"),
    [("dependencies", "^4"), ("devDependencies", "latest"), ("optionalDependencies", "1"),
     ("dependencies", "npm:elsewhere@1"), ("dependencies", "owner/repository"),
     ("dependencies", "https://files.example/new.tgz")],
)
def test_a_name_that_the_lockfile_lacks_is_a_problem_at_its_line(name: str, section: str, spec: str) -> None:
    ((location, reason),) = said(name, {"name": "x", "dependencies": KNOWN} | {section: {**KNOWN, "new": spec}})
    file = name.rpartition("/")[2]
    assert reason == f"new is asked for here, and {file} does not know it: it was not audited"
    assert location is not None
    assert location.path == name.replace(file, "package.json")
    assert location.line > 3


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "manifest",
    [
        {"dependencies": KNOWN},
        {"dependencies": {"a": "^2"}},
        {"dependencies": {"part": "workspace:*", "linked": "link:../linked", "folder": "file:../folder"}},
        {"peerDependencies": {"host": "1"}},
    ],
    ids=["known", "another range", "own parts", "peer"],
)
def test_what_need_not_be_there_is_none(name: str, manifest: dict[str, object]) -> None:
    assert said(name, manifest) == []


@pytest.mark.parametrize("name", [name for name in ALL if name != "yarn.lock"])
def test_a_part_of_the_project_that_is_asked_for_by_version_is_none(name: str) -> None:
    assert said(name, {"dependencies": {"own": "1.0.0"}}) == []


def test_what_pnpm_ignores_of_the_optional_ones_is_none() -> None:
    form, text = LOCKS["pnpm-lock.yaml"]
    manifest = json.dumps({"optionalDependencies": {"ignored": "1.0.0"}})
    lock = text.replace("overrides:", "ignoredOptionalDependencies:\n  - ignored\noverrides:")
    assert form.parse(lock, "pnpm-lock.yaml", {"package.json": manifest}.get).problems == ()


def test_what_an_override_of_pnpm_takes_out_is_none() -> None:
    assert said("pnpm-lock.yaml", {"dependencies": {"dropped": "1.0.0"}}) == []


def test_a_lockfile_without_entries_answers_for_nothing() -> None:
    read = {"package.json": '{"dependencies": {"a": "1"}}'}.get
    found = npm.FORMAT.parse('{"lockfileVersion": 3, "packages": {}}', "package-lock.json", read)
    assert [one.reason.partition(" is ")[0] for one in found.problems] == ["a"]
    assert "npm install" in found.problems[0].hint
