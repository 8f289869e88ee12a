"""The examples of ``docs/adding.md``, each put into a copy of the program as the page says, do what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scanner.secrets import Rule, rules
from scanner.secrets.examples import expand
from tests.conftest import ROOT
from tests.docs import pages

if TYPE_CHECKING:
    from pathlib import Path

ADDED = {block.note.removeprefix("adds: "): block.body for block in pages.blocks("py", "yml") if block.note.startswith("adds: ")}
KEPT = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))  # rules compiled before are not compiled again
OFFLINE = ("--advisories", "offline", "--advisory-db", str(ROOT / "examples" / "advisories"))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program."""
    shutil.copytree(ROOT / "scanner", tmp_path / "copy" / "scanner", ignore=shutil.ignore_patterns("__pycache__", "compiled"))
    return tmp_path / "copy"


def python(program: Path, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": str(program), "PATH": os.environ["PATH"], "HOME": str(program), "XDG_CACHE_HOME": KEPT}
    return subprocess.run([sys.executable, *args], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)


def put(program: Path, path: str) -> None:
    assert not (program / path).exists()
    (program / path).write_text(ADDED[path])


def test_every_example_of_the_page_is_tried() -> None:
    assert sorted(ADDED) == [
        "scanner/advisories/notes.py", "scanner/lockfiles/pins.py", "scanner/reporters/ids.py", "scanner/secrets/rules/zz-sample.yaml",
    ]


def test_a_lockfile_format(program: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pins.lock").write_text("jinja2==3.1.2\n")
    put(program, "scanner/lockfiles/pins.py")
    done = python(program, "-m", "scanner", *OFFLINE, cwd=project)
    assert done.returncode == 1, done.stderr
    assert "pins.lock:1" in done.stdout


def test_a_report_format(program: Path, tmp_path: Path) -> None:
    put(program, "scanner/reporters/ids.py")
    code = "from scanner import reporters; print('ids' in reporters.formats(), reporters.reporter('ids').render.__name__)"
    assert python(program, "-c", code, cwd=tmp_path).stdout == "True render\n"
    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "vulnerable-app", project)
    done = python(program, "-m", "scanner", "-f", "ids", *OFFLINE, cwd=project)
    assert done.returncode == 1, done.stderr
    assert len(done.stdout.splitlines()) > 10


def test_a_secret_rule(program: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text("x = 'smpl_" + "0f1e2d3c4b5a69788796a5b4c3d2e1f0'\n")
    put(program, "scanner/secrets/rules/zz-sample.yaml")
    done = python(program, "-m", "scanner", "--only", "secrets", cwd=project)
    assert done.returncode == 1, done.stderr
    assert "sample-token" in done.stdout
    assert "sample-token" in python(program, "-m", "scanner", "rules", "list", cwd=project).stdout
    examples = next(rule.examples for rule in rules.read(ADDED["scanner/secrets/rules/zz-sample.yaml"], "sample", shipped=True))
    assert (len(examples.match), len(examples.ignore)) == (3, 3)
    for template in (*examples.match, *examples.ignore):
        (project / "a.py").write_text(f"{expand(template)}\n")
        done = python(program, "-m", "scanner", "--only", "secrets", "-v", cwd=project)
        assert ("sample-token" in done.stdout) == (template in examples.match), template


def test_an_advisory_source(program: Path, tmp_path: Path) -> None:
    put(program, "scanner/advisories/notes.py")
    room = program / "scanner" / "advisories" / "__init__.py"
    chosen = "    if options.mode == \"offline\":\n        return (local,)\n"
    assert chosen in room.read_text()
    ours = "        from scanner.advisories.notes import Notes\n\n        return (local, Notes({'minimist'}))\n"
    room.write_text(room.read_text().replace(chosen, f'    if options.mode == "offline":\n{ours}'))
    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "vulnerable-app", project)
    assert "OURS-minimist" in python(program, "-m", "scanner", *OFFLINE, "-v", cwd=project).stdout


def test_every_key_of_a_rule_is_explained() -> None:
    page = (ROOT / "docs" / "adding.md").read_text("utf-8")
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page.partition("## A secret rule")[2].partition("\n## ")[0], re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(Rule.__struct_fields__)
