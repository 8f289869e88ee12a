"""pyproject.toml, setup.cfg and Pipfile: every dependency with the line that a person edits."""

from __future__ import annotations

import pytest

from scanner.errors import ParseError
from scanner.lockfiles.inventory import read_all
from scanner.models import Lockfile
from tests.unit.lockfiles.tree import parse, reader, scopes

PEP621 = """[project]
name = "Me"
dependencies = ["a==1", 'b>=2',  # why
  "c @ https://host.example/c.whl", "me[all]"]
[project.optional-dependencies]
all = ["d"]
[dependency-groups]
test = ["e~=1.0", {include-group = "more"}]
more = ["f", "g g"]
[tool.uv]
dev-dependencies = ["h"]
[tool.uv.sources]
d = {git = "https://host.example/d"}
"""


def test_every_standard_place_is_read_with_its_line_and_scope() -> None:
    lock = parse("pyproject", "pyproject.toml", PEP621)
    assert [(one.name, one.location.line, one.location.column, one.scope.value) for one in lock.direct] == [
        ("a", 3, 17, "runtime"),
        ("b", 3, 25, "runtime"),
        ("c", 4, 3, "runtime"),
        ("d", 6, 8, "optional"),
        ("e", 8, 9, "development"),
        ("f", 9, 9, "development"),
        ("h", 11, 21, "development"),
    ]
    assert [one.name for one in lock.packages] == ["a"]
    assert [one.name for one in lock.unaudited] == ["c", "d"]
    assert [one.name for one in lock.unpinned] == ["b", "e", "f", "h"]
    assert [(one.location.line, one.location.column) for one in lock.problems if one.location] == [(9, 14)]


@pytest.mark.parametrize(
    ("constraint", "spec"),
    [
        ("^1.2.3", ">=1.2.3,<2.0.0"),
        ("^0.2.3", ">=0.2.3,<0.3.0"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1"),
        ("^1.0b1", ">=1.0b1,<2.0"),
        ("=1.0", "==1.0"),
        ("<>1.0,>=0.5", "!=1.0,>=0.5"),
        ("~1.2.3", ">=1.2.3,<1.3.0"),
        ("~1", ">=1,<2"),
        ("~=1.4", "~=1.4"),
        ("1.*", "==1.*"),
        ("*", ""),
        (">=1 <2", ">=1,<2"),
        (">=1, !=1.5", ">=1,!=1.5"),
        ("1.2.3", "==1.2.3"),
        ("^1 || ^2", "^1 || ^2"),
    ],
)
def test_poetry_constraints_are_translated_for_pip(constraint: str, spec: str) -> None:
    lock = parse("pyproject", "pyproject.toml", f'[tool.poetry.dependencies]\npython = "^3.9"\na = "{constraint}"\n')
    assert [(one.name, one.spec, one.location.line) for one in lock.direct] == [("a", spec, 3)]
    assert len(lock.packages) == (constraint in ("1.2.3", "=1.0"))


POETRY = """[tool.poetry.dependencies]
a = {version = "1.0", extras = ["x"], optional = true}
b = [{version = "1.0", python = "<3"}, {version = "2.0", python = ">=3"}]
c = {git = "https://host.example/c"}
d = {path = "../d"}
bad = "Invalid version."
worse = 1
[tool.poetry.dev-dependencies]
e = "*"
[tool.poetry.group.lint.dependencies.f]
version = "2.0"
"""


def test_poetry_tables() -> None:
    lock = parse("pyproject", "pyproject.toml", POETRY)
    assert [(one.name, one.version, one.scope.value, one.location.line) for one in lock.packages] == [
        ("a", "1.0", "optional", 2),
        ("b", "1.0", "runtime", 3),
        ("b", "2.0", "runtime", 3),
        ("f", "2.0", "development", 10),
    ]
    assert [one.name for one in lock.unaudited] == ["c", "d"]
    assert [one.location.line for one in lock.problems if one.location] == [6, 7]


def test_dependencies_that_the_build_computes_are_read_or_complained_of() -> None:
    start = '[project]\nname = "x"\ndynamic = ["dependencies"]\n'
    files = {"pyproject.toml": start + '[tool.setuptools.dynamic]\ndependencies = {file = "deps.list"}\n', "deps.list": "a==1\n"}
    assert [str(one.location) for one in parse("pyproject", "pyproject.toml", files).packages] == ["deps.list:1"]
    assert [str(one.location) for one in parse("pyproject", "pyproject.toml", start).problems] == ["pyproject.toml:3"]


DYNAMIC = '[project]\nname = "x"\ndynamic = ["dependencies", "optional-dependencies"]\n'
FILES = {"deps.txt": "a==1\n", "extra.txt": "b==2\n", "requirements.txt": "c==3\n"}
HOOK = "[tool.hatch.metadata.hooks.requirements_txt"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[tool.setuptools.dynamic]\ndependencies = {file = ["deps.txt"]}\noptional-dependencies.extra = {file = ["extra.txt"]}\n',
         {"a": "runtime", "b": "optional"}),
        ('[tool.setuptools.dynamic]\ndependencies.file = "deps.txt"\noptional-dependencies.x.file = "extra.txt"\n',
         {"a": "runtime", "b": "optional"}),
        (f'{HOOK}]\nfiles = ["deps.txt"]\n{HOOK}.optional-dependencies]\nx = ["extra.txt"]\n', {"a": "runtime", "b": "optional"}),
        (f'{HOOK}]\nfilename = "deps.txt"\n{HOOK}.optional-dependencies]\nx = ["extra.txt"]\n', {"a": "runtime", "b": "optional"}),
        (f'{HOOK}.optional-dependencies]\nx = ["extra.txt"]\n', {"c": "runtime", "b": "optional"}),
    ],
)  # fmt: skip
def test_the_files_that_a_build_reads_are_read(text: str, found: dict[str, str]) -> None:
    lock = parse("pyproject", "pyproject.toml", {"pyproject.toml": DYNAMIC + text, **FILES})
    assert (scopes(lock), lock.problems) == (found, ())


