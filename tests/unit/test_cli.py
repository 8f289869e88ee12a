"""The program as its user meets it before anything is scanned."""

from __future__ import annotations

import io

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
