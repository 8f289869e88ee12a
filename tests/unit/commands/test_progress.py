"""The bar: on a terminal, after a while, wiped at the end; nowhere else."""

from __future__ import annotations

import io

import pytest

from scanner.commands import _progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def drawn(stream: io.StringIO, env: dict[str, str], wanted: bool) -> str:
    with _progress.bar(stream, env, wanted) as told:
        if told is not None:
            told(0.25)
            told(1.0)
    return stream.getvalue()


def test_drawn_on_a_terminal_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "PATIENCE_S", -1.0)
    text = drawn(Terminal(), {"TERM": "xterm"}, True)
    assert "looking for secrets" in text
    assert text.endswith(("\x1b[2K", "\x1b[?25h", "\r\x1b[1A\x1b[2K"))


@pytest.mark.parametrize(
    ("stream", "env", "wanted"),
    [(io.StringIO(), {}, True), (Terminal(), {"TERM": "dumb"}, True), (Terminal(), {"TERM": "xterm"}, False), (Terminal(), {}, True)],
)
def test_silent_elsewhere_and_on_short_scans(stream: io.StringIO, env: dict[str, str], wanted: bool) -> None:
    assert drawn(stream, env, wanted) == ""
