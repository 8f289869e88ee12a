"""Workspaces of Yarn: who asks for a package, and at run time or not, is in manifests that Yarn 1 names by a glob of package.json only."""

from __future__ import annotations

import json

import pytest

from scanner.lockfiles.inventory import read_all
from scanner.models import Lockfile, Problem

FILES = {
    "web/package.json": '{"private": true, "workspaces": ["packages/*"]}',
    "web/yarn.lock": '# yarn lockfile v1\n\n\nleft-pad@^1.0.0:\n  version "1.3.0"\n',
    "web/packages/a/package.json": '{"name": "a", "dependencies": {"left-pad": "^1.0.0"}}',
    "other/package.json": '{"name": "b", "dependencies": {"left-pad": "^1.0.0"}}',
}
DEVELOPMENT = {"devDependencies": {"left-pad": "^1.0.0"}}
RUNTIME = {"name": "a", "dependencies": {"left-pad": "^1.0.0"}}


def read(files: dict[str, str]) -> tuple[Lockfile, list[str]]:
    """The one lockfile, and the reasons of all problems, its own too."""
    found = list(read_all(sorted(files), files.get))
    (lock,) = [one for one in found if isinstance(one, Lockfile)]
    return lock, [one.reason for one in (*found, *lock.problems) if isinstance(one, Problem)]


def tree(workspaces: object, root: dict[str, object], **packages: dict[str, object]) -> dict[str, str]:
    """A monorepo with the lockfile above; folders of packages with ``__`` for a slash."""
    manifests = {f"{name.replace('__', '/')}/package.json": json.dumps(one) for name, one in packages.items()}
    return {"package.json": json.dumps({"workspaces": workspaces, **root}), "yarn.lock": FILES["web/yarn.lock"], **manifests}


def test_a_workspace_is_covered_and_a_stranger_is_not() -> None:
    found = list(read_all(sorted(FILES), FILES.get))
    assert [one.path for one in found if isinstance(one, Lockfile)] == ["web/yarn.lock"]
    assert [one.subject for one in found if isinstance(one, Problem)] == ["other/package.json"]


@pytest.mark.parametrize(
    ("workspaces", "scope"),
    [
        (["packages/*"], "runtime"), (["./packages/*/"], "runtime"), ({"packages": ["packages/**"]}, "runtime"),
        (["packages/{a,b}", "other"], "runtime"), (["packages/a"], "runtime"), (["{packages,apps}/*"], "runtime"),
        (["packages/{a,a}"], "runtime"), (["tools/*"], "unknown"), (["packages/b"], "unknown"), ([], "development"),
    ],
)  # fmt: skip
def test_what_a_workspace_needs_at_run_time_is_not_for_development(workspaces: object, scope: str) -> None:
    lock, _ = read(tree(workspaces, DEVELOPMENT, packages__a=RUNTIME))
    assert [one.scope.value for one in lock.packages] == [scope]


def test_a_workspace_in_node_modules_is_none() -> None:
    lock, _ = read(tree(["packages/**"], DEVELOPMENT, packages__a={"name": "a"}, packages__a__node_modules__x=RUNTIME))
    assert [one.scope.value for one in lock.packages] == ["development"]


def test_what_a_workspace_asks_for_stands_on_its_line() -> None:
    lock, _ = read(FILES)
    assert [(one.name, str(one.location), one.key) for one in lock.direct] == [
        ("left-pad", "web/packages/a/package.json:1", "left-pad@^1.0.0")
    ]


@pytest.mark.parametrize(
    ("root", "workspace", "absent"),
    [
        ({"dependencies": {"lodash": "4.17.20"}}, RUNTIME, ["lodash"]), ({"dependencies": {"a": "1.0.0"}}, RUNTIME, []),
        ({}, {"name": "b", "dependencies": {"lodash": "4.17.20"}}, ["lodash"]), ({}, {"name": "b", "dependencies": {"b": "1"}}, []),
        ({"optionalDependencies": {"lodash": "4.17.20"}}, RUNTIME, ["lodash"]),
    ],
)  # fmt: skip
def test_only_the_names_of_workspaces_may_be_missing(root: dict[str, object], workspace: dict[str, object], absent: list[str]) -> None:
    _, reasons = read(tree(["packages/*"], root, packages__a=workspace))
    assert reasons == [f"{name} is asked for here, and yarn.lock does not know it: it was not audited" for name in absent]


BERRY = """\
__metadata:
  version: 8

"a@workspace:packages/a":
  version: 0.0.0-use.local
  resolution: "a@workspace:packages/a"
  dependencies:
    left-pad: "npm:^1.0.0"

"left-pad@npm:^1.0.0":
  version: 1.3.0
  resolution: "left-pad@npm:1.3.0"
"""


@pytest.mark.parametrize(("there", "scope"), [(True, "runtime"), (False, "unknown")])
def test_a_workspace_of_berry_without_its_manifest_may_need_it_at_run_time(there: bool, scope: str) -> None:
    files = {**tree(["packages/*"], DEVELOPMENT, packages__a=RUNTIME), "yarn.lock": BERRY}
    lock, _ = read(files if there else {path: text for path, text in files.items() if "packages" not in path})
    assert [one.scope.value for one in lock.packages] == [scope]


def test_very_many_globs_end() -> None:
    many = ["{" + ",".join(["a"] * 50) + "}" * 1 + "/{" + ",".join(["b"] * 50) + "}/{" + ",".join(map(str, range(50))) + "}"] * 200
    lock, _ = read(tree(many, DEVELOPMENT))
    assert [one.scope.value for one in lock.packages] == ["unknown"]
