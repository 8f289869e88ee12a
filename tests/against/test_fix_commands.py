"""The advice for Poetry, followed to the letter with the real Poetry at an index on loopback: afterwards the audit is clean."""

from __future__ import annotations

import functools
import hashlib
import os
import shlex
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.against.expected.replay import replay
from tests.against.test_fixes_of_audit import advice, known
from tests.conftest import ROOT
from tests.unit.dependencies.test_resolve import wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.against, pytest.mark.slow]
VENV = ROOT / ".cache" / "poetry"
MANIFEST = """\
[project]
name = "project"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["{needs}"]

[tool.poetry]
package-mode = false

[[tool.poetry.source]]
name = "loopback"
url = "{url}/simple/"
priority = "primary"
"""


class Index:
    """A package index (PEP 503) of wheels in a folder."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def publish(self, name: str, version: str, requires: str = "") -> None:
        home = self.folder / "simple" / name
        home.mkdir(parents=True, exist_ok=True)
        wheel(home, name, version, requires)
        links = (f'<a href="{one.name}#sha256={hashlib.sha256(one.read_bytes()).hexdigest()}">{one.name}</a>' for one in home.glob("*.whl"))
        (home / "index.html").write_text(f"<!doctype html><html><body>{'<br>'.join(links)}</body></html>")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "index"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield Index(folder, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def poetry() -> Path:
    """Poetry in an environment of its own, installed once."""
    program = VENV / "bin" / "poetry"
    if not program.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([str(VENV / "bin" / "python"), "-m", "pip", "install", "-q", "poetry==2.5.1"], check=True)
    return program


@pytest.mark.parametrize("needs", ["leaf (>=1.0,<2)", "leaf (==1.0.0)", "parent"], ids=["in-range", "capped", "transitive"])
def test_poetry(needs: str, project: Path, index: Index, poetry: Path) -> None:
    index.publish("leaf", "1.0.0")
    index.publish("parent", "1.0.0", "leaf>=1")
    manifest = project / "pyproject.toml"
    manifest.write_text(MANIFEST.format(needs=needs, url=index.url))
    _run(poetry, "lock", project)
    index.publish("leaf", "1.4.0")
    said = advice(project, "PyPI")
    changed, _, command = said.rpartition("then ")
    if changed:
        assert changed == "pyproject.toml:5: allow leaf>=1.4.0, "
        manifest.write_text(MANIFEST.format(needs="leaf (>=1.4.0)", url=index.url))
    program, *words = shlex.split(command)
    assert program == "poetry"
    _run(poetry, *words, project)
    assert replay(project, known("PyPI")).findings == ()
    assert replay(project, known("PyPI")).problems == ()


def _run(poetry: Path, *words: str | Path) -> None:
    *command, folder = words
    home = Path(folder).parent
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "POETRY_CACHE_DIR": str(home / f"cache-{os.urandom(4).hex()}"), "NO_COLOR": "1"}
    more = ["--lock"] if command[0] == "update" else []  # nothing is installed for a test
    done = subprocess.run(
        [str(poetry), "--no-interaction", *map(str, command), *more], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
