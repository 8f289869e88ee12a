"""Which files are under scan, and that no name, link or device leads anywhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pygit2
import pytest

from scanner import workspace
from scanner.errors import WorkspaceError


def repository(root: Path, files: dict[str, str], ignored: str = "") -> Path:
    """A git repository with these files committed."""
    repo = pygit2.init_repository(root)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    if ignored:
        (root / ".gitignore").write_text(ignored)
    for name in [*files, *([".gitignore"] if ignored else [])]:
        repo.index.add(name)
    repo.index.write()
    who = pygit2.Signature("a", "a@b.example")
    repo.create_commit("HEAD", who, who, "first", repo.index.write_tree(), [])
    return root


def paths(root: Path, exclude: tuple[str, ...] = ()) -> list[str]:
    return [file.path for file in workspace.list_files(str(root), exclude).files]


def test_a_folder_without_git_is_walked(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.txt").write_text("x")
    (tmp_path / "a" / ".hg").mkdir()
    (tmp_path / "a" / ".hg" / "store").write_text("x")
    listing = workspace.list_files(str(tmp_path))
    assert [(file.path, file.size) for file in listing.files] == [("a/b/c.txt", 1)]
    assert listing.commit == ""


def test_tracked_and_untracked_but_not_ignored(tmp_path: Path) -> None:
    repository(tmp_path, {"a.txt": "1", "build/kept.txt": "2", "src/x.py": "3"}, "build/\n*.log\n")
    (tmp_path / "new.txt").write_text("n")
    (tmp_path / "noise.log").write_text("n")
    (tmp_path / "build" / "made.txt").write_text("n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "new.txt").write_text("n")
    assert paths(tmp_path) == [".gitignore", "a.txt", "build/kept.txt", "new.txt", "out/new.txt", "src/x.py"]
    listing = workspace.list_files(str(tmp_path))
    assert listing.commit == str(pygit2.Repository(tmp_path).head.target)
    assert {file.path: bool(file.blob) for file in listing.files}["new.txt"] is False


def test_a_tracked_file_whose_size_the_index_does_not_know_is_scanned_though_git_ignores_it(tmp_path: Path) -> None:
    """As tools that write an index without looking at the files leave it."""
    repository(tmp_path, {"a.txt": "1", "kept.log": "some text"}, "*.log\n")
    repo = pygit2.Repository(tmp_path)
    entry = repo.index["kept.log"]
    repo.index.remove("kept.log")
    repo.index.add(pygit2.IndexEntry(entry.path, entry.id, entry.mode))
    repo.index.write()
    assert [(file.path, file.size) for file in workspace.list_files(str(tmp_path)).files if file.path == "kept.log"] == [("kept.log", 9)]


def test_a_tracked_file_that_is_called_like_a_folder_of_a_vcs_is_scanned(tmp_path: Path) -> None:
    repository(tmp_path, {"a.txt": "1", ".hg": "some text"})
    repo = pygit2.Repository(tmp_path)
    entry = repo.index[".hg"]
    repo.index.remove(".hg")
    repo.index.add(pygit2.IndexEntry(entry.path, entry.id, entry.mode))
    repo.index.write()
    assert paths(tmp_path) == [".hg", "a.txt"]


def test_a_tracked_link_counts_though_git_ignores_it(tmp_path: Path) -> None:
    (tmp_path / "kept.lock").symlink_to("/nowhere")
    repository(tmp_path, {"a.txt": "1"}, "*.lock\n")
    repo = pygit2.Repository(tmp_path)
    repo.index.add("kept.lock")
    repo.index.write()
    (tmp_path / "other.lock").symlink_to("/nowhere")
    listing = workspace.list_files(str(tmp_path))
    assert [link.path for link in listing.links] == ["kept.lock"]
    assert [(skipped.path, skipped.reason) for skipped in listing.skipped] == [("kept.lock", "link to nothing")]


def test_a_tracked_file_that_is_gone_is_not_listed(tmp_path: Path) -> None:
    repository(tmp_path, {"a.txt": "1", "b.txt": "2"})
    (tmp_path / "a.txt").unlink()
    assert paths(tmp_path) == ["b.txt"]


def test_a_folder_inside_a_repository(tmp_path: Path) -> None:
    repository(tmp_path, {"app/a.txt": "1", "other.txt": "2"}, "app/skip.txt\n/ignored/\n")
    (tmp_path / "app" / "skip.txt").write_text("x")
    (tmp_path / "ignored").mkdir()
    (tmp_path / "ignored" / "seen.txt").write_text("x")
    assert paths(tmp_path / "app") == ["a.txt"]
    assert paths(tmp_path / "ignored") == ["seen.txt"], "a folder that was named is scanned though git ignores it"


def test_exclude_takes_gitignore_patterns(tmp_path: Path) -> None:
    repository(tmp_path, {"a.txt": "1", "vendor/b.txt": "2", "vendor/keep.txt": "3"})
    assert paths(tmp_path, ("vendor/*", "!vendor/keep.txt")) == ["a.txt", "vendor/keep.txt"]


def test_zero_files_is_a_problem(tmp_path: Path) -> None:
    listing = workspace.list_files(str(tmp_path))
    assert [problem.reason for problem in listing.problems] == ["no file to scan was found"]


def test_a_broken_repository_is_walked_and_said(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /no/such\n")
    (tmp_path / "a.txt").write_text("x")
    listing = workspace.list_files(str(tmp_path))
    assert [file.path for file in listing.files] == ["a.txt"]
    assert len(listing.notices) == 1


def test_a_repository_of_another_user(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    repository(tmp_path, {"a.txt": "1"}, "*.log\n")
    (tmp_path / "x.log").write_text("x")
    for folder, folders, files in os.walk(tmp_path):
        for name in (*folders, *files):
            os.chown(os.path.join(folder, name), 4711, 4711)
    os.chown(tmp_path, 4711, 4711)
    assert paths(tmp_path) == [".gitignore", "a.txt"]


def test_what_git_tracks_in_the_folder_of_another_version_control_is_scanned(tmp_path: Path) -> None:
    for name in (".svn/a.txt", "b/.hg/c.txt", ".hg/untracked.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    repo = pygit2.init_repository(tmp_path)
    repo.index.add(".svn/a.txt")
    repo.index.add("b/.hg/c.txt")
    repo.index.write()
    assert paths(tmp_path) == [".svn/a.txt", "b/.hg/c.txt"]


def test_odd_names(tmp_path: Path) -> None:
    names = [b"a\nb.txt", b"::error::x.txt", b"##[error]x", b"\xff\xfe.txt", b"\x1b[31m.txt", "ü.txt".encode(), b" lead", b"-r"]
    for name in names:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_text("x")
    pygit2.init_repository(tmp_path)
    listing = workspace.list_files(str(tmp_path))
    assert sorted(os.fsencode(file.name) for file in listing.files) == sorted(names)
    assert all(file.path.encode("utf-8") for file in listing.files)
    open_file = workspace.opener(str(tmp_path))
    for file in listing.files:
        os.close(open_file(file.name))


def test_links_are_never_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "in").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("outside")
    (root / "in" / "a.txt").write_text("x")
    (root / "out").symlink_to(tmp_path)
    (root / "file").symlink_to(tmp_path / "secret.txt")
    (root / "environ").symlink_to("/proc/self/environ")
    (root / "loop").symlink_to(root)
    (root / "gone").symlink_to("nothing")
    (root / "inner").symlink_to("in/a.txt")
    listing = workspace.list_files(str(root))
    assert [file.path for file in listing.files] == ["in/a.txt"]
    reasons = {skipped.path: skipped.reason for skipped in listing.skipped}
    assert reasons == {
        "out": "link out of the scanned tree", "file": "link out of the scanned tree", "environ": "link out of the scanned tree",
        "gone": "link to nothing", "loop": "link to the scanned tree itself",
    }


@pytest.mark.parametrize("name", ["file", "out/secret.txt", "../secret.txt", "environ", "fifo", "in", "gone", "a\0b", "x" * 5000])
def test_opener_refuses_everything_but_files_inside(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    (root / "in").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("outside")
    (root / "out").symlink_to(tmp_path)
    (root / "file").symlink_to(tmp_path / "secret.txt")
    (root / "environ").symlink_to("/proc/self/environ")
    os.mkfifo(root / "fifo")
    with pytest.raises(WorkspaceError):
        workspace.opener(str(root))(name)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"caf\xc3\xa9", "café"), (b"\xef\xbb\xbfa", "a"), ("a\n".encode("utf-16"), "a\n"), (b"\xff\xfea", None), (b"a\xff", None)],
)
def test_reader_decodes_or_refuses(tmp_path: Path, content: bytes, expected: str | None) -> None:
    (tmp_path / "f").write_bytes(content)
    read = workspace.text_reader(str(tmp_path), {})
    if expected is None:
        with pytest.raises(WorkspaceError, match="not UTF-8"):
            read("f")
    else:
        assert read("f") == expected


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "a/../../secret.txt", "file"])
def test_reader_stays_inside(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.txt").write_text("outside")
    (root / "file").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(WorkspaceError):
        workspace.text_reader(str(root), {})(path)


def test_reader_follows_a_link_that_stays_inside_and_says_none_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").symlink_to("a")
    read = workspace.text_reader(str(tmp_path), {"shown": "a"})
    assert (read("b"), read("shown"), read("none"), read("no/such")) == ("x", "x", None, None)


def test_an_unreadable_folder_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shut").mkdir()
    (tmp_path / "a").write_text("x")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("shut/"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    listing = workspace.list_files(str(tmp_path))
    assert [(problem.subject, problem.reason) for problem in listing.problems] == [("shut/", "folder cannot be read: Permission denied")]
