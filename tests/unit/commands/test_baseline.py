"""baseline create and prune: what they accept, keep and forget, and that detect-secrets itself reads the file."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.cli import main

PATTERN = "secrets: {patterns: [{id: marker, description: d, regex: 'MARKER_[a-z]{8}', severity: high}]}\n"
FIRST, SECOND = "MARKER_" + "aaaabbbb", "MARKER_" + "ccccdddd"


def run(*args: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main([*args], {}, out, err)
    return code, out.getvalue() + err.getvalue()


def scan(tree: Path) -> int:
    return run("scan", str(tree), "--only", "secrets")[0]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / ".security-scan.yml").write_text(PATTERN)
    (tmp_path / "a.txt").write_text(f"{FIRST}\n")
    return tmp_path


def test_what_is_there_is_accepted_and_what_comes_later_is_not(tree: Path) -> None:
    assert scan(tree) == 1
    code, said = run("baseline", "create", str(tree))
    assert (code, "1 accepted" in said) == (0, True)
    assert scan(tree) == 0
    (tree / "a.txt").write_text(f"one\ntwo\n{FIRST}\n")
    assert scan(tree) == 0, "an edit above does not bring it back"
    (tree / "a.txt").write_text(f"{FIRST}\n{SECOND}\n")
    assert scan(tree) == 1


def test_prune_forgets_what_is_gone_and_adds_nothing(tree: Path) -> None:
    run("baseline", "create", str(tree))
    (tree / "a.txt").write_text(f"{SECOND}\n")
    code, said = run("baseline", "prune", str(tree))
    assert (code, "0 of 1 entries kept" in said) == (0, True)
    assert json.loads((tree / ".secrets.baseline").read_text())["results"] == {}
    assert scan(tree) == 1


def test_what_people_said_is_kept(tree: Path) -> None:
    run("baseline", "create", str(tree))
    path = tree / ".secrets.baseline"
    data = json.loads(path.read_text())
    data["results"]["a.txt"][0]["is_secret"] = True
    path.write_text(json.dumps(data))
    run("baseline", "create", str(tree))
    assert json.loads(path.read_text())["results"]["a.txt"][0]["is_secret"] is True
    assert scan(tree) == 1, "audited as a real secret: not accepted"


def test_no_value_is_in_the_file_and_detect_secrets_reads_it(tree: Path) -> None:
    run("baseline", "create", str(tree))
    path = tree / ".secrets.baseline"
    assert FIRST not in path.read_text()
    # In a process of its own: loading a baseline changes detect-secrets' settings for the rest of it.
    code = "import json, sys; from detect_secrets.core import baseline; found = baseline.load(json.load(open(sys.argv[1])), sys.argv[1])"
    words = [sys.executable, "-c", f"{code}; print(*[secret.filename for _, secret in found])", str(path)]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout.split() == ["a.txt"]


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("prune",), 2, "no baseline"),
        (("create", "--baseline", "."), 2, "cannot be read: not a file"),
        (("create", "--baseline", "a.txt/x"), 3, "cannot be written: File exists"),
        (("create", "--baseline", "no/such/folder/\0x"), 3, "the job is not green"),
    ],
    ids=["nothing to prune", "a folder", "a file where a folder must be", "no name for a file"],
)
def test_what_cannot_be_done_is_said(tree: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], code: int, words: str) -> None:
    monkeypatch.chdir(tree)
    found, said = run("baseline", args[0], str(tree), *args[1:])
    assert (found, words in said) == (code, True), said
    assert said.count("\n") == 1
    assert not (tree / ".secrets.baseline").exists()


def test_a_file_that_cannot_be_read_stops_a_prune(tree: Path) -> None:
    run("baseline", "create", str(tree))
    before = (tree / ".secrets.baseline").read_text()
    (tree / "a.txt").unlink()
    (tree / ".security-scan.yml").write_text("secrets: [\n")
    assert run("baseline", "prune", str(tree))[0] == 2
    assert (tree / ".secrets.baseline").read_text() == before
