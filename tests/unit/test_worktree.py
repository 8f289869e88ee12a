"""What is made of an index that git would not write: no file is taken for one of it that is not looked at."""

from __future__ import annotations

import hashlib
import os
import struct
from pathlib import Path

import pygit2
import pytest

from scanner import checkout, gitfolder, standing, workspace

FILE, FOLDER, LINK, SUBMODULE = 0o100644, 0o040000, 0o120000, 0o160000
WHO = pygit2.Signature("a", "a@b.example", 1_700_000_000, 0)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A commit of ``a`` and ``d/b``, and a file beside the repository."""
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "x").write_text("x\n")
    folder = tmp_path / "tree"
    (folder / "d").mkdir(parents=True)
    (folder / "a").write_text("a\n")
    (folder / "d" / "b").write_text("b\n")
    repo = pygit2.init_repository(folder, initial_head="main")
    repo.index.add_all()
    repo.create_commit("HEAD", WHO, WHO, "first", repo.index.write_tree(), [])
    return folder


def entry(folder: Path, name: bytes, mode: int, flags: int = 0) -> bytes:
    """An entry of the index (version 2) that says of the file of this name whatever is true of it."""
    path = os.path.join(os.fsencode(folder), name.partition(b"\0")[0])
    info = os.lstat(path)
    data = Path(os.fsdecode(path)).read_bytes() if os.path.isfile(path) else b"?"
    times = [part for time in (info.st_ctime_ns, info.st_mtime_ns) for part in divmod(time, 10**9)]
    blob = hashlib.sha1(b"blob %d\0%s" % (len(data), data), usedforsecurity=False).digest()
    stamp = struct.pack(">10I", *times, 0, info.st_ino & 0xFFFFFFFF, mode, 0, 0, info.st_size)
    body = stamp + blob + struct.pack(">H", len(name) | flags) + name
    return body + bytes(8 - len(body) % 8)


def write(folder: Path, entries: list[bytes], extensions: bytes = b"") -> None:
    """An index of these entries, written long after all files."""
    body = struct.pack(">4sII", b"DIRC", 2, len(entries)) + b"".join(entries) + extensions
    index = folder / ".git" / "index"
    index.write_bytes(body + hashlib.sha1(body, usedforsecurity=False).digest())
    os.utime(index, (2_000_000_000, 2_000_000_000))


def clean(folder: Path) -> bool:
    found = standing.begin(str(folder))()
    return found is not None and found.clean(checkout.asking(str(folder)))


def test_an_index_as_it_should_be(tree: Path) -> None:
    write(tree, [entry(tree, b"a", FILE), entry(tree, b"d/b", FILE)])
    assert clean(tree)


A, B = (b"a", FILE), (b"d/b", FILE)
ODD: dict[str, list[tuple[bytes, int] | tuple[bytes, int, int]]] = {
    "a folder as a file": [A, (b"d", FILE)],
    "a folder as what it is": [A, (b"d", FOLDER)],
    "a file and files below it": [A, (b"d", FILE), B],
    "a submodule and files below it": [A, (b"d", SUBMODULE), B],
    "files below a submodule": [A, B, (b"d", SUBMODULE)],
    "twice": [A, A, B],
    "a conflict": [(b"a", FILE, 0x2000), B],
    "not to be looked at": [(b"a", FILE, 0x8000), B],
    "a name from the root": [A, B, (b"/beside/x", FILE)],
    "a name that goes up": [A, B, (b"../beside/x", FILE)],
    "a way round": [A, B, (b"d/../a", FILE)],
    "two slashes": [A, (b"d//b", FILE), B],
    "a dot": [(b"./a", FILE), B],
    "the folder itself": [A, B, (b"d/.", SUBMODULE)],
    "the repository": [(b".git/config", FILE), A, B],
    "the end of a name in its middle": [A, (b"d/b\0c", FILE), B],
    "one is not there": [A],
    "a link": [(b"a", LINK), B],
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_index_hides_nothing(tree: Path, name: str) -> None:
    beside = os.fsencode(tree.parent / "beside")
    write(tree, [entry(tree, one[0].replace(b"/beside", beside) if one[0][:1] == b"/" else one[0], *one[1:]) for one in ODD[name]])
    assert not clean(tree)
    listed = workspace.list_files(str(tree), (), standing.begin(str(tree))())
    assert [file.name for file in listed.files] == [file.name for file in workspace.list_files(str(tree)).files]


@pytest.mark.parametrize(("text", "known"), [(b"\0002 0\n", True), (b"\0001 0\n", False), (b"\0-1 0\n", False), (b"d\0002 0\n", False)])
def test_the_tree_is_that_of_all_entries(tree: Path, text: bytes, *, known: bool) -> None:
    cached = text + b"t" * 20
    write(tree, [entry(tree, b"a", FILE), entry(tree, b"d/b", FILE)], b"TREE" + len(cached).to_bytes(4, "big") + cached)
    found = gitfolder.read(str(tree / ".git"))
    assert found is not None
    assert found.tree == (b"t".hex() * 20 if known else "")


@pytest.mark.parametrize("name", [b"UNTR", b"FSMN", b"link", b"sdir"])
def test_what_else_the_index_says_is_not_believed(tree: Path, name: bytes) -> None:
    """Of a cache of folders and a file system's word nothing is taken; a shared or sparse index is left to the library."""
    write(tree, [entry(tree, b"a", FILE), entry(tree, b"d/b", FILE)], name + bytes(4))
    assert clean(tree) == name.isupper()
    (tree / "d" / "new").write_text("n\n")
    assert not clean(tree)


def test_a_repository_in_a_tracked_folder_is_left_to_the_library(tree: Path) -> None:
    write(tree, [entry(tree, b"a", FILE), entry(tree, b"d/b", FILE)])
    (tree / "d" / ".git").write_text("gitdir: elsewhere\n")
    assert standing.begin(str(tree))() is None


def test_a_size_of_nothing_that_was_written_over_a_blob(tree: Path) -> None:
    """So git marks an entry whose times say nothing; the listing has the real size."""
    repo = pygit2.Repository(tree)
    good = entry(tree, b"a", FILE)
    write(tree, [good[:36] + bytes(4) + good[40:], entry(tree, b"d/b", FILE)])
    assert clean(tree)
    listed = workspace.list_files(str(tree), (), standing.begin(str(tree))())
    assert [(file.name, file.size) for file in listed.files] == [("a", 2), ("d/b", 2)]
    repo.free()


def test_the_working_directory_is_that_of_its_process_alone(tree: Path) -> None:
    before = Path.cwd()
    write(tree, [entry(tree, b"a", FILE), entry(tree, b"d/b", FILE)])
    assert clean(tree)
    assert Path.cwd() == before
