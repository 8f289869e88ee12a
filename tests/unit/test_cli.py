"""The program as its user meets it before anything is scanned."""

from __future__ import annotations

import io
from pathlib import Path

import pygit2
import pytest

from scanner.cli import main


@pytest.mark.parametrize("env", [{}, {"GITHUB_ACTIONS": "true"}])
@pytest.mark.parametrize(("group", "word"), [("db", "update"), ("rules", "test"), ("baseline", "prune")])
def test_a_group_without_its_command_shows_what_there_is(group: str, word: str, env: dict[str, str]) -> None:
    out, err = io.StringIO(), io.StringIO()
    assert main([group], env, out, err) == 2
    assert out.getvalue() == ""
    lines = err.getvalue().splitlines()
    assert lines[0] == f"Usage: security-scan {group} [OPTIONS] COMMAND [ARGS]..."
    assert any(line.strip().startswith(f"{word} ") for line in lines)


def said(*args: str) -> tuple[int, str]:
    """The exit code of a scan for secrets, and everything it says."""
    out = io.StringIO()
    return main([*args, "--only", "secrets"], {}, out, out), out.getvalue()


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.py", "a.py: not a baseline of detect-secrets"), (".", "cannot be read: not a file"), ("gone", "baseline: no such file: ")],
)
def test_a_baseline_that_is_named_is_one_or_is_an_error(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    code, text = said(str(tmp_path), "--baseline", str(tmp_path / name))
    assert (code, words in text) == (2, True), text
    assert str(tmp_path) in text
    assert ".secrets.baseline" not in text


@pytest.mark.parametrize(("after", "hint"), [(".", "PATH goes first"), ("sub", "PATH goes first"), ("gone", "a range is written A..B")])
def test_a_folder_taken_for_a_range_says_how_to_write_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str, hint: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.py").write_text("x = 1\n")
    pygit2.init_repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    code, text = said("--history", after)
    assert (code, hint in text, "--history=RANGE" in text) == (3, True, hint == "PATH goes first"), text
