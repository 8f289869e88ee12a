"""Whatever stands in a lockfile of the npm family, its parser answers with values or with a ParseError."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import ParseError
from scanner.lockfiles import bun, npm, package_json, pnpm, yarn

WORDS = [
    "version",
    "resolved",
    "resolution",
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "requires",
    "packages",
    "snapshots",
    "importers",
    "link",
    "dev",
    "name",
    "lockfileVersion",
    "node_modules/a",
    "node_modules/a/node_modules/b",
    "packages/x",
    "a@1.0.0",
    "/a/1.0.0",
    "a@1.0.0(b@2.0.0)",
    "a@npm:1.0.0",
    "a@workspace:.",
    "a@patch:a@npm%3A1.0.0#x",
    "__metadata",
    "specifiers",
    "workspaces",
    ".",
    "../x",
    "tarball",
    "directory",
    "integrity",
    "peerDependencies",
    "dependenciesMeta",
]
SPECS = [
    "1.0.0",
    "^1",
    "npm:b@1",
    "link:../x",
    "file:x.tgz",
    "git+ssh://x/y",
    "https://x.example/a/-/a-1.0.0.tgz",
    "workspace:*",
    "x/y",
    "6",
    "9.0",
]
word = st.sampled_from(WORDS) | st.text(max_size=4)
leaf = st.none() | st.booleans() | st.integers() | st.sampled_from(SPECS) | st.text(max_size=6)
value: st.SearchStrategy[Any] = st.recursive(
    leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(word, inner, max_size=4), max_leaves=12
)
objects = st.dictionaries(word, value, max_size=5)


def holds_error(error: ParseError) -> None:
    assert error.reason
    assert "\n" not in error.reason


def holds(known: Any, text: str, path: str, manifest: str | None = None) -> None:
    try:
        found = known.parse(text, path, {"package.json": manifest}.get)
    except ParseError as error:
        holds_error(error)
        return
    assert all(one.name and one.version and one.location.line > 0 for one in found.packages)
    assert all(one.reason and one.subject for one in found.problems)
    json.dumps([one.purl for one in found.packages])


@settings(max_examples=150)
@given(packages=objects, version=st.sampled_from([1, 2, 3]), manifest=value)
def test_npm(packages, version, manifest):
    holds(npm.FORMAT, json.dumps({"lockfileVersion": version, "packages": packages}), "package-lock.json", json.dumps(manifest))
    holds(npm.FORMAT, json.dumps({"lockfileVersion": version, "dependencies": packages}), "package-lock.json")


@settings(max_examples=150)
@given(packages=objects, workspaces=value, manifest=objects)
def test_bun_and_package_json(packages, workspaces, manifest):
    text = json.dumps({"lockfileVersion": 1, "workspaces": workspaces, "packages": packages})
    holds(bun.FORMAT, text, "bun.lock", json.dumps(manifest))
    holds(package_json.FORMAT, json.dumps(manifest), "package.json")


@settings(max_examples=150)
@given(document=objects, version=st.sampled_from(["5.4", "6.0", "9.0"]), berry=objects)
def test_yaml_forms(document, version, berry):
    holds(pnpm.FORMAT, yaml.safe_dump({**document, "lockfileVersion": version}), "pnpm-lock.yaml")
    holds(yarn.FORMAT, yaml.safe_dump({**berry, "__metadata": {"version": 6}}), "yarn.lock")


@settings(max_examples=150)
@given(
    lines=st.lists(
        st.sampled_from(["a@^1:", '"@s/a@npm:b@1", a@2:', '  version "1.0.0"', "  dependencies:", '    b "1"', "#", "  resolved", "", "x"])
    )
)
def test_lines_of_yarn(lines):
    holds(yarn.FORMAT, "\n".join(["# yarn lockfile v1", *lines]), "yarn.lock")


@pytest.mark.parametrize(
    ("known", "path"),
    [(npm, "package-lock.json"), (bun, "bun.lock"), (package_json, "package.json"), (pnpm, "pnpm-lock.yaml"), (yarn, "yarn.lock")],
)
def test_any_text(known, path):
    @settings(max_examples=100)
    @given(text=st.text(max_size=120) | st.text(alphabet="{}[]:,\"-@ \n#'/1.", max_size=120))
    def run(text: str) -> None:
        holds(known.FORMAT, text, path)

    run()


@pytest.mark.parametrize(
    ("known", "path"), [(npm, "package-lock.json"), (bun, "bun.lock"), (package_json, "package.json"), (pnpm, "pnpm-lock.yaml")]
)
@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, '{"lockfileVersion": 3, "packages": {"node_modules/a": ' + "[" * 100_000]
)
def test_endless_nesting(known, path, text):
    holds(known.FORMAT, text, path)