def test_files_for_optional_dependencies_alone_say_nothing_of_the_others() -> None:
    text = DYNAMIC.replace('"dependencies", ', "") + f'{HOOK}.optional-dependencies]\nx = ["extra.txt"]\n'
    lock = parse("pyproject", "pyproject.toml", {"pyproject.toml": text, "extra.txt": "b==2\n"})
    assert (scopes(lock), lock.problems) == ({"b": "optional"}, ())


@pytest.mark.parametrize(
    ("text", "cfg", "reasons"),
    [
        ("", "", ["its dependencies are", "its optional dependencies are"]),
        ("", "[tool:pytest]\n# install_requires lives in setup.py\n", ["its dependencies are", "its optional dependencies are"]),
        ("", "[options]\ninstall_requires = a\n", ["its optional dependencies are"]),
        ("", "[options]\ninstall_requires =\n", ["its dependencies are", "its optional dependencies are"]),
        ("", "[options.extras_require]\nx = a\n[options]\ninstall_requires = a\n", []),
        ('[tool.poetry.dependencies]\na = "1"\n', "", []),
        (f'{HOOK}]\nfiles = ["gone.txt"]\n', "", ["takes dependencies from gone.txt", "its optional dependencies are"]),
        (f'{HOOK}]\nfiles = ["../deps.txt"]\n', "", ["takes dependencies from ../deps.txt", "its optional dependencies are"]),
        (f"{HOOK}]\nfiles = [1]\n", "", ["tool.hatch.metadata.hooks.requirements_txt: names no files", "its optional dependencies are"]),
        ('[tool.setuptools.dynamic]\ndependencies = {attr = "x"}\noptional-dependencies.x = {file = 3}\n', "",
         ["tool.setuptools.dynamic.dependencies: names no files", "tool.setuptools.dynamic.optional-dependencies.x: names no files"]),
    ],
)  # fmt: skip
def test_what_a_build_computes_is_a_problem(text: str, cfg: str, reasons: list[str]) -> None:
    lock = parse("pyproject", "pyproject.toml", {"pyproject.toml": DYNAMIC + text, "setup.cfg": cfg, **FILES})
    assert [one.reason.startswith(reason) for one, reason in zip(lock.problems, reasons, strict=True)] == [True] * len(reasons)
    assert all(one.hint and one.location and one.location.line >= 3 for one in lock.problems)


