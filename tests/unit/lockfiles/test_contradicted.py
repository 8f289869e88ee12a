"""A manifest that pins what the lockfile beside it has in another version: which of them is installed depends on the command, so that both
are audited, and it is told. What the lockfile does not have to have, or what is overridden, contradicts nothing.
"""

from __future__ import annotations

import pytest

from scanner.models import Lockfile
from tests.unit.lockfiles.tree import parse, scopes, versions

LOCKS = {
    "poetry": ("poetry.lock", '[[package]]\nname = "a"\nversion = "2.0"\n{more}\n[metadata]\n{meta}\n'),
    "uv": ("uv.lock", 'version = 1\n{meta}\n[[package]]\nname = "a"\nversion = "2.0"\n{more}\n'),
    "pdm": ("pdm.lock", '[metadata]\n{meta}\n[[package]]\nname = "a"\nversion = "2.0"\n{more}\n'),
    "pylock": ("pylock.toml", 'lock-version = "1.0"\n{meta}\n[[packages]]\nname = "a"\nversion = "2.0"\n{more}\n'),
}
ALL = sorted(LOCKS)
PACKAGE = '[[package]]\nname = "a"\nversion = "{}"\n'


def lock(name: str, manifest: str, *, meta: str = "", more: str = "") -> Lockfile:
    """A lockfile that has a 2.0, beside a pyproject.toml."""
    path, text = LOCKS[name]
    return parse(name, path, {path: text.format(meta=meta, more=more), "pyproject.toml": manifest})


def project(*wanted: str, more: str = "") -> str:
    """A pyproject.toml of the standard."""
    listed = "".join(f'    "{one}",\n' for one in wanted)
    return f'[project]\nname = "x"\nrequires-python = ">=3.9"\ndependencies = [\n{listed}]\n{more}'


def poetry(*wanted: str) -> str:
    """A pyproject.toml of poetry's own."""
    return "[tool.poetry.dependencies]\npython = '^3.9'\n" + "".join(f"{one}\n" for one in wanted)


def audited(found: Lockfile) -> list[str]:
    """The versions of a besides the one that is locked; each of them is told at its line, and is asked for directly."""
    pins = versions(found)[1:]
    assert {one.location for one in found.notices} == {one.location for one in found.packages[1:]}
    assert {one.key for one in found.packages[1:]} <= {one.key for one in found.direct}
    assert found.problems == ()
    return [one.removeprefix("a==") for one in pins]


@pytest.mark.parametrize("name", ALL)
def test_a_pin_of_another_version_is_audited_too_and_told(name: str) -> None:
    found = lock(name, project("A==1.0"))
    (notice,) = found.notices
    assert (versions(found), scopes(found)["a"]) == (["a==2.0", "a==1.0"], "runtime")
    assert [(one.key, one.location.line) for one in found.direct] == [("a@2.0", 5), ("a@1.0", 5)]
    assert str(notice.location) == notice.subject == "pyproject.toml:5"
    told = f"a 1.0 is asked for here, and {LOCKS[name][0]} has 2.0: both were audited, what only 1.0 requires was not"
    assert notice.reason.startswith(told)
    assert ("uv lock" in notice.reason) is (name == "uv")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "wanted",
    ["a==1.0", "a[extra]==1.0", "a===1.0", "a==2.0.1", "a==1!2.0", "a==2.0rc1", "a==1.0,>=0.5", "a==1.0; python_version >= '3'",
     "a==1.0; sys_platform == 'win32' or python_version >= '3.9'", "A == 2.0.post1"],
)  # fmt: skip
def test_pins_that_contradict(name: str, wanted: str) -> None:
    assert len(audited(lock(name, project(wanted)))) == 1


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "wanted",
    ["a", "a==2.0", "a==2", "a==2.0.0", "a===2.0", "a===2.0.0", "a==2.*", "a==1.*", "a>=3", "a~=1.0", "a==2.0,>=1", "a==v2.0",
     "a==1.0; python_version < '3'", "a==1.0; python_version < '3.9'", "a==1.0; extra == 'x'", "a==1.0; platform_machine == 's390x'",
     "a==1.0; implementation_name == 'pypy'", "a @ https://host.example/a.zip"],
)  # fmt: skip
def test_what_contradicts_nothing(name: str, wanted: str) -> None:
    assert audited(lock(name, project(wanted))) == []


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("version", "wanted", "told"),
    [("2.0+cpu", "a==2.0", []), ("2.0+cpu", "a==2.0+cpu", []), ("2.0+cpu", "a==2.0+gpu", ["2.0+gpu"]), ("1!2.0", "a==2.0", ["2.0"])],
)
def test_local_versions_and_epochs(name: str, version: str, wanted: str, told: list[str]) -> None:
    path, text = LOCKS[name]
    files = {path: text.format(meta="", more="").replace('"2.0"', f'"{version}"'), "pyproject.toml": project(wanted)}
    assert audited(parse(name, path, files)) == told


