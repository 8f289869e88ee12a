"""What a scan may load: a cold start is mostly imports, so each kind of scan imports only what it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pygit2
import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = frozenset(
    (
        "pip_audit", "rich", "jinja2", "cyclonedx", "requests", "urllib3", "ssl", "pygit2", "detect_secrets", "cvss", "nodesemver",
        "packaging", "pathspec", "yaml", "tomli", "hyperscan", "sqlite3", "asyncio", "multiprocessing", "xml", "http",
    )
)
"""Whoever uses one of these imports it where it is used."""
MOST = {"version": 150, "secrets": 290, "dependencies": 330}
"""Modules of all kinds, the standard library's included, that each may load in all."""


def _loaded(folder: Path, *arguments: str) -> set[str]:
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "XDG_CACHE_HOME", "HOME")}
    command = [sys.executable, "-X", "importtime", str(ROOT / "entrypoint.py"), *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    rows = (line.rsplit("|", 1) for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {name.strip() for _, name in rows} - {"imported package"}


def _heavy(loaded: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in loaded} & HEAVY


def test_the_version_loads_nothing_heavy(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, "--version")
    assert _heavy(loaded) == set()
    assert len(loaded) <= MOST["version"], sorted(loaded)


@pytest.mark.parametrize("output", ["console", "github", "json", "sarif", "markdown"])
def test_secrets_of_one_file_load_the_engine_alone(tmp_path: Path, output: str) -> None:
    (tmp_path / "main.py").write_text("print('hello')\n")
    _loaded(tmp_path, "--only", "secrets")  # the first scan of all compiles the rules
    loaded = _loaded(tmp_path, "--only", "secrets", "-f", output)
    assert _heavy(loaded) == {"hyperscan"}
    assert len(loaded) <= MOST["secrets"], sorted(loaded)


def test_a_lockfile_against_a_local_database_loads_no_network_and_no_engine(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    lock = {"lockfileVersion": 3, "packages": {"": {"name": "app"}, "node_modules/left-pad": {"version": "1.3.0"}}}
    (project / "package-lock.json").write_text(json.dumps(lock))
    _loaded(tmp_path, "db", "import", str(ROOT / "examples" / "advisories"), "--db", "advisories.db")
    loaded = _loaded(tmp_path, "--only", "dependencies", "--advisories", "offline", "--advisory-db", "advisories.db", "project")
    assert _heavy(loaded) <= {"packaging", "tomli"}
    assert len(loaded) <= MOST["dependencies"], sorted(loaded)


def test_certificates_that_are_not_there_are_not_missed(tmp_path: Path) -> None:
    """The git library is not loaded where both variables name nothing."""
    (tmp_path / "main.py").write_text("print('hello')\n")
    repository = pygit2.init_repository(tmp_path)
    repository.index.add("main.py")
    repository.index.write()
    who = pygit2.Signature("A", "a@mail.example", 1, 0)
    repository.create_commit("HEAD", who, who, "one", repository.index.write_tree(), [])
    env = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "none.pem"), "SSL_CERT_DIR": str(tmp_path / "none")}
    command = [sys.executable, str(ROOT / "entrypoint.py"), str(tmp_path), "--only", "secrets", "--base", "HEAD"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
