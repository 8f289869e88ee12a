"""setup.py: literal lists are read with their places, what is computed is a Problem, nothing is ever run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import ParseError
from scanner.lockfiles import inventory
from scanner.models import Lockfile, Problem
from tests.unit.lockfiles.tree import parse, reader

SETUP = """import setuptools
wanted = ["g>=1"]
setuptools.setup(
    name="x",
    install_requires=[
        "a==1.0", "b>=2",
        "c @ https://host.example/c.zip",
    ],
    tests_require="d\\ne==2",
    extras_require={"web": ["f==3; python_version < '3.9'"], ":sys_platform == 'win32'": ("h",)},
)
"""


def test_literal_lists_are_read_with_their_places() -> None:
    lock = parse("setup_py", "setup.py", SETUP)
    assert [(one.name, one.location.line, one.location.column, one.scope.value) for one in lock.direct] == [
        ("a", 6, 9, "runtime"), ("b", 6, 19, "runtime"), ("c", 7, 9, "runtime"), ("d", 9, 19, "development"), ("e", 9, 19, "development"),
        ("f", 10, 29, "optional"), ("h", 10, 91, "runtime"),
    ]
    assert [one.name for one in lock.packages] == ["a", "e", "f"]
    assert [one.name for one in lock.unpinned] == ["b", "d", "h"]
    assert [one.name for one in lock.unaudited] == ["c"]
    assert not lock.problems


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("wanted = ['a']\nfrom setuptools import setup\nsetup(install_requires=wanted)", ["a"]),
        ("setup(install_requires=('a', 'b'))", ["a", "b"]),
        ("setup(install_requires='a\\n\\n b ')", ["a", "b"]),
        ("setup(install_requires=None)", []),
        ("def run():\n    setup(install_requires=['a'])\nrun()", ["a"]),
        ("if 1:\n  setup(install_requires=['a'])\nelse:\n  setup(install_requires=['b'])", ["a", "b"]),
        ("from setuptools import setup\nsetup()", []),
        ("setup(name='x', packages=find_packages())", []),
        ("print('a script of that name')", []),
        ("setup(version='\\d')", []),
        ("", []),
    ],
)
def test_what_is_asked_for(text: str, names: list[str]) -> None:
    lock = parse("setup_py", "setup.py", text)
    assert ([one.name for one in lock.direct], lock.problems) == (names, ())


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("setup(\n  install_requires=read('requirements.in'))", 2, "computes install_requires"),
        ("wanted = ['a']\nwanted += more()\nsetup(install_requires=wanted)", 3, "computes install_requires"),
        ("wanted = ['a']\nwanted.append('b')\nsetup(install_requires=wanted)", 3, "computes install_requires"),
        ("wanted = ['a']\nwanted = ['b']\nsetup(install_requires=wanted)", 3, "computes install_requires"),
        ("setup(install_requires=['a'] + more)", 1, "computes install_requires"),
        ("setup(install_requires=['a', f'b=={v}'])", 1, "computes install_requires"),
        ("setup(install_requires=['a', *more])", 1, "computes install_requires"),
        ("setup(install_requires=[1])", 1, "computes install_requires"),
        ("setup(extras_require=extras())", 1, "computes extras_require"),
        ("setup(extras_require={'x': more})", 1, "computes extras_require"),
        ("setup(extras_require={**more})", 1, "computes extras_require"),
        ("setup(extras_require={key: ['a']})", 1, "computes extras_require"),
        ("setup(\n**options)", 2, "options that are computed"),
        ("setup(install_requires=['no requirement'])", 1, "not a requirement"),
    ],
)
def test_what_is_computed_or_wrong_is_a_problem_at_its_line(text: str, line: int, reason: str) -> None:
    (problem,) = parse("setup_py", "setup.py", text).problems
    assert problem.location is not None
    assert (problem.location.line, reason in problem.reason, bool(problem.hint)) == (line, True, True)


@pytest.mark.parametrize("text", ["print 'two'", "setup(", "a\0", "x" * 1_000_001])
def test_what_is_no_python_is_a_problem(text: str) -> None:
    with pytest.raises(ParseError):
        parse("setup_py", "setup.py", text)


@pytest.mark.parametrize(
    ("beside", "text"),
    [
        ("requirements.txt", "a==1\n"), ("uv.lock", ""), ("Pipfile", "[packages]\na = '*'\n"),
        ("pyproject.toml", "[project]\nname = 'x'\n"),
        ("pyproject.toml", "[build-system]\n[tool.poetry.dependencies]\n"), ("setup.cfg", "[options]\ninstall_requires =\n  a\n"),
    ],
)
def test_another_manifest_beside_it_speaks_for_the_folder(beside: str, text: str) -> None:
    files = {"x/setup.py": "setup(install_requires=more())", f"x/{beside}": text}
    assert parse("setup_py", "x/setup.py", files) == Lockfile(path="x/setup.py", format="setup_py", ecosystem="PyPI", audit="python")


@pytest.mark.parametrize(
    ("beside", "text"),
    [
        ("x/pyproject.toml", "[build-system]\n[tool.black]\n"), ("x/setup.cfg", "[flake8]\n"), ("requirements.txt", "a==1\n"),
        ("x/requirements.txt", "# see setup.py\n"), ("x/Pipfile", ""), ("x/setup.cfg", "[options]\ninstall_requires =\n"),
        ("x/setup.cfg", "[tool:x]\ninstall_requires = a\n"), ("x/setup.cfg", "# install_requires = a\n"), ("x/requirements.txt", "b==1\n"),
        ("x/setup.cfg", "[options]\ninstall_requires = b\n"), ("x/pylock.toml", 'lock-version = "1.0"\npackages = []\n'),
    ],
)  # fmt: skip
def test_what_only_configures_tools_does_not(beside: str, text: str) -> None:
    files = {"x/setup.py": "setup(install_requires=['a'])", beside: text}
    assert [one.name for one in parse("setup_py", "x/setup.py", files).unpinned] == ["a"]


@pytest.mark.parametrize(
    ("pins", "left"),
    [
        ("a==1.0\nb==3.0\n", []), ("a==2.0\nb==3.0\n", ["a"]), ("a\nb\n", ["a"]), ("a==1.0\nb==1.0\n", ["b"]), ("c==1.0\n", ["a", "b"]),
        ("no requirement\n", ["a", "b"]),
    ],
)  # fmt: skip
def test_requirements_beside_it_answer_by_version(pins: str, left: list[str]) -> None:
    files = {"setup.py": "setup(install_requires=['a==1.0', 'b>=2', *more])", "requirements.txt": pins}
    lock = parse("setup_py", "setup.py", files)
    assert ([one.name for one in lock.direct], lock.problems) == (left, ())


def test_a_script_of_python_2_takes_from_the_requirements_beside_it() -> None:
    files = {"setup.py": "print 'two'", "requirements.txt": "a==1\n"}
    assert not parse("setup_py", "setup.py", files).problems


@pytest.mark.parametrize(("text", "kind"), [("setup(install_requires=['a'])", Lockfile), ("setup(", Problem), ("setup()", None)])
def test_in_a_tree(text: str, kind: type | None) -> None:
    files = {"setup.py": text}
    assert [type(one) for one in inventory.read_all(list(files), reader(files))] == ([kind] if kind else [])


def test_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    parse("setup_py", "setup.py", f"open({str(mark)!r}, 'w')\nsetup(install_requires=[open({str(mark)!r}, 'w').name])")
    assert not mark.exists()


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    files = {"setup.py": f"setup(install_requires=[{text}])"}
    assert all(isinstance(one, Lockfile) or one.hint for one in inventory.read_all(["setup.py"], reader(files)))