@pytest.mark.parametrize("name", ["poetry", "uv", "pdm"])
def test_of_several_versions_by_marker_each_has_to_be_locked(name: str) -> None:
    both = project("a==1.0; python_version < '3.11'", "a==2.0; python_version >= '3.11'")
    assert audited(lock(name, both)) == ["1.0"]
    found = lock(name, both, more=PACKAGE.format("1.0"))
    assert (versions(found), found.notices) == (["a==2.0", "a==1.0"], ())


def test_an_export_may_leave_environments_out() -> None:
    assert audited(lock("pylock", project("a==1.0; python_version < '3.11'", "a==2.0; python_version >= '3.11'"))) == []


@pytest.mark.parametrize(
    ("name", "meta"),
    [
        ("uv", "supported-markers = [\"sys_platform == 'linux'\"]"), ("uv", "requires-python = '>=3.11'"),
        ("pdm", '[[metadata.targets]]\nrequires_python = ">=3.12"\nplatform = "linux"'), ("pdm", 'strategy = ["inherit_metadata"]'),
        ("pylock", 'created-by = "pip"'),
    ],
)  # fmt: skip
def test_a_lockfile_for_some_environments(name: str, meta: str) -> None:
    assert audited(lock(name, project("a==1.0; sys_platform == 'win32' and python_version < '3.11'"), meta=meta)) == []


@pytest.mark.parametrize(("name", "told"), [("poetry", ["1.0"]), ("uv", []), ("pdm", []), ("pylock", [])])
@pytest.mark.parametrize(
    "wanted", ["a = '1.0'", "A = '==1.0'", "a = '=1.0'", "a = {version = '1.0', extras = ['b']}", "a = [{version = '1.0'}]"]
)
def test_a_table_of_another_tool_is_read_by_that_one(name: str, told: list[str], wanted: str) -> None:
    assert audited(lock(name, poetry(wanted))) == told


@pytest.mark.parametrize(
    "wanted",
    ["a = '^1.0'", "a = '1.*'", "a = '2'", "a = {version = '1.0', python = '<3.8'}", "a = {version = '1.0', git = 'https://host.example/a'}",
     "a = {version = '1.0', python = '~3.6 || <3.4'}", "a = {version = '1.0', python = '>=3.9'}",
     "a = {version = '1.0', platform = 'linux'}", "a = {version = '1.0', markers = \"python_version < '3'\"}",
     "a = '1.0 || 2.0'", "a = {path = 'a'}"],
)  # fmt: skip
def test_what_contradicts_nothing_in_poetrys_words(wanted: str) -> None:
    assert audited(lock("poetry", poetry(wanted))) == []


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("uv", "[tool.uv]\noverride-dependencies = ['A==2.0']\n"), ("pylock", "[tool.uv]\noverride-dependencies = ['a[x]>=2']\n"),
        ("pdm", "[tool.pdm.resolution.overrides]\nA = '2.0'\n"), ("pdm", "[tool.pdm.overrides]\na = '2.0'\n"),
        ("uv", "[tool.uv.sources]\na = {git = 'https://host.example/a'}\n"), ("uv", "[tool.uv.sources]\na = {workspace = true}\n"),
    ],
)  # fmt: skip
def test_what_is_overridden_or_from_elsewhere(name: str, more: str) -> None:
    assert audited(lock(name, project("a==1.0", more=more))) == []


def test_what_the_root_of_a_workspace_overrides() -> None:
    files = {
        "uv.lock": 'version = 1\n[manifest]\nmembers = ["x"]\noverrides = [{ name = "a", specifier = "==2.0" }, 1]\n'
        '[[package]]\nname = "a"\nversion = "2.0"\n[[package]]\nname = "x"\nversion = "1"\nsource = { editable = "x" }\n',
        "x/pyproject.toml": project("a==1.0"),
    }
    assert audited(parse("uv", "uv.lock", files)) == []
    files["uv.lock"] = files["uv.lock"].replace('"a", specifier', '"b", specifier')
    assert audited(parse("uv", "uv.lock", files)) == ["1.0"]


