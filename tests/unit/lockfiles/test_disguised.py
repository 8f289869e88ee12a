"""An entry that is fetched from the address of another release: what gets installed is that one, so nothing of it may stay green."""

from __future__ import annotations

import json

import pytest

from scanner.lockfiles import bun, npm, pnpm, yarn
from scanner.models import Lockfile

HOST = "https://registry.example"
REAL = f"{HOST}/real/-/real-1.0.0.tgz"
OTHER = f"{HOST}/@evil/other/-/other-6.6.6.tgz"


def lock(kind: str, address: str) -> Lockfile:
    """One entry, real@1.0.0, with an address."""
    quoted = address.replace(":", "%3A").replace("/", "%2F")
    form, path, text = {
        "npm": (npm.FORMAT, "package-lock.json", json.dumps(
            {"lockfileVersion": 3, "packages": {"node_modules/real": {"version": "1.0.0", "resolved": address}}}
        )),
        "npm 1": (npm.FORMAT, "package-lock.json", json.dumps(
            {"lockfileVersion": 1, "dependencies": {"real": {"version": "1.0.0", "resolved": address}}}
        )),
        "npm alias": (npm.FORMAT, "package-lock.json", json.dumps(
            {"lockfileVersion": 3, "packages": {"node_modules/known-as": {"name": "real", "version": "1.0.0", "resolved": address}}}
        )),
        "pnpm": (pnpm.FORMAT, "pnpm-lock.yaml", (
            "lockfileVersion: '9.0'\npackages:\n  real@1.0.0:\n"
            f"    resolution: {{integrity: sha512-aa, tarball: {address}}}\nsnapshots:\n  real@1.0.0: {{}}\n"
        )),
        "bun": (bun.FORMAT, "bun.lock", json.dumps(
            {"lockfileVersion": 1, "workspaces": {"": {}}, "packages": {"real": ["real@1.0.0", address, {}, "sha512-aa"]}}
        )),
        "yarn": (yarn.FORMAT, "yarn.lock", f'# yarn lockfile v1\n\n\nreal@1:\n  version "1.0.0"\n  resolved "{address}#0123"\n'),
        "berry": (yarn.FORMAT, "yarn.lock", (
            "__metadata:\n  version: 8\n\n\"real@npm:1\":\n  version: 1.0.0\n"
            f'  resolution: "real@npm:1.0.0::__archiveUrl={quoted}"\n'
        )),
    }[kind]  # fmt: skip
    return form.parse(text, path, {}.get)


@pytest.mark.parametrize("kind", ["npm", "npm 1", "npm alias", "pnpm", "bun"])
def test_two_names_for_one_entry_are_a_problem_at_its_line(kind: str) -> None:
    found = lock(kind, OTHER)
    (problem,) = found.problems
    assert problem.reason == (
        "real 1.0.0: its address is that of @evil/other 6.6.6, which is what gets installed and was not audited"
    )
    assert problem.location == found.packages[0].location
    assert "who wrote this entry" in problem.hint


@pytest.mark.parametrize("kind", ["yarn", "berry"])
def test_yarn_is_audited_by_the_name_of_what_it_fetches(kind: str) -> None:
    """Its ``resolutions`` put another name in place without a trace in the heading; another version is no doing of theirs."""
    same = lock(kind, OTHER.replace("6.6.6", "1.0.0"))
    assert [(one.name, one.version) for one in same.packages] == [("@evil/other", "1.0.0")]
    assert same.problems == ()
    other = lock(kind, OTHER)
    assert [(one.name, one.version) for one in other.packages] == [("@evil/other", "1.0.0")]
    assert [one.reason.partition(":")[0] for one in other.problems] == ["@evil/other 1.0.0"]


@pytest.mark.parametrize("kind", ["npm", "npm 1", "npm alias", "pnpm", "bun", "yarn", "berry"])
@pytest.mark.parametrize("address", [REAL, f"{HOST}/mirror/npm/real/-/real-1.0.0.tgz?cache=1", f"{HOST}/download/real/1.0.0/0123"])
def test_the_same_release_on_any_host_is_none(kind: str, address: str) -> None:
    found = lock(kind, address)
    assert found.problems == ()
    assert [(one.name, one.version) for one in found.packages] in ([("real", "1.0.0")], [])
    if not found.packages:  # an address that is no release's is nothing that a registry knows
        assert [one.name for one in found.unaudited] == ["real"]
