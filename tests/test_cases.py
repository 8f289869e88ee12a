"""Case folders: a repository in, the rendered output and exit code out.

``tests/cases/NAME/`` has ``repo/`` (the tree; a ``plant.py`` in the case folder may add what cannot stand in a file), ``args`` (options,
one line) and ``expected.txt`` (the github format and the exit code). ``UPDATE_CASES=1 pytest tests/test_cases.py`` writes the latter anew.
"""

from __future__ import annotations

import io
import os
import re
import runpy
import shlex
import shutil
from pathlib import Path

import pytest

from scanner.cli import main

HERE = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[1]
CASES = sorted(folder for folder in HERE.iterdir() if (folder / "repo").is_dir() or (folder / "plant.py").is_file())


@pytest.mark.parametrize("case", CASES, ids=lambda folder: folder.name)
def test_case(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "repo"
    shutil.copytree(case / "repo", tree) if (case / "repo").is_dir() else tree.mkdir()
    if (case / "plant.py").is_file():
        runpy.run_path(str(case / "plant.py"))["plant"](tree)
    monkeypatch.chdir(tree)
    args = shlex.split((case / "args").read_text()) if (case / "args").is_file() else []
    advisories = ["--advisories", "offline", "--advisory-db", str(ROOT / "examples" / "advisories")]
    out, err = io.StringIO(), io.StringIO()
    code = main(["scan", ".", "--format", "github", *advisories, *args], {"HOME": str(tmp_path)}, out, err)
    shown = _steady(f"{out.getvalue()}{err.getvalue()}exit {code}\n").replace(str(ROOT), "<project>").replace(str(tmp_path), "<tmp>")
    if os.environ.get("UPDATE_CASES"):
        (case / "expected.txt").write_text(shown)
    assert shown == (case / "expected.txt").read_text()


def _steady(text: str) -> str:
    """The text without what differs from run to run: seconds, and days until today."""
    return re.sub(r"\b\d+ days ago", "N days ago", re.sub(r"\b\d+\.\d+ ?s\b", "N s", text))
