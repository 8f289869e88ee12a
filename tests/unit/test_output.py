"""A report file is there whole or not at all, and never anywhere but where it was asked for."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from scanner import output
from scanner.errors import OutputError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_who_reads_the_old_file_reads_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    output.write(str(path), "old " * 1000)
    with path.open() as reader:
        assert reader.read(4) == "old "
        output.write(str(path), "new")
        assert reader.read() == "old " * 999
    assert (path.read_text(), names(tmp_path)) == ("new", ["report.json"])
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("call", ["replace", "chmod", "fdopen"])
def test_what_fails_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OutputError, match="No space left on device"):
        output.write(str(path), "new")
    monkeypatch.undo()
    assert (path.read_text(), names(tmp_path)) == ("old", ["report.json"])


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("kept")
    (tmp_path / "report.json").symlink_to(tmp_path / "elsewhere")
    output.write(str(tmp_path / "report.json"), "new")
    assert (tmp_path / "elsewhere").read_text() == "kept"
    assert not (tmp_path / "report.json").is_symlink()


def test_folders_are_made_and_none_leads_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "workspace"
    inside.mkdir()
    monkeypatch.chdir(inside)
    output.write("a/b/report.json", "new", inside=str(inside))
    assert (inside / "a" / "b" / "report.json").read_text() == "new"
    (inside / "out").symlink_to(tmp_path)
    for path in ("out/report.json", "../report.json"):
        with pytest.raises(OutputError, match="leads out of the workspace"):
            output.write(path, "new", inside=str(inside))
    assert not (tmp_path / "report.json").exists()
    output.write(str(tmp_path / "report.json"), "new", inside=str(inside))
    assert (tmp_path / "report.json").read_text() == "new"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    output.write(str(pipe), "new")
    reader.join(timeout=10)
    assert read == ["new"]
    assert pipe.is_fifo()
