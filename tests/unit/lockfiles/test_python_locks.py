"""poetry.lock, uv.lock, pdm.lock, pylock.toml and Pipfile.lock: exact places, scopes, edges, and what cannot be audited."""

from __future__ import annotations

import pytest

from scanner.errors import ParseError
from tests.unit.lockfiles.tree import lines, parse, scopes, versions

POETRY_11 = """[[package]]
name = "Flask"
version = "1.0"
category = "main"
optional = false

[package.dependencies]
click = {version = "*", markers = "x"}
Jinja2 = [{version = "1"}, {version = "2"}]

[[package]]
name = "click"
version = "8.0"
category = "main"
optional = true

[[package]]
name = "pytest"
version = "7.0"
category = "dev"
optional = false

[package.source]
type = "legacy"
url = "https://host.example/simple"
reference = "private"

[[package]]
name = "tool"
version = "0.1"
category = "main"
optional = false

[package.source]
type = "git"
url = "https://host.example/tool"

[metadata]
lock-version = "1.1"

[metadata.files]
flask = [
    {file = "Flask-1.0.whl", hash = "sha256:00"},
]
"""


def test_poetry_1_with_categories() -> None:
    lock = parse("poetry", "poetry.lock", POETRY_11)
    assert versions(lock) == ["flask==1.0", "click==8.0", "pytest==7.0"]
    assert lines(lock) == {"flask": (2, 1), "click": (12, 1), "pytest": (18, 1)}
    assert scopes(lock) == {"flask": "runtime", "click": "optional", "pytest": "development"}
    assert lock.packages[0].requires == ("click@8.0",)
    assert [(one.name, one.reason, one.location.line) for one in lock.unaudited] == [("tool", "installed from version control", 29)]


POETRY_20 = """[[package]]
name = "a"
version = "1.0"
{a}
[package.dependencies]
b = "*"

[[package]]
name = "b"
version = "2.0"
{b}
[[package]]
name = "c"
version = "3.0"
{c}
[metadata]
lock-version = "2.1"
"""
POETRY_MANIFEST = """[tool.poetry.dependencies]
a = "^1"
[tool.poetry.group.dev.dependencies]
c = "^3"
gone = "^1"
elsewhere = {version = "^1", markers = "sys_platform == 'win32'"}
former = {version = "^1", markers = "python_version < '3'"}
"""


def test_poetry_2_takes_scopes_from_groups_or_from_the_manifest() -> None:
    groups = POETRY_20.format(a='groups = ["main", "dev"]', b='groups = ["main"]\nmarkers = "x"', c='groups = ["dev"]')
    plain = POETRY_20.format(a="", b="", c="")
    expected = {"a": "runtime", "b": "runtime", "c": "development"}
    assert scopes(parse("poetry", "poetry.lock", groups)) == expected
    lock = parse("poetry", "x/poetry.lock", {"x/poetry.lock": plain, "x/pyproject.toml": POETRY_MANIFEST})
    assert scopes(lock) == expected
    assert [(one.name, str(one.location), one.key) for one in lock.direct][:2] == [
        ("a", "x/pyproject.toml:2", "a@1.0"),
        ("c", "x/pyproject.toml:4", "c@3.0"),
    ]
    assert lock.covers == ("x/pyproject.toml",)
    assert [one.name for one in lock.unpinned] == ["gone", "elsewhere"]


def test_several_versions_of_a_name_are_told_apart() -> None:
    text = POETRY_20.format(a="", b="", c="").replace('"c"', '"b"')
    lock = parse("poetry", "poetry.lock", {"poetry.lock": text, "pyproject.toml": '[tool.poetry.dependencies]\nb = "^3"\n'})
    assert lock.packages[0].requires == ("b@2.0", "b@3.0")
    assert [one.key for one in lock.direct] == ["b@3.0"]


def test_one_bad_entry_is_a_problem_and_the_rest_stands() -> None:
    text = POETRY_20.format(a="", b="", c="").replace('version = "2.0"', "version = 2")
    lock = parse("poetry", "poetry.lock", text)
    assert versions(lock) == ["a==1.0", "c==3.0"]
    assert [one.location.line for one in lock.problems if one.location] == [9]


