"""Values wrapped once or twice."""

from __future__ import annotations

import base64
import random
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from scanner.models import Severity
from scanner.secrets import decode, matcher, reading
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


def hexed(text: str) -> str:
    return text.encode().hex()


def tokens(root: Path, text: str) -> set[str]:
    """The ids, one for each value, of what is found of the team's tokens."""
    result = scan(write(root, {"a.txt": text}), disable=frozenset({"entropy-hex", "entropy-base64"}))
    assert not result.problems
    return {item.id for item in result.findings if item.rule_id == "team-token"}


@pytest.mark.parametrize("wrap", [b64, hexed])
@pytest.mark.parametrize("before", ["", "n", "nn", "nnn"])
def test_a_run_behind_other_characters_of_its_alphabet(tmp_path: Path, wrap, before: str) -> None:  # type: ignore[no-untyped-def]
    """As behind an escaped line end: ``\\n`` and the run."""
    assert len(tokens(tmp_path, "\\" + before.replace("n", "a" if wrap is hexed else "n") + wrap(PLAIN))) == 1


@pytest.mark.parametrize("wrap", [b64, hexed])
@pytest.mark.parametrize("length", [1000, 24_000, 24_003, 30_001, 47_002, 60_000, 150_001])
def test_a_secret_at_the_end_of_a_long_run(tmp_path: Path, wrap, length: int) -> None:  # type: ignore[no-untyped-def]
    plain = ("some plain words here and there\n" * (length // 32 + 1))[:length]
    assert len(tokens(tmp_path, f"data: {wrap(plain + PLAIN)}\n")) == 1


@pytest.mark.parametrize("wrap", [b64, hexed, quote])
@pytest.mark.parametrize("seed", range(3))
def test_all_secrets_of_a_very_long_run(tmp_path: Path, wrap, seed: int) -> None:  # type: ignore[no-untyped-def]
    chooser = random.Random(seed)
    parts = ["password=" if chooser.random() < 0.2 else "plain words\n" * chooser.randrange(200) for _ in range(300)]
    values = [f"tt_{number:08}" for number in range(100)]
    plain = "".join(f"{part}{f' token={values.pop()} ' if number % 3 == 0 else ''}" for number, part in enumerate(parts))
    assert len(tokens(tmp_path, f"data: {wrap(plain)}\n")) == 100


@pytest.mark.parametrize("off", [1, 200, 12_000, 24_000, 40_000, 66_000])
@pytest.mark.parametrize("length", [100, 18_000, 300_000])
def test_a_run_at_the_end_of_a_window(tmp_path: Path, off: int, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WINDOW", 256 * 1024)
    text = b64("plain\n" * (length // 12) + PLAIN + "plain\n" * (length // 12)) + "\n"
    whole = ("x y z\n" * 200_000).encode()
    end = next(iter(reading.split(whole))).end
    assert len(whole) > 2 * end
    assert len(tokens(tmp_path, whole[: end - off].decode() + "\n" + text + whole[end:].decode())) == 1


def test_a_source_map_is_not_looked_into_however_long_it_is(tmp_path: Path) -> None:
    plain = "".join(f'"plain {number}", ' for number in range(20_000)) + PLAIN
    assert not tokens(tmp_path, f"//# sourceMappingURL=data:application/json;base64,{b64(plain)}\n")
    assert tokens(tmp_path, f"//# somethingElse=data:application/json;base64,{b64(plain)}\n")


@pytest.mark.parametrize("wrap", [b64, hexed, quote])
def test_of_a_run_full_of_triggers_each_byte_is_read_few_times(wrap) -> None:  # type: ignore[no-untyped-def]
    data = wrap("token= " * 100_000).encode()
    (kind, regex) = next(one for one in decode.triggers() if one[0] == {b64: "base64", hexed: "hex", quote: "url"}[wrap])
    runs = list(decode.unwrap(data, kind, [end for _, end in matcher.build([regex.encode()]).ends(data)]))
    assert sum(len(run.data) for run in runs) < 3 * 700_000
    assert all(one.end <= other.start for one, other in pairwise(runs))
