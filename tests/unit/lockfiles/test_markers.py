"""What a lockfile lacks and its manifest asks for: only a marker that is false wherever the project is installed excuses that."""

from __future__ import annotations

import time

import pytest

from scanner.lockfiles._markers import EITHER, Environments, outcomes
from scanner.models import Lockfile
from tests.unit.lockfiles.tree import parse, scopes, versions

ALWAYS, NEVER = frozenset((True,)), frozenset((False,))


@pytest.mark.parametrize(
    ("marker", "found"),
    [
        ("python_version >= '3'", ALWAYS), ("python_version < '3'", NEVER), ("python_version < '3.8'", NEVER),
        ("python_version < '3.11'", EITHER), ("python_version >= '3.14'", EITHER), ("sys_platform == 'win32'", EITHER),
        ("sys_platform == 'cygwin'", EITHER), ("platform_system == 'Java'", EITHER), ("os_name == 'nt' and sys_platform == 'linux'", NEVER),
        ("platform_machine == 's390x'", EITHER), ("extra == 'x'", EITHER), ("platform_python_implementation == 'Jython'", EITHER),
        ("python_full_version > '3.9.7' and python_full_version < '3.9.9'", EITHER), ("python_version < '3' or extra == 'x'", EITHER),
        ("'linux' in sys_platform", EITHER), ("os.name == 'nt'", EITHER), ("no marker", EITHER), ("", EITHER),
        (" or ".join(["python_version < '3'"] * 99), EITHER), ("(" * 400 + "python_version < '3'" + ")" * 400, NEVER),
    ],
)  # fmt: skip
def test_what_a_marker_can_be(marker: str, found: frozenset[bool]) -> None:
    assert outcomes(marker) == found


@pytest.mark.parametrize(
    ("within", "marker", "found"),
    [
        (Environments(pythons=(">=3.11",)), "python_version < '3.11'", NEVER),
        (Environments(pythons=(">=3.8", "^3.11 || ^4")), "python_version < '3.11'", NEVER),
        (Environments(pythons=("<3",)), "python_version < '3'", ALWAYS),
        (Environments(pythons=("nonsense",)), "python_version < '3.11'", EITHER),
        (Environments(markers=("sys_platform == 'linux'",)), "sys_platform == 'win32'", NEVER),
        (Environments(markers=("sys_platform == 'linux'", "sys_platform == 'win32'")), "sys_platform == 'win32'", EITHER),
    ],
)
def test_only_the_environments_of_the_project_count(within: Environments, marker: str, found: frozenset[bool]) -> None:
    assert outcomes(marker, within) == found


POETRY = '[[package]]\nname = "a"\nversion = "1.0"\n[metadata]\n{more}\n'
UV = 'version = 1\n{more}\n[[package]]\nname = "a"\nversion = "1.0"\n'
PDM = '[metadata]\n{more}\n[[package]]\nname = "a"\nversion = "1.0"\n'
PYLOCK = 'lock-version = "1.0"\n{more}\n[[packages]]\nname = "a"\nversion = "1.0"\n'
PIPFILE = '{{"default": {{"a": {{"version": "==1.0"}}}} {more} }}'


def lock(name: str, text: str, wanted: str, more: str = "", python: str = "") -> Lockfile:
    """A lockfile of one package beside a manifest that asks for ``wanted`` too."""
    path = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pylock": "pylock.toml"}[name]
    says = f'requires-python = "{python}"\n' if python else ""
    manifest = f'[project]\nname = "x"\n{says}dependencies = ["a", "{wanted}"]\n'
    return parse(name, path, {path: text.format(more=more), "pyproject.toml": manifest})


@pytest.mark.parametrize(("name", "text"), [("uv", UV), ("poetry", POETRY), ("pdm", PDM), ("pylock", PYLOCK)])
@pytest.mark.parametrize(
    ("wanted", "packages", "unpinned"),
    [
        ("b==1.24.1; python_version >= '3'", ["a==1.0", "b==1.24.1"], []), ("b==1.24.1", ["a==1.0", "b==1.24.1"], []),
        ("b>=1; python_version >= '3'", ["a==1.0"], ["b"]), ("b>=1; sys_platform == 'win32'", ["a==1.0"], ["b"]),
        ("b; python_version < '3'", ["a==1.0"], []), ("b==1.24.1; python_version < '3'", ["a==1.0"], []),
        ("a==2.0; python_version < '3'", ["a==1.0"], []),
    ],
)  # fmt: skip
def test_what_is_asked_for_and_not_locked(name: str, text: str, wanted: str, packages: list[str], unpinned: list[str]) -> None:
    found = lock(name, text, wanted)
    assert (versions(found), [one.name for one in found.unpinned]) == (packages, unpinned)
    assert {one.key for one in found.direct if one.key} == {one.key for one in found.packages}


