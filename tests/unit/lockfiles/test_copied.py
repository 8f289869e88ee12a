"""A folder of the tree that is asked for as ``file:./x`` is the project's own: what it asks for is locked with the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scanner.lockfiles.inventory import read_all
from scanner.models import Lockfile, Problem, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

LOCAL = "local@file:./local"
LOCKS = {
    "yarn": ("yarn.lock", f"""\
# yarn lockfile v1

b@^1:
  version "1.0.0"

"{LOCAL}":
  version "1.0.0"
  dependencies:
    b "^1"
"""),
    "berry": ("yarn.lock", f"""\
__metadata:
  version: 8

"b@npm:^1":
  version: 1.0.0
  resolution: "b@npm:1.0.0"

"{LOCAL}::locator=root%40workspace%3A.":
  version: 1.0.0
  resolution: "{LOCAL}#./local::hash=91e0cc&locator=root%40workspace%3A."
  dependencies:
    b: "npm:^1"

"root@workspace:.":
  version: 0.0.0-use.local
  resolution: "root@workspace:."
  dependencies:
    local: "file:./local"
"""),
    "pnpm 9": ("pnpm-lock.yaml", """\
lockfileVersion: '9.0'

importers:

  .:
    SECTION:
      local:
        specifier: file:./local
        version: file:local

packages:

  b@1.0.0:
    resolution: {integrity: sha512-a}

  local@file:local:
    resolution: {directory: local, type: directory}

snapshots:

  b@1.0.0: {}

  local@file:local:
    dependencies:
      b: 1.0.0
"""),
    "pnpm 5": ("pnpm-lock.yaml", """\
lockfileVersion: 5.4

specifiers:
  local: file:./local

SECTION:
  local: file:local

packages:

  /b/1.0.0:
    resolution: {integrity: sha512-a}

  file:local:
    resolution: {directory: local, type: directory}
    name: local
    version: 1.0.0
    dependencies:
      b: 1.0.0
"""),
}  # fmt: skip


MANIFEST = '{\n"dependencies": {\n"b": "^1"\n}}'


def found(kind: str, section: str = "dependencies", local: str | None = MANIFEST) -> Sequence[Lockfile | Problem]:
    path, text = LOCKS[kind]
    root = json.dumps({"name": "root", section: {"local": "file:./local"}})
    files = {path: text.replace("SECTION", section), "package.json": root, **({"local/package.json": local} if local else {})}
    return list(read_all(list(files), files.get))


@pytest.mark.parametrize("kind", LOCKS)
def test_what_it_asks_for_is_audited_at_its_own_line(kind: str) -> None:
    [lock] = found(kind)
    assert isinstance(lock, Lockfile)
    assert (lock.unaudited, lock.problems) == ((), ())
    assert [(one.name, one.scope) for one in lock.packages] == [("b", Scope.RUNTIME)]
    asked = {one.name: (str(one.location), one.key) for one in lock.direct}
    assert asked["b"] == ("local/package.json:3", lock.packages[0].key)


@pytest.mark.parametrize("kind", LOCKS)
def test_it_is_for_development_where_it_is_asked_for_by_development_alone(kind: str) -> None:
    [lock] = found(kind, "devDependencies")
    assert isinstance(lock, Lockfile)
    assert [(one.name, one.scope) for one in lock.packages] == [("b", Scope.DEVELOPMENT)]
    assert {one.scope for one in lock.direct} == {Scope.DEVELOPMENT}


@pytest.mark.parametrize("kind", LOCKS)
def test_what_the_lockfile_does_not_know_of_it_is_a_problem(kind: str) -> None:
    [lock] = found(kind, local='{"dependencies": {"b": "^1", "new": "^2"}}')
    assert isinstance(lock, Lockfile)
    assert [(str(one.location), one.reason.partition(",")[0]) for one in lock.problems] == [
        ("local/package.json:1", "new is asked for here"),
    ]


@pytest.mark.parametrize("kind", LOCKS)
def test_a_folder_that_is_not_in_the_tree_is_not_audited(kind: str) -> None:
    [lock] = found(kind, local=None)
    assert isinstance(lock, Lockfile)
    assert [one.name for one in lock.unaudited] == ["local"]
    assert [one.name for one in lock.packages] == ["b"]


@pytest.mark.parametrize("kind", LOCKS)
def test_a_manifest_that_cannot_be_read_is_a_problem(kind: str) -> None:
    [lock] = found(kind, local="{")
    assert isinstance(lock, Lockfile)
    assert [one.subject for one in lock.problems] == ["local/package.json"]


def test_a_folder_of_a_workspace() -> None:
    """Berry says whose it is; Yarn 1 does not, and its own folder of that name is not believed to be it."""
    path, text = LOCKS["berry"]
    text = text.replace("locator=root%40workspace%3A.", "locator=a%40workspace%3Apackages%2Fa").replace("./local", "../local")
    files = {path: text, "package.json": "{}", "packages/local/package.json": '{"dependencies": {"b": "^1"}}'}
    [lock] = read_all(list(files), files.get)
    assert isinstance(lock, Lockfile)
    assert lock.unaudited == ()
    assert "packages/local/package.json" in lock.covers


def test_no_release_hides_behind_the_name_of_a_folder() -> None:
    path, text = LOCKS["yarn"]
    text += f'"{LOCAL}":\n  version "1.0.0"\n  resolved "https://registry.example/evil/-/evil-1.0.0.tgz"\n'
    files = {path: text, "package.json": "{}", "local/package.json": "{}"}
    [lock] = read_all(list(files), files.get)
    assert isinstance(lock, Lockfile)
    assert [one.name for one in lock.packages] == ["b", "evil"]
