"""The hooks under the real pre-commit: what is staged is judged, a bad commit is refused, a good one is quick."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

pytestmark = pytest.mark.git

CACHE = ROOT / ".cache" / "pre-commit"
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
KEY = "AK" + "IAQ7RJ5TN3WYF2KD6B"
DAY = "2026-01-01T00:00:00Z"
IDENTITY = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x.example", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x.example"}
ENVIRON = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "GITHUB_"))}, **IDENTITY,
    "GIT_AUTHOR_DATE": DAY, "GIT_COMMITTER_DATE": DAY, "PRE_COMMIT_HOME": str(CACHE / "home"), "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PATH": f"{CACHE / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
}
CONFIG = """\
repos:
  - repo: {source}
    rev: {commit}
    hooks:
      - id: security-scan-secrets
      - id: security-scan-dependencies
        args: [--advisories, offline, --advisory-db, {advisories}]
"""
NOTHING = "repos: [{repo: local, hooks: [{id: nothing, name: nothing, language: system, entry: 'true', pass_filenames: false}]}]\n"


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=ENVIRON, capture_output=True, text=True, check=False, timeout=600)


def must(*command: str, cwd: Path) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="session")
def source() -> tuple[Path, str]:
    """The project as a repository that pre-commit can install, and its commit: the same content gives the same commit."""
    if not (CACHE / "venv" / "bin" / "pre-commit").is_file():
        must(sys.executable, "-m", "venv", str(CACHE / "venv"), cwd=ROOT)
        must(str(CACHE / "venv" / "bin" / "python"), "-m", "pip", "install", "-q", "pre-commit", cwd=ROOT)
    folder = CACHE / "source"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "scanner", folder / "scanner", ignore=shutil.ignore_patterns("__pycache__", "compiled"))
    for name in SHIPPED:
        shutil.copy(ROOT / name, folder / name)
    must("git", "init", "-q", ".", cwd=folder)
    must("git", "add", ".", cwd=folder)
    must("git", "commit", "-q", "-m", "x", cwd=folder)
    return folder, must("git", "rev-parse", "HEAD", cwd=folder)


@pytest.fixture
def checkout(tmp_path: Path, source: tuple[Path, str]) -> Path:
    """A repository with the hooks installed and the config committed."""
    folder, commit = source
    repo = tmp_path / "repo"
    repo.mkdir()
    config = CONFIG.format(source=folder, commit=commit, advisories=ROOT / "examples" / "advisories")
    (repo / ".pre-commit-config.yaml").write_text(config)
    must("git", "init", "-q", ".", cwd=repo)
    must("git", "add", ".", cwd=repo)
    must("pre-commit", "install", "--install-hooks", cwd=repo)
    must("git", "commit", "-q", "-m", "hooks", cwd=repo)
    return repo


def commit(repo: Path, **files: str) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        (repo / name.replace("_dot_", ".")).write_text(text)
        must("git", "add", "--", name.replace("_dot_", "."), cwd=repo)
    return run("git", "commit", "-q", "-m", "x", cwd=repo)


@pytest.mark.against
@pytest.mark.slow
def test_a_staged_secret_is_refused_and_never_shown(checkout: Path) -> None:
    done = commit(checkout, app_dot_py=f"key = '{KEY}'\n")
    assert done.returncode == 1
    assert "app.py:1" in done.stdout + done.stderr
    assert KEY not in done.stdout + done.stderr
    (checkout / "app.py").write_text("key = None\n")
    assert run("git", "commit", "-q", "-m", "x", cwd=checkout).returncode == 1, "the working tree does not count"
    assert commit(checkout, app_dot_py="key = None\n").returncode == 0


@pytest.mark.against
@pytest.mark.slow
def test_the_audit_runs_when_a_lockfile_changes(checkout: Path) -> None:
    done = commit(checkout, requirements_dot_txt="jinja2==3.1.2\n")
    assert done.returncode == 1
    assert "requirements.txt:1" in done.stdout + done.stderr
    assert commit(checkout, requirements_dot_txt="jinja2==3.1.6\n").returncode == 0
    assert commit(checkout, README_dot_md="words\n").returncode == 0


@pytest.mark.against
@pytest.mark.slow
def test_a_lockfile_that_is_taken_away_is_missed(checkout: Path) -> None:
    (checkout / "package.json").write_text('{"dependencies": {"left-pad": "1.3.0"}}\n')
    locked = '"packages": {"": {"dependencies": {"left-pad": "1.3.0"}}, "node_modules/left-pad": {"version": "1.3.0"}}'
    (checkout / "package-lock.json").write_text(f'{{"lockfileVersion": 3, {locked}}}\n')
    must("git", "add", ".", cwd=checkout)
    must("git", "commit", "-q", "-m", "x", cwd=checkout)
    must("git", "rm", "-q", "package-lock.json", cwd=checkout)
    done = run("git", "commit", "-q", "-m", "x", cwd=checkout)
    assert (done.returncode, "no lockfile" in done.stdout + done.stderr) == (1, True)


@pytest.mark.against
@pytest.mark.slow
def test_all_files(checkout: Path) -> None:
    must("git", "commit", "-q", "--no-verify", "--allow-empty", "-m", "x", cwd=checkout)
    (checkout / "app.py").write_text(f"key = '{KEY}'\n")
    must("git", "add", ".", cwd=checkout)
    must("git", "commit", "-q", "--no-verify", "-m", "x", cwd=checkout)
    assert run("pre-commit", "run", "--all-files", cwd=checkout).returncode == 1


@pytest.mark.against
@pytest.mark.slow
def test_the_secret_hook_takes_less_than_half_a_second(checkout: Path) -> None:
    (program,) = {path.resolve() for path in (CACHE / "home").glob("repo*/py_env-*/bin/security-scan") if _installed_for(checkout, path)}
    (checkout / "app.py").write_text("x = 1\n" * 2000)
    must("git", "add", ".", cwd=checkout)
    must(str(program), "staged", "--only", "secrets", cwd=checkout)
    alone = min(_seconds(checkout, str(program), "staged", "--only", "secrets") for _ in range(5))
    (checkout / "nothing.yaml").write_text(NOTHING)
    empty = min(_seconds(checkout, "pre-commit", "run", "--config", "nothing.yaml") for _ in range(5))
    whole = min(_seconds(checkout, "pre-commit", "run", "security-scan-secrets") for _ in range(5))
    print(f"the hook alone {alone:.2f} s; pre-commit with it {whole:.2f} s, with a hook that does nothing {empty:.2f} s")
    assert alone < 0.5
    assert whole - empty < 0.5


def _seconds(checkout: Path, *command: str) -> float:
    """Processor time of a command and its children: what it takes on a machine with nothing else to do."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    must(*command, cwd=checkout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _installed_for(checkout: Path, program: Path) -> bool:
    """Whether pre-commit made this environment for the commit that the checkout names."""
    wanted = yaml.safe_load((checkout / ".pre-commit-config.yaml").read_text())["repos"][0]["rev"]
    return run("git", "rev-parse", "HEAD", cwd=program.parents[2]).stdout.strip() == wanted