UV = """version = 1
requires-python = ">=3.11"

[manifest]
members = ["app", "lib"]

[[package]]
name = "app"
version = "0.1.0"
source = { editable = "." }
dependencies = [
    { name = "lib" },
    { name = "A" },
]

[package.optional-dependencies]
extra = [{ name = "b", version = "2.0" }]

[package.dev-dependencies]
dev = [
    { name = "c", extra = ["x"] },
]

[[package]]
name = "lib"
source = { virtual = "libs/lib" }
dependencies = [{ name = "b", version = "1.0" }]

[[package]]
name = "a"
version = "1.0"
source = { registry = "https://host.example/simple" }
sdist = { url = "https://host.example/a.tar.gz", hash = "sha256:00", size = 1 }
wheels = [
    { url = "https://host.example/a.whl", hash = "sha256:00" },
]

[[package]]
name = "b"
version = "1.0"
source = { registry = "https://host.example/simple" }

[[package]]
name = "b"
version = "2.0"
source = { registry = "https://host.example/simple" }

[[package]]
name = "c"
version = "1.0"
source = { registry = "https://host.example/simple" }

[package.optional-dependencies]
x = [{ name = "g" }]

[[package]]
name = "g"
version = "1.0"
source = { git = "https://host.example/g?rev=1#2" }

[[package]]
name = "p"
version = "1.0"
source = { path = "p-1.0.whl" }

[[package]]
name = "e"
version = "1.0"
source = { editable = "../e" }
"""


def test_uv_sources_roots_and_workspace() -> None:
    files = {
        "uv.lock": UV,
        "pyproject.toml": '[project]\nname = "app"\ndependencies = ["lib", "a>=1"]\n',
        "libs/lib/pyproject.toml": '[project]\nname = "lib"\ndependencies = [\n  "b<2",\n]\n',
    }
    lock = parse("uv", "uv.lock", files)
    assert versions(lock) == ["a==1.0", "b==1.0", "b==2.0", "c==1.0"]
    assert [(one.version, one.scope.value, one.location.line) for one in lock.packages] == [
        ("1.0", "runtime", 30),
        ("1.0", "runtime", 39),
        ("2.0", "optional", 44),
        ("1.0", "development", 49),
    ]
    assert [(one.name, one.reason) for one in lock.unaudited] == [
        ("g", "installed from version control"),
        ("p", "installed from a local path"),
        ("e", "installed from a local path"),
    ]
    assert [(one.name, str(one.location), one.key) for one in lock.direct] == [
        ("lib", "pyproject.toml:3", ""),
        ("a", "pyproject.toml:3", "a@1.0"),
        ("b", "libs/lib/pyproject.toml:4", "b@1.0"),
    ]
    assert lock.covers == ("pyproject.toml", "libs/lib/pyproject.toml")
    assert not any((lock.unpinned, lock.problems))


PDM = """[metadata]
lock_version = "4.5.0"

[[package]]
name = "flask"
version = "1.0"
groups = ["default"]
dependencies = [
    "Click<8.0,>=5.1",
    "b ; python_version < \\"3\\"",
]
files = [
    {file = "flask.whl", hash = "sha256:00"},
]

[[package]]
name = "flask"
version = "1.0"
extras = ["async"]
groups = ["web"]
dependencies = [
    "flask==1.0",
    "asgiref>=3",
]

[[package]]
name = "click"
version = "7.0"
groups = ["default"]

[[package]]
name = "asgiref"
version = "3.0"

[[package]]
name = "git-tool"
version = "1.0"
git = "https://host.example/tool"

[[package]]
name = "local"
version = "1.0"
path = "./local"
"""


def test_pdm_once_per_package_with_the_edges_of_its_extras() -> None:
    lock = parse("pdm", "pdm.lock", PDM)
    assert versions(lock) == ["flask==1.0", "click==7.0", "asgiref==3.0"]
    assert lock.packages[0].requires == ("click@7.0", "asgiref@3.0")
    assert lines(lock)["flask"] == (5, 1)
    assert scopes(lock)["flask"] == "runtime"
    assert [one.name for one in lock.unaudited] == ["git-tool", "local"]