@pytest.mark.parametrize(
    ("name", "text", "key", "line"),
    [
        ("pyproject", '[project]\nname = "x"\noptional-dependencies = ["a==1"]\n', "project.optional-dependencies", 3),
        ("pyproject", 'dependency-groups = ["a==1"]\n', "dependency-groups", 1),
        ("pyproject", '[tool.poetry]\ngroup = ["a==1"]\n', "tool.poetry.group", 2),
        ("pyproject", '[tool.poetry]\ngroup.dev = ["a==1"]\n', "tool.poetry.group.dev", 2),
        ("pyproject", '[tool.poetry.group.dev]\ndependencies = ["a==1"]\n', "tool.poetry.group.dev.dependencies", 2),
        ("pyproject", '[tool.poetry]\ndependencies = "a"\n', "tool.poetry.dependencies", 2),
        ("pyproject", '[tool.pdm]\ndev-dependencies = ["a==1"]\n', "tool.pdm.dev-dependencies", 2),
        ("pyproject", 'project = ["a"]\n', "project", 1),
        ("pyproject", 'tool = "a"\n', "tool", 1),
        ("pyproject", '[tool.setuptools]\ndynamic = ["a"]\n', "tool.setuptools.dynamic", 2),
        ("pipfile_manifest", 'packages = ["a"]\n', "packages", 1),
        ("pipfile_manifest", '[packages]\na = "*"\n[[docs]]\nb = "*"\n', "docs", 3),
    ],
)
def test_what_stands_in_the_place_of_a_table_is_refused(name: str, text: str, key: str, line: int) -> None:
    with pytest.raises(ParseError, match="is no table") as error:
        parse(name, "file", text)
    assert (error.value.reason, error.value.line) == (f"{key}: is no table", line)


def test_a_manifest_that_is_refused_is_complained_of_beside_its_lockfile() -> None:
    files = {
        "uv.lock": 'version = 1\n[[package]]\nname = "a"\nversion = "1"\n',
        "pyproject.toml": '[project]\nname = "x"\noptional-dependencies = ["b==1"]\n',
    }
    found = list(read_all(sorted(files), reader(files)))
    assert [(one.path if isinstance(one, Lockfile) else one.subject) for one in found] == ["uv.lock", "pyproject.toml"]


def test_an_editable_of_pdm_is_named_without_its_token() -> None:
    text = '[tool.pdm.dev-dependencies]\ndev = ["-e git+https://token@host.example", "-e git+https://host.example/x.git#egg=y"]\n'
    assert [one.name for one in parse("pyproject", "pyproject.toml", text).unaudited] == ["host.example", "y"]


SETUP_CFG = """[metadata]
name = x
[options]
install_requires =
    a==1
    # comment
    b>=2 ; python_version < "3.9"
tests_require = c==3; d
[options.extras_require]
extra: e
   not a requirement
"""


def test_setup_cfg() -> None:
    lock = parse("setup_cfg", "setup.cfg", SETUP_CFG)
    assert [(one.name, one.location.line, one.location.column, one.scope.value) for one in lock.direct] == [
        ("a", 5, 5, "runtime"),
        ("b", 7, 5, "runtime"),
        ("c", 8, 17, "development"),
        ("d", 8, 17, "development"),
        ("e", 10, 8, "optional"),
    ]
    assert [one.location.line for one in lock.problems if one.location] == [11]


PIPFILE = """[[source]]
url = "https://host.example/simple"
[packages]
a = "==1.0"
b = "*"
c = {git = "https://host.example/c", ref = "x"}
[dev-packages]
d = {version = ">=1", extras = ["y"]}
[requires]
python_version = "3.9"
"""


def test_pipfile() -> None:
    lock = parse("pipfile_manifest", "Pipfile", PIPFILE)
    assert [(one.name, one.spec, one.location.line, one.scope.value) for one in lock.direct] == [
        ("a", "==1.0", 4, "runtime"),
        ("b", "", 5, "runtime"),
        ("c", "", 6, "runtime"),
        ("d", "[y]>=1", 8, "development"),
    ]
    assert [one.name for one in lock.unaudited] == ["c"]


TWICE = {
    "setup.cfg": ("setup_cfg", "[options]\ntests_require =\n    a==1\ninstall_requires =\n    a==1\n", 5),
    "Pipfile": ("pipfile_manifest", '[dev-packages]\na = "==1"\n[packages]\na = "==1"\n', 4),
    "setup.py": ("setup_py", "setup(\n  tests_require=['a==1'],\n  install_requires=['a==1'])", 3),
    "pyproject.toml": ("pyproject", '[project]\noptional-dependencies.x = ["a==1"]\n[tool.poetry.dependencies]\na = "1"\n', 4),
}


@pytest.mark.parametrize("path", TWICE)
def test_a_pin_that_stands_twice_is_kept_where_it_is_needed_most(path: str) -> None:
    name, text, line = TWICE[path]
    (package,) = parse(name, path, text).packages
    assert (package.scope.value, package.location.line) == ("runtime", line)
