"""Yarn 1 workspaces: the lockfile at the root answers for manifests that only a glob of package.json names."""

from __future__ import annotations

from scanner.lockfiles.inventory import read_all
from scanner.models import Lockfile, Problem

FILES = {
    "web/package.json": '{"private": true, "workspaces": ["packages/*"]}',
    "web/yarn.lock": '# yarn lockfile v1\n\n\nleft-pad@^1.0.0:\n  version "1.3.0"\n',
    "web/packages/a/package.json": '{"name": "a", "dependencies": {"left-pad": "^1.0.0"}}',
    "other/package.json": '{"name": "b", "dependencies": {"left-pad": "^1.0.0"}}',
}


def test_a_workspace_is_covered_and_a_stranger_is_not() -> None:
    found = list(read_all(sorted(FILES), FILES.get))
    assert [one.path for one in found if isinstance(one, Lockfile)] == ["web/yarn.lock"]
    assert [one.subject for one in found if isinstance(one, Problem)] == ["other/package.json"]