def test_a_pin_that_is_not_locked_stands_on_its_line_with_its_scope() -> None:
    found = lock("poetry", POETRY, "b==1.24.1")
    assert (str(found.packages[-1].location), scopes(found)["b"], found.direct[-1].key) == ("pyproject.toml:3", "runtime", "b@1.24.1")


def test_what_nobody_can_audit_is_not_resolved_in_its_place() -> None:
    found = lock("poetry", POETRY, "b @ https://host.example/b.zip")
    assert ([one.name for one in found.unaudited], found.unpinned) == (["b"], ())


@pytest.mark.parametrize(
    ("name", "text", "more", "python", "missing"),
    [
        ("uv", UV, 'requires-python = ">=3.11"', "", False), ("uv", UV, "", ">=3.11", False), ("uv", UV, "", ">=3.10", True),
        ("poetry", POETRY, "", "^3.11", False), ("poetry", POETRY, "", ">=3.9", True),
        ("pdm", PDM, '[[metadata.targets]]\nrequires_python = ">=3.12"', "", False),
        ("pdm", PDM, 'strategy = ["inherit_metadata"]', "", False),
        ("pdm", PDM, 'strategy = ["cross_platform"]', "", True), ("pylock", PYLOCK, 'requires-python = ">=3.11"', "", False),
        ("pylock", PYLOCK, 'created-by = "pip"', "", False), ("pylock", "# uv pip compile x\n" + PYLOCK, 'created-by = "uv"', "", False),
        ("pylock", PYLOCK, 'created-by = "uv"', "", True),
    ],
)  # fmt: skip
def test_what_no_environment_of_the_lockfile_needs_may_be_missing(name: str, text: str, more: str, python: str, missing: bool) -> None:
    assert [one.name for one in lock(name, text, "b; python_version < '3.11'", more, python).unpinned] == ["b"] * missing


@pytest.mark.parametrize(
    ("name", "text", "more", "missing"),
    [
        ("uv", UV, "supported-markers = [\"sys_platform == 'linux'\"]", False),
        ("pylock", PYLOCK, "environments = [\"os_name == 'posix'\"]", False),
        ("pdm", PDM, '[[metadata.targets]]\nplatform = "manylinux_2_17_x86_64"', False),
        ("pdm", PDM, '[[metadata.targets]]\nplatform = "linux"\n[[metadata.targets]]\nplatform = "windows_amd64"', True),
    ],
)  # fmt: skip
def test_a_lockfile_for_some_platforms(name: str, text: str, more: str, missing: bool) -> None:
    assert [one.name for one in lock(name, text, "b; sys_platform == 'win32'", more).unpinned] == ["b"] * missing


@pytest.mark.parametrize(("marker", "missing"), [("python_version >= '3'", True), ("sys_platform == 'win32'", False)])
def test_pipenv_locks_for_one_machine(marker: str, missing: bool) -> None:
    files = {"Pipfile.lock": PIPFILE.format(more=""), "Pipfile": f'[packages]\nb = {{version = "*", markers = "{marker}"}}\n'}
    assert [one.name for one in parse("pipfile", "Pipfile.lock", files).unpinned] == ["b"] * missing


def test_a_project_of_the_same_tree_is_not_missing() -> None:
    text = POETRY.format(more="") + '[[package]]\nname = "b"\nversion = "1.0"\n[package.source]\ntype = "directory"\nurl = "b"\n'
    files = {
        "poetry.lock": text,
        "pyproject.toml": '[tool.poetry.dependencies]\nb = {path = "b"}\n',
        "b/pyproject.toml": '[project]\nname = "b"\n',
    }
    found = parse("poetry", "poetry.lock", files)
    assert not any((found.unpinned, found.unaudited, found.problems))


@pytest.mark.parametrize("count", [100, 3000])
def test_very_many_markers_cost_little(count: int) -> None:
    """As many samples as are tried, for as many requirements as are tried; beyond, none."""
    names = " or ".join(f"platform_machine == 'm{one}'" for one in range(18))
    wanted = "".join(f'"p{one}; python_version < \'2.{one}\' and ({names})",\n' for one in range(count))
    text = f'[project]\nname = "x"\ndependencies = [\n{wanted}]\n'
    start = time.process_time()
    parse("poetry", "poetry.lock", {"poetry.lock": POETRY.format(more=""), "pyproject.toml": text})
    parse("requirements", "requirements.txt", {"requirements.txt": "p1==1\n", "pyproject.toml": text})
    assert time.process_time() - start < 10
