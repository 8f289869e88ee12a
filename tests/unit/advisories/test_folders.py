"""A directory of records of which a part cannot be opened: it is said, and nothing is taken for free of advisories."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.advisories import database
from scanner.errors import SourceError
from tests.unit.advisories.samples import npm
from tests.unit.advisories.test_database import NOW, ask, lay

SHUT = "cannot be read: Permission denied"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Records that name no ``left``, and a folder two levels down that holds those that may."""
    lay(tmp_path / "records")
    lay(tmp_path / "records" / "npm" / "shut")
    return tmp_path / "records"


def test_a_folder_that_cannot_be_opened_is_never_passed_by(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shut, scandir = str(shelf / "npm" / "shut"), os.scandir

    def refuse(path: object) -> object:
        if str(path) == shut:
            raise PermissionError(13, "Permission denied", shut)
        return scandir(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refuse)
    answer = ask(shelf, npm("left"), npm("right"))
    assert answer.advisories == {}
    assert [SHUT in reason and shut in reason for reason in answer.unanswered.values()] == [True, True]
    with pytest.raises(SourceError, match=SHUT):
        database.import_([shelf], shelf.parent / "adv.db", now=NOW)


def test_a_file_that_cannot_be_looked_at_is_a_bad_record(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder that may be listed and not entered."""
    lstat = Path.lstat

    def refuse(path: Path) -> os.stat_result:
        if path.parent.name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", refuse)
    assert all(SHUT in reason for reason in ask(shelf, npm("left"), npm("right")).unanswered.values())


@pytest.mark.parametrize("mode", [0o000, 0o400], ids=["shut", "may be listed and not entered"])
def test_it_is_so_for_real_permissions(shelf: Path, mode: int) -> None:
    """In a process without root's capability to read everything."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0 and setpriv is None:
        pytest.skip("root reads everything, and setpriv is not installed")
    before = [setpriv or "", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    (shelf / "npm" / "shut").chmod(mode)
    words = [sys.executable, "-m", "scanner", "db", "info", "--db", str(shelf)]
    done = subprocess.run([*before, *words], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])
    (shelf / "npm" / "shut").chmod(0o700)
    assert SHUT in done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["record", "folder", "nothing", "pipe"])
def test_what_is_not_followed_is_told(tmp_path: Path, kind: str) -> None:
    lay(tmp_path / "else")
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "one.json").write_bytes((tmp_path / "else").rglob("*.json").__next__().read_bytes())
    odd = tmp_path / "records" / "odd.json"
    if kind == "pipe":
        os.mkfifo(odd)
    else:
        target = {"record": tmp_path / "else" / "x.json", "folder": tmp_path / "else", "nothing": tmp_path / "gone"}[kind]
        (tmp_path / "else" / "x.json").write_text("{}")
        odd.symlink_to(target)
    answer = ask(tmp_path / "records", npm("unheard-of"))
    assert ["is not read" in reason for reason in answer.unanswered.values()] == [True]
