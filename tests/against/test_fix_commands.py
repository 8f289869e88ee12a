"""The advice for Poetry, PDM and Pipenv, followed to the letter with the real ones at a loopback index: afterwards the audit is clean."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.against import python_index
from tests.against.test_fixes_of_audit import advice, assert_clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.against.python_index import Index

pytestmark = [pytest.mark.against, pytest.mark.slow]
PROJECT = """\
[project]
name = "project"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["{needs}"]
"""
POETRY = """
[tool.poetry]
package-mode = false

[[tool.poetry.source]]
name = "loopback"
url = "{url}/simple/"
priority = "primary"
"""
PDM = """
[[tool.pdm.source]]
name = "pypi"
url = "{url}/simple"
"""
PIPFILE = """\
[[source]]
name = "loopback"
url = "{url}/simple"
verify_ssl = false

[packages]
{needs}
"""
LOCK_ONLY = {"poetry": ["--lock"], "pdm": ["--no-sync"]}
"""Nothing is installed for a test; Pipenv's update always does."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with python_index.serve(tmp_path / "index") as index:
        index.publish("leaf", "1.0.0")
        index.publish("parent", "1.0.0", "leaf>=1")
        yield index


@pytest.mark.parametrize("manager", ["poetry", "pdm"])
@pytest.mark.parametrize("needs", ["leaf (>=1.0,<2)", "leaf (==1.0.0)", "parent"], ids=["in-range", "capped", "transitive"])
def test_a_pyproject(manager: str, needs: str, project: Path, index: Index) -> None:
    manifest = project / "pyproject.toml"
    source = {"poetry": POETRY, "pdm": PDM}[manager].format(url=index.url)
    manifest.write_text(PROJECT.format(needs=needs) + source)
    _run(f"{manager} lock", project)
    index.publish("leaf", "1.4.0")
    said = advice(project, "PyPI")
    changed, _, command = said.rpartition("then ")
    if changed:
        assert changed == "pyproject.toml:5: allow leaf>=1.4.0, "
        manifest.write_text(PROJECT.format(needs="leaf (>=1.4.0)") + source)
    assert command.startswith(f"{manager} update leaf")
    _run(command, project)
    assert_clean(project, "PyPI")


@pytest.mark.parametrize("needs", ['leaf = "==1.0.0"', 'parent = "*"'], ids=["capped", "transitive"])
def test_pipenv(needs: str, project: Path, index: Index) -> None:
    manifest = project / "Pipfile"
    manifest.write_text(PIPFILE.format(needs=needs, url=index.url))
    _run("pipenv lock", project)
    index.publish("leaf", "1.4.0")
    said = advice(project, "PyPI")
    changed, _, command = said.rpartition("then ")
    if changed:
        assert re.fullmatch(r"Pipfile:\d+: allow leaf>=1.4.0, ", changed)
        manifest.write_text(PIPFILE.format(needs='leaf = ">=1.4.0"', url=index.url))
    assert command == "pipenv update leaf"
    _run(command, project)
    assert_clean(project, "PyPI")


def _run(command: str, folder: Path) -> None:
    manager, *words = shlex.split(command)
    home = folder.parent
    env = {
        "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), "NO_COLOR": "1",
        "POETRY_CACHE_DIR": str(home / f"cache-{os.urandom(4).hex()}"), "POETRY_NO_INTERACTION": "1",
        "PDM_CHECK_UPDATE": "0", "PDM_CACHE_DIR": str(home / f"cache-{os.urandom(4).hex()}"), "PDM_PYTHON": sys.executable,
        "PIPENV_CACHE_DIR": str(home / f"cache-{os.urandom(4).hex()}"), "PIPENV_VENV_IN_PROJECT": "1", "PIPENV_NOSPIN": "1", "CI": "1",
        "PIPENV_PYTHON": sys.executable, "PIP_CONFIG_FILE": os.devnull,
    }
    more = LOCK_ONLY.get(manager, []) if words[0] == "update" else []
    program = [str(python_index.installed(manager)), *words, *more]
    done = subprocess.run(program, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