PYLOCK = """lock-version = "1.0"
created-by = "test"

[[packages]]
name = 'attrs'
wheels = [{name = 'attrs-25.1.0-py3-none-any.whl', hashes = {sha256 = '00'}}]

[[packages]]
version = "1.0"

[[packages]]
name = "B"
version = "2.0"
marker = "\\"tests\\" in dependency_groups"
dependencies = [{name = "attrs"}]

[[packages]]
name = "c"
directory = {path = "../c", editable = true}

[[packages]]
name = "d"
vcs = {type = "git", url = "https://host.example/d", commit-id = "00"}

[[packages]]
name = "e"
archive = {url = "https://host.example/e.zip"}

[[packages]]
name = "f"
version = "1.0"
marker = "'x' in extras"

[[packages]]
name = "me"
directory = {path = "."}
"""


def test_pylock() -> None:
    lock = parse("pylock", "pylock.dev.toml", {"pylock.dev.toml": PYLOCK, "pyproject.toml": '[project]\nname = "me"\n'})
    assert versions(lock) == ["attrs==25.1.0", "b==2.0", "f==1.0"]
    assert scopes(lock) == {"attrs": "runtime", "b": "development", "f": "optional"}
    assert lock.packages[1].requires == ("attrs@25.1.0",)
    assert [(one.name, one.location.line) for one in lock.unaudited] == [("c", 18), ("d", 22), ("e", 26)]
    assert [one.location.line for one in lock.problems if one.location] == [8]


PIPFILE_LOCK = """{
    "_meta": {"hash": {"sha256": "00"}},
    "default": {
        "A.b": {"hashes": ["sha256:00"], "version": "==1.0"},
        "git-tool": {"git": "https://host.example/x", "ref": "1"},
        "local": {"path": "./local", "editable": true},
        "open": {"version": "*"},
        "broken": {"version": 1}
    },
    "develop": {
        "a-b": {"version": "==1.0"},
        "c": {"version": "==2.0", "index": "private"}
    },
    "docs": {"d": {"version": "==3.0"}}
}
"""


def test_pipfile_lock() -> None:
    lock = parse("pipfile", "Pipfile.lock", {"Pipfile.lock": PIPFILE_LOCK, "Pipfile": '[dev-packages]\nc = "*"\n'})
    assert versions(lock) == ["a-b==1.0", "c==2.0", "d==3.0"]
    assert scopes(lock) == {"a-b": "runtime", "c": "development", "d": "optional"}
    assert lines(lock) == {"a-b": (4, 9), "c": (12, 9), "d": (14, 14)}
    assert [one.name for one in lock.unaudited] == ["git-tool", "local"]
    assert [one.name for one in lock.unpinned] == ["open"]
    assert [one.location.line for one in lock.problems if one.location] == [8]
    assert [(str(one.location), one.key) for one in lock.direct] == [("Pipfile:2", "c@2.0")]
    assert lock.covers == ("Pipfile",)


@pytest.mark.parametrize(
    ("format_name", "text"),
    [
        ("poetry", ""),
        ("poetry", "package = 1\n[metadata]\n"),
        ("poetry", "[[package]\n"),
        ("poetry", "[metadata]\na = " + "[" * 5000),
        ("uv", "version = 2\n"),
        ("uv", "version = 1\n[manifest]\nmembers = 3\n"),
        ("pdm", "[[package]]\nname='a'\n"),
        ("pylock", 'lock-version = "2.0"\npackages = []\n'),
        ("pylock", 'lock-version = "1.0"\n'),
        ("pipfile", "{}"),
        ("pipfile", "[]"),
        ("pipfile", '{"default": []}'),
        ("pipfile", '{"default": {"a": {}, "a": {}}}'),
        ("pipfile", '{"default":' + '{"a":' * 100_000),
        ("pyproject", "[project\n"),
        ("pyproject", "a" + ".a" * 5000 + " = 1\n"),
    ],
)
def test_what_is_not_of_the_format_is_refused(format_name: str, text: str) -> None:
    with pytest.raises(ParseError):
        parse(format_name, "file", text)
