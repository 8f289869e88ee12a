"""Our reading of git's index against the library's, and what is left to the library."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import pygit2
import pytest

from scanner import index, workspace

if TYPE_CHECKING:
    from pathlib import Path


def _repository(folder: Path, names: list[str]) -> pygit2.Repository:
    repo = pygit2.init_repository(folder)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}\n")
    repo.index.add_all()
    repo.index.write()
    return repo


def _bytes(repo: pygit2.Repository) -> bytes:
    with open(f"{repo.path}index", "rb") as stream:
        return stream.read()


def test_the_entries_are_the_librarys(tmp_path: Path) -> None:
    chance = random.Random(3)
    names = [f"{'d' * chance.randrange(1, 9)}/{'n' * chance.randrange(1, 60)}{number}.txt" for number in range(300)]
    repo = _repository(tmp_path, [*names, "ä/ö.txt", "x" * 200])
    entries = index.read(_bytes(repo))
    assert entries is not None
    assert [(path, mode, blob) for path, mode, _, blob in entries] == [(e.path, int(e.mode), str(e.id)) for e in repo.index]
    assert all((tmp_path / path).stat().st_size == size for path, _, size, _ in entries)


def test_a_path_too_long_for_its_length_field(tmp_path: Path) -> None:
    repo = pygit2.init_repository(tmp_path)
    path = "/".join(["a" * 200] * 25)
    repo.index.add(pygit2.IndexEntry(path, repo.create_blob(b"text"), pygit2.enums.FileMode.BLOB))
    repo.index.add(pygit2.IndexEntry("z", repo.create_blob(b"text"), pygit2.enums.FileMode.BLOB))
    repo.index.write()
    assert [entry[0] for entry in index.read(_bytes(repo)) or ()] == [path, "z"]


def test_an_empty_index(tmp_path: Path) -> None:
    repo = _repository(tmp_path, [])
    assert index.read(_bytes(repo)) == []


def _signed(body: bytes) -> bytes:
    return body + hashlib.sha1(body).digest()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:30],
        lambda data: data[:-21] + b"?" + data[-20:],
        lambda data: _signed(b"CRID" + data[4:-20]),
        lambda data: _signed(data[:4] + (4).to_bytes(4, "big") + data[8:-20]),
        lambda data: _signed(data[:8] + (2**31).to_bytes(4, "big") + data[12:-20]),
        lambda data: _signed(data[:-20] + b"link" + bytes(4)),
        lambda data: _signed(data[:-20] + b"LONG" + b"\xff" * 4),
    ],
    ids=["empty", "cut", "flipped", "no index", "version 4", "too many", "split", "long extension"],
)
def test_what_is_damaged_or_of_another_form_is_not_read(tmp_path: Path, damage: object) -> None:
    data = _bytes(_repository(tmp_path, ["a.txt", "b/c.txt"]))
    assert index.read(data)
    assert index.read(damage(data)) is None  # type: ignore[operator]


def test_version_4_is_read_by_the_library(tmp_path: Path) -> None:
    repo = _repository(tmp_path, ["a.txt"])
    data = _bytes(repo)
    strip_nothing = b"\0"
    with open(f"{repo.path}index", "wb") as stream:
        stream.write(_signed(data[:4] + (4).to_bytes(4, "big") + data[8:74] + strip_nothing + b"a.txt\0"))
    listing = workspace.list_files(str(tmp_path))
    assert [(file.path, file.size, file.blob) for file in listing.files] == [("a.txt", 6, str(repo.index["a.txt"].id))]
    assert listing.notices == ()


def test_an_index_that_nobody_can_read_is_said(tmp_path: Path) -> None:
    repo = _repository(tmp_path, ["a.txt"])
    with open(f"{repo.path}index", "wb") as stream:
        stream.write(b"DIRC?")
    listing = workspace.list_files(str(tmp_path))
    assert [file.path for file in listing.files] == ["a.txt"]
    assert "every file below the path is scanned instead" in listing.notices[0].reason
