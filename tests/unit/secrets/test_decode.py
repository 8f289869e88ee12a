"""Values wrapped once or twice."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from scanner.models import Severity
from scanner.secrets import decode
from tests.unit.secrets.test_scan import RULE, VALUE, scan, write

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = "login: x, pass" + "word: 1, tt" + "_ab12cd34 and so on"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("lead", ["", "a", "ab", "abc"])
@pytest.mark.parametrize(
    ("wrap", "kinds"),
    [
        (b64, "base64"), (lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="), "base64"),
        (lambda text: text.encode().hex(), "hex"), (lambda text: text.encode().hex().upper(), "hex"),
        (lambda text: quote(text, safe="").replace("%3A%20", "%3A"), "url"),
    ],
)
def test_a_secret_inside_is_found_at_the_run(tmp_path: Path, wrap, kinds: str, lead: str) -> None:  # type: ignore[no-untyped-def]
    text = wrap(lead + PLAIN)
    found = scan(write(tmp_path, {"a.txt": f"first\nvalue = '{text}'\n"})).findings
    places = [(item.location.line, item.location.column) for item in found if item.rule_id == "team-token"]
    assert places == [(2, 10)]
    assert all(kinds in item.message for item in found if item.rule_id == "team-token")


OTHER = VALUE[:-1] + "9"


@pytest.mark.parametrize("wrap", [b64, lambda text: text.encode().hex(), lambda text: quote(text, safe="")])
def test_all_secrets_of_a_run_are_found(tmp_path: Path, wrap) -> None:  # type: ignore[no-untyped-def]
    run = wrap(f"https://one:{VALUE}, token: {OTHER}, again: {VALUE}")
    write(tmp_path, {"a.txt": f"first\nvalue = '{run}' {VALUE[:-1]}z\n"})
    found = [item for item in scan(tmp_path).findings if item.rule_id == "team-token"]
    assert [(item.location.line, item.location.column, item.location.end_column) for item in found] == [
        (2, 10, 10 + len(run)), (2, 10, 10 + len(run)), (2, 12 + len(run), 23 + len(run)),
    ]
    assert len({item.id for item in found}) == 3
    assert not any(item.related for item in found)


def test_so_are_those_of_a_run_in_a_run(tmp_path: Path) -> None:
    inner = f'{{"token": "{VALUE[:-1]}z", "data": "{b64(f"token {VALUE} and token {OTHER}")}"}}'
    found = scan(write(tmp_path, {"a.txt": b64(inner)})).findings
    assert sorted((item.rule_id, item.message.partition("characters")[2]) for item in found if item.rule_id == "team-token") == [
        ("team-token", ", base64 in base64)"), ("team-token", ", base64 in base64)"), ("team-token", ", base64)")
    ]


def test_of_what_overlaps_in_a_run_the_most_telling_is_told(tmp_path: Path) -> None:
    rule = replace(RULE, id="wider", regex="tt_[a-z0-9]{8} and", severity=Severity.LOW)
    found = scan(write(tmp_path, {"a.txt": b64(PLAIN)}), patterns=(RULE, rule)).findings
    assert [item.rule_id for item in found if item.rule_id in {"team-token", "wider"}] == ["team-token"]


def test_twice_wrapped(tmp_path: Path) -> None:
    inner = "{" + f'"data": "{b64(PLAIN)}", "https://x.example": 1' + "}"
    (finding,) = [item for item in scan(write(tmp_path, {"a.txt": b64(inner)})).findings if item.rule_id == "team-token"]
    assert finding.location.column == 1


def test_words_are_found_in_every_alignment() -> None:
    ((_, regex), *_) = decode.triggers()
    import re

    for word in decode.WORDS:
        for lead in ("", "x", "xy"):
            assert len(word) < 4 or re.search(regex, b64(f"{lead}{word}zzz"))


@pytest.mark.parametrize("data", [b"c2VjcmV0", b"c2VjcmV0" * 4 + b"\xff", b"A" * 100_000, b"%3A%2F%2Fa%3A", b"70617373776f7264" * 9000])
@pytest.mark.parametrize("kind", ["base64", "hex", "url"])
def test_nothing_breaks(data: bytes, kind: str) -> None:
    for run in decode.unwrap(data, kind, list(range(1, min(len(data), 300)))):
        assert 0 <= run.start < run.end <= len(data)
