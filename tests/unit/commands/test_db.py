"""``db``: what could not be read is listed, and is no success."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from scanner.cli import main

RECORDS = Path(__file__).parents[3] / "examples" / "advisories"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    shutil.copytree(RECORDS, tmp_path / "records")
    return tmp_path / "records"


def db(*args: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(["db", *args], {}, out, out), out.getvalue()


def test_whole_records_make_a_database(records: Path, tmp_path: Path) -> None:
    made = db("import", str(records), "--db", str(tmp_path / "db"))
    assert (made[0], "left out" in made[1]) == (0, False)
    assert db("info", "--db", str(tmp_path / "db")) == made


@pytest.mark.parametrize("text", ["{", "[]", '{"id": 1}', "\0"])
def test_a_record_that_cannot_be_read_is_listed_and_no_success(records: Path, tmp_path: Path, text: str) -> None:
    (records / "PyPI" / "bad\x1b.json").write_text(text)
    code, said = db("import", str(records), "--db", str(tmp_path / "db"))
    assert code == 3
    assert "left out: " in said
    assert "bad" in said
    assert "\x1b" not in said
    assert "incomplete: what was left out will not be found" in said
    assert db("info", "--db", str(tmp_path / "db"))[0] == 0
