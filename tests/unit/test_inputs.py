"""Every input of the action, by way of the program: what the job says is what the scan goes by."""

from __future__ import annotations

import io

import pytest

from scanner import action, cli
from scanner.commands import scan
from scanner.settings import Options

NOT_INPUTS = {"only", "outputs", "detail", "format", "include_dev", "resolve", "as_of", "progress"}
"""What only the command line or the config file says."""


def options_of(monkeypatch: pytest.MonkeyPatch, arguments: list[str], **inputs: str) -> tuple[int, Options | None, str]:
    """Exit code, the options that the scan is called with, and what is said on the error stream."""
    seen: list[Options] = []
    monkeypatch.setattr(scan, "run", lambda options, *_: seen.append(options) or 0)
    err = io.StringIO()
    env = {"GITHUB_ACTIONS": "true"} | {f"INPUT_{name.replace('_', '-').upper()}": value for name, value in inputs.items()}
    code = cli.main(arguments, env=env, out=io.StringIO(), err=err)
    return code, seen[0] if seen else None, err.getvalue()


@pytest.mark.parametrize("name", sorted(set(Options.__struct_fields__) - NOT_INPUTS))
def test_every_input_reaches_the_scan(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    code, options, _ = options_of(monkeypatch, [], **{name: "some-word"})
    assert (code, getattr(options, name)) == (0, "some-word")


@pytest.mark.parametrize("name", action.FILE_INPUTS)
def test_every_report_file_reaches_the_scan(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    _, options, _ = options_of(monkeypatch, [], **{name: "there.txt"})
    assert options is not None
    assert options.outputs == ((f"{action.FILE_INPUTS[name]}=there.txt"),)


@pytest.mark.parametrize(
    ("arguments", "inputs", "history"),
    [
        ([], {}, None), (["--history"], {}, "all"), (["--history="], {}, "all"), (["--history=A..B"], {}, "A..B"),
        ([], {"history": "all"}, "all"),
        (["--history=A..B"], {"history": "all"}, "A..B"),
    ],
)
def test_the_history_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], inputs: dict[str, str], history: str | None
) -> None:
    _, options, _ = options_of(monkeypatch, arguments, **inputs)
    assert options is not None
    assert options.history == history


@pytest.mark.parametrize("name", action.SWITCHES)
@pytest.mark.parametrize(("word", "code"), [("true", 0), ("FALSE", 0), ("", 0), ("yes", 2), ("flase", 2)])
def test_a_switch_is_true_or_false(monkeypatch: pytest.MonkeyPatch, name: str, word: str, code: int) -> None:
    got, _, said = options_of(monkeypatch, [], **{name: word})
    assert got == code
    assert (f"{name}: '{word}' is not one of true, false" in said) is bool(code)
