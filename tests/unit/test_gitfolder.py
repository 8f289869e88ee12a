"""Our reading of a ``.git`` folder against the library's, and what is left to the library."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from subprocess import run

import pygit2
import pytest

from scanner import gitfolder, workspace


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
    entries = gitfolder.entries(_bytes(repo))
    assert entries is not None
    assert [(path, mode, blob) for path, mode, _, blob in entries] == [(e.path, int(e.mode), str(e.id)) for e in repo.index]
    assert all((tmp_path / path).stat().st_size == size for path, _, size, _ in entries)


def test_a_path_too_long_for_its_length_field(tmp_path: Path) -> None:
    repo = pygit2.init_repository(tmp_path)
    path = "/".join(["a" * 200] * 25)
    repo.index.add(pygit2.IndexEntry(path, repo.create_blob(b"text"), pygit2.enums.FileMode.BLOB))
    repo.index.add(pygit2.IndexEntry("z", repo.create_blob(b"text"), pygit2.enums.FileMode.BLOB))
    repo.index.write()
    assert [entry[0] for entry in gitfolder.entries(_bytes(repo)) or ()] == [path, "z"]


@pytest.mark.git
@pytest.mark.parametrize("told", ["--assume-unchanged", "--skip-worktree"])
def test_a_file_that_git_was_told_not_to_look_at_is_nothing_known(tmp_path: Path, told: str) -> None:
    repo = _repository(tmp_path, ["a.txt", "b.txt"])
    run(["git", "-C", str(tmp_path), "update-index", told, "b.txt"], check=True)
    assert gitfolder.entries(_bytes(repo)) == [("a.txt", 0o100644, 6, str(repo.index["a.txt"].id)), ("b.txt", 0o100644, 6, "")]


def test_an_empty_index(tmp_path: Path) -> None:
    repo = _repository(tmp_path, [])
    assert gitfolder.entries(_bytes(repo)) == []


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
    assert gitfolder.entries(data)
    assert gitfolder.entries(damage(data)) is None  # type: ignore[operator]


def test_version_4_is_read_by_the_library(tmp_path: Path) -> None:
    repo = _repository(tmp_path, ["a.txt"])
    data = _bytes(repo)
    strip_nothing = b"\0"
    with open(f"{repo.path}index", "wb") as stream:
        stream.write(_signed(data[:4] + (4).to_bytes(4, "big") + data[8:74] + strip_nothing + b"a.txt\0"))
    listing = workspace.list_files(str(tmp_path))
    assert [(file.path, file.size, file.blob) for file in listing.files] == [("a.txt", 6, "")]
    assert listing.notices == ()


def test_an_index_that_nobody_can_read_is_said(tmp_path: Path) -> None:
    repo = _repository(tmp_path, ["a.txt"])
    with open(f"{repo.path}index", "wb") as stream:
        stream.write(b"DIRC?")
    listing = workspace.list_files(str(tmp_path))
    assert [file.path for file in listing.files] == ["a.txt"]
    assert "every file below the path is scanned instead" in listing.notices[0].reason


def _committed(folder: Path) -> tuple[pygit2.Repository, str]:
    repo = _repository(folder, ["a.txt"])
    who = pygit2.Signature("A", "a@mail.example", 1, 0)
    return repo, str(repo.create_commit("HEAD", who, who, "c", repo.index.write_tree(), []))


def test_the_commit_of_a_branch_of_a_packed_branch_and_of_none(tmp_path: Path) -> None:
    repo, commit = _committed(tmp_path)
    place = Path(repo.path)
    branch = place / repo.references["HEAD"].target
    assert (gitfolder.read(repo.path) or ())[:2] == (commit, gitfolder.entries(_bytes(repo)))
    branch.unlink()
    (place / "packed-refs").write_text(f"# pack-refs with: peeled\n{commit} {repo.references['HEAD'].target}\n")
    assert (gitfolder.read(repo.path) or ("?",))[0] == commit
    (place / "packed-refs").unlink()
    assert (gitfolder.read(repo.path) or ("?",))[0] == ""
    (place / "HEAD").write_text(f"{commit}\n")
    assert (gitfolder.read(repo.path) or ("?",))[0] == commit


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config", "[core]\n\tworktree = /elsewhere\n"),
        ("config", "[include]\n\tpath = other\n"),
        ("config", "[includeIf \"gitdir:/x\"]\n\tpath = other\n"),
        ("config", "[extensions]\n\tobjectformat = sha256\n"),
        ("config", "[core]\n\tbare = true\n"),
        ("config", "[core]\n\tbare\n\trepositoryformatversion = 1\n"),
        ("commondir", "../other\n"),
        ("HEAD", "ref: refs/heads/../../secret\n"),
        ("HEAD", "ref: refs/remotes/origin/x\n"),
        ("HEAD", "nothing\n"),
        ("refs/heads/main", "ref: refs/heads/other\n"),
        ("index", "DIRC"),
    ],
)
def test_a_repository_out_of_the_ordinary_is_left_to_the_library(tmp_path: Path, name: str, text: str) -> None:
    repo, commit = _committed(tmp_path)
    place = Path(repo.path)
    (place / "HEAD").write_text("ref: refs/heads/main\n")
    (place / "refs/heads/main").write_text(f"{commit}\n")
    assert gitfolder.read(repo.path) is not None
    (place / name).write_text(text)
    assert gitfolder.read(repo.path) is None


def test_the_library_is_not_asked_about_a_clean_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _committed(tmp_path)
    monkeypatch.setattr("scanner.checkout.repository", lambda root: pytest.fail("asked"))
    assert [file.path for file in workspace.list_files(str(tmp_path)).files] == ["a.txt"]