def test_what_the_lockfile_has_from_elsewhere_is_told_as_that() -> None:
    text = LOCKS["uv"][1].format(meta="", more="").rstrip() + '\nsource = { git = "https://host.example/a" }\n'
    found = parse("uv", "uv.lock", {"uv.lock": text, "pyproject.toml": project("a==1.0")})
    assert ([one.name for one in found.unaudited], found.packages, found.notices) == (["a"], (), ())


GROUPS = "[dependency-groups]\ndocs = ['a==1.0']\n"


@pytest.mark.parametrize(
    ("name", "meta", "wanted", "told"),
    [
        ("pdm", 'groups = ["default"]', [], []), ("pdm", 'groups = ["default", "Docs"]', [], ["1.0"]), ("pdm", "", [], ["1.0"]),
        ("uv", "", [], ["1.0"]), ("uv", "", ["a>=1"], ["1.0"]), ("pdm", "", ["a>=1"], []), ("poetry", "", ["a>=1"], []),
    ],
)  # fmt: skip
def test_groups_that_may_be_locked_apart(name: str, meta: str, wanted: list[str], told: list[str]) -> None:
    """uv resolves all groups as one; elsewhere another table that the lockfile answers for the same name may be the one that is locked."""
    assert audited(lock(name, project(*wanted, more=GROUPS), meta=meta)) == told


@pytest.mark.parametrize(
    ("wanted", "told"),
    [("'==1.0'", ["1.0"]), ("'==2.0'", []), ("'*'", []), ("'>=3'", []), ("{version = '==1.0', extras = ['b']}", ["1.0"]),
     ("{version = '==1.0', sys_platform = \"== 'win32'\"}", []), ("{version = '==1.0', markers = \"os_name == 'nt'\"}", []),
     ("{version = '==1.0', python_version = \"< '3'\"}", []), ("{path = './a'}", [])],
)  # fmt: skip
def test_pipenv(wanted: str, told: list[str]) -> None:
    files = {"Pipfile.lock": '{"default": {"a": {"version": "==2.0"}}}', "Pipfile": f"[packages]\na = {wanted}\n"}
    found = parse("pipfile", "Pipfile.lock", files)
    assert audited(found) == told
    assert all("`pipenv lock`" in one.reason for one in found.notices)


def test_setup_cfg_is_not_what_a_lockfile_is_made_of() -> None:
    files = {"poetry.lock": LOCKS["poetry"][1].format(meta="", more=""), "setup.cfg": "[options]\ninstall_requires = a==1.0\n"}
    assert audited(parse("poetry", "poetry.lock", files)) == []


@pytest.mark.parametrize(
    ("name", "manifest", "line"),
    [
        ("uv", project("a", "b =! 1"), 6), ("pdm", project("??"), 5),
        ("poetry", poetry("b = {version = 'latest'}"), 3), ("poetry", poetry("b = 1.0"), 3),
        ("uv", "[dependency-groups]\ndev = 'b'\n", 2), ("uv", "[dependency-groups]\ndev = [1]\n", 2),
        ("pdm", "[tool.pdm.dev-dependencies]\ndev = ['=b']\n", 2), ("uv", "[tool.uv]\ndev-dependencies = ['=b']\n", 2),
    ],
)  # fmt: skip
def test_what_cannot_be_read_and_the_lockfile_lacks_is_a_problem(name: str, manifest: str, line: int) -> None:
    (problem,) = lock(name, manifest).problems
    assert (problem.subject, problem.location and problem.location.line) == ("pyproject.toml", line)
    assert problem.hint == "what is not understood is not audited"


@pytest.mark.parametrize(
    ("name", "manifest"),
    [
        ("uv", project("a =! 1")), ("poetry", poetry("a = 'latest'")), ("uv", poetry("b = 'latest'")),
        ("poetry", "[tool.pdm.dev-dependencies]\ndev = ['=b']\n"),
        ("uv", "[project]\nname = 'x'\ndynamic = ['dependencies']\n"),
        ("uv", "[project]\nname = 'x'\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = {file = 'no.txt'}\n"),
    ],
)  # fmt: skip
def test_what_the_lockfile_answers_for_is_none(name: str, manifest: str) -> None:
    assert lock(name, manifest).problems == ()


def test_what_cannot_be_read_of_a_pipfile() -> None:
    files = {"Pipfile.lock": '{"default": {"a": {"version": "==2.0"}}}', "Pipfile": "[packages]\na = 1\nb = 2\n"}
    assert [one.location and one.location.line for one in parse("pipfile", "Pipfile.lock", files).problems] == [3]
