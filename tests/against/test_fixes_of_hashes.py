"""The advice for requirements that are pinned by hash, followed to the letter with uv and pip-tools: pip then installs what is locked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.against import python_index
from tests.against.test_fixes_of_audit import advice, assert_clean
from tests.unit.dependencies.test_resolve import wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.against.python_index import Index

pytestmark = [pytest.mark.against, pytest.mark.slow]
TOOLS = Path(sys.executable).parent
COMPILERS = {"uv": ["uv", "pip", "compile", "-q"], "pip-tools": ["pip-compile", "-q", "--strip-extras"]}


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel(folder, "leaf", "1.0.0")
    wheel(folder, "parent", "1.0.0", "leaf>=1")
    return folder


@pytest.fixture
def run(project: Path, wheels: Path) -> Callable[[list[str]], str]:
    """A program of the development environment; the wheels are the only index it has."""
    wheels_only = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(wheels), "UV_OFFLINE": "1"}
    return _runner(project, wheels_only)


def _runner(project: Path, where: dict[str, str]) -> Callable[[list[str]], str]:
    env = {
        "PATH": f"{TOOLS}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(project.parent), "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1", "UV_PYTHON": sys.executable, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **where,
    }

    def command(words: list[str]) -> str:
        done = subprocess.run(words, cwd=project, env=env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return command


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_compiled_file(compiler: str, project: Path, wheels: Path, run: Callable[[list[str]], str]) -> None:
    (project / "requirements.in").write_text("parent\n")
    again = [*COMPILERS[compiler], "requirements.in", "-o", "requirements.txt"]
    run([*again, "--generate-hashes"])
    wheel(wheels, "leaf", "1.4.0")
    said = advice(project, "PyPI")
    assert said == "compile requirements.txt again with --generate-hashes --upgrade-package leaf==1.4.0"
    run([*again, *said.partition(" with ")[2].split()])
    _installs(project, run)


def test_a_file_that_people_write(project: Path, tmp_path: Path) -> None:
    with python_index.serve(tmp_path / "index") as index:
        index.publish("leaf", "1.0.0")
        where = {"UV_DEFAULT_INDEX": f"{index.url}/simple", "PIP_INDEX_URL": f"{index.url}/simple", "UV_NO_CACHE": "1"}
        _follow(project, index, _runner(project, where))


def _follow(project: Path, index: Index, run: Callable[[list[str]], str]) -> None:
    path = project / "requirements.txt"
    printed = "echo {} | uv pip compile - --no-deps --no-header --generate-hashes"
    pinned = run(["sh", "-c", printed.format("leaf==1.0.0")])
    path.write_text(f"# a comment\n{pinned}")
    index.publish("leaf", "1.4.0")
    said = advice(project, "PyPI")
    assert said == f"change line 2 of requirements.txt to what this prints: {printed.format('leaf==1.4.0')}"
    path.write_text(f"# a comment\n{run(['sh', '-c', said.rpartition('prints: ')[2]])}")
    _installs(project, run)


def _installs(project: Path, run: Callable[[list[str]], str]) -> None:
    assert_clean(project, "PyPI")
    text = (project / "requirements.txt").read_text()
    assert "leaf==1.4.0" in text
    assert "--hash=sha256:" in text
    run([sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--require-hashes", "-r", "requirements.txt"])
