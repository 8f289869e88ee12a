"""How a checkout stands against its index: whatever git would call a change is seen, and a report says the same either way."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
from pathlib import Path
from subprocess import run
from typing import TYPE_CHECKING

import msgspec
import pygit2
import pytest

from scanner import checkout, standing, workspace, worktree
from scanner.changes import Revisions, compare
from scanner.cli import main
from scanner.untouched import untouched

if TYPE_CHECKING:
    from collections.abc import Callable

WHO = pygit2.Signature("a", "a@b.example", 1_700_000_000, 0)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two commits of files, a link and a script in three folders; written some time before the index."""
    folder = tmp_path / "tree"
    for name in ("a.txt", "d/b.txt", "d/c.txt", "d/e/f.txt", "köln/ü.txt", "tool.sh"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}\n")
    (folder / ".gitignore").write_text("*.log\nbuild/\n")
    (folder / "tool.sh").chmod(0o755)
    (folder / "link").symlink_to("d/b.txt")
    for path in folder.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    commit(folder, "first")
    (folder / "d" / "b.txt").write_text("d/b.txt\nmore\n")
    os.utime(folder / "d" / "b.txt", (1_700_000_000, 1_700_000_000))
    commit(folder, "second")
    return folder


def commit(folder: Path, word: str) -> None:
    repo = pygit2.init_repository(folder, initial_head="main")
    repo.index.add_all()
    parents = [] if repo.head_is_unborn else [repo.head.target]
    repo.create_commit("HEAD", WHO, WHO, word, repo.index.write_tree(), parents)
    repo.index.write()


def stands(folder: Path) -> standing.Standing | None:
    return standing.begin(str(folder))()


def clean(folder: Path) -> bool:
    found = stands(folder)
    return found is not None and found.clean(checkout.asking(str(folder)))


def rewrite(path: Path, text: str) -> None:
    """Other content of the same size and time."""
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_link(folder: Path) -> None:
    """A folder becomes a link to a copy of itself outside, times and all."""
    shutil.copytree(folder / "d", folder.parent / "copy", copy_function=shutil.copy2)
    shutil.rmtree(folder / "d")
    (folder / "d").symlink_to(folder.parent / "copy")


def stage(folder: Path) -> None:
    (folder / "a.txt").write_text("staged\n")
    repo = pygit2.Repository(folder)
    repo.index.add("a.txt")
    repo.index.write()


def nested(folder: Path) -> None:
    pygit2.init_repository(folder / "d" / "inner")
    (folder / "d" / "inner" / "x").write_text("x\n")


def made_anew(folder: Path) -> None:
    (folder / "d").rename(folder / "y")
    shutil.copytree(folder / "y", folder / "d")
    shutil.rmtree(folder / "y")


CHANGES: dict[str, Callable[[Path], object]] = {
    "edited": lambda folder: (folder / "a.txt").write_text("longer than before\n"),
    "same size and time": lambda folder: rewrite(folder / "a.txt", "b.txt\n"),
    "gone": lambda folder: (folder / "d" / "c.txt").unlink(),
    "folder gone": lambda folder: shutil.rmtree(folder / "d" / "e"),
    "new": lambda folder: (folder / "d" / "new.txt").write_text("n\n"),
    "new folder": lambda folder: ((folder / "fresh").mkdir(), (folder / "fresh" / "new.txt").write_text("n\n")),
    "a name as odd as can be": lambda folder: Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe\n.txt")).write_text("n\n"),
    "not executable any more": lambda folder: (folder / "tool.sh").chmod(0o644),
    "executable": lambda folder: (folder / "a.txt").chmod(0o755),
    "link elsewhere": lambda folder: ((folder / "link").unlink(), (folder / "link").symlink_to("d/c.txt")),
    "file for a link": lambda folder: ((folder / "link").unlink(), (folder / "link").write_text("d/b.txt")),
    "link for a file": lambda folder: ((folder / "a.txt").unlink(), (folder / "a.txt").symlink_to("d/b.txt")),
    "link for a folder": replace_by_link,
    "pipe for a file": lambda folder: ((folder / "a.txt").unlink(), os.mkfifo(folder / "a.txt")),
    "staged": stage,
    "another repository": nested,
}
HARMLESS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda folder: None,
    "written again": lambda folder: (folder / "a.txt").write_text("a.txt\n"),
    "later": lambda folder: os.utime(folder / "a.txt"),
    "ignored": lambda folder: (folder / "d" / "x.log").write_text("n\n"),
    "ignored folder": lambda folder: ((folder / "build").mkdir(), (folder / "build" / "x").write_text("n\n")),
    "copied link": lambda folder: ((folder / "link").unlink(), (folder / "link").symlink_to("d/b.txt")),
    "the folder made anew": made_anew,
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_git_calls_a_change_is_seen(tree: Path, name: str) -> None:
    CHANGES[name](tree)
    found = stands(tree)
    assert found is None or not clean(tree) or found.tree != str(pygit2.Repository(tree).head.peel(pygit2.Tree).id)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_git_calls_none_is_none(tree: Path, name: str) -> None:
    HARMLESS[name](tree)
    assert clean(tree)
    assert not [path for path, status in pygit2.Repository(tree).status().items() if status != pygit2.enums.FileStatus.IGNORED]


@pytest.mark.parametrize("name", [*CHANGES, *HARMLESS])
def test_the_change_and_the_listing_are_those_of_the_library(tree: Path, name: str) -> None:
    (CHANGES | HARMLESS)[name](tree)
    revisions = Revisions(base="HEAD^")
    plain, ours = compare(str(tree), revisions), compare(str(tree), revisions, standing.begin(str(tree)))
    assert ours.added == plain.added
    assert (ours.base, ours.base_date, ours.commits) == (plain.base, plain.base_date, plain.commits)
    listed = workspace.list_files(str(tree))
    assert _sorted(workspace.list_files(str(tree), (), stands(tree))) == _sorted(listed)
    found = stands(tree)
    assert found is None or untouched(str(tree), listed.files, found) == untouched(str(tree), listed.files)


def _sorted(listing: workspace.Listing) -> tuple[object, ...]:
    links = sorted(link.path for link in listing.links)
    skipped = sorted((one.path, one.reason) for one in listing.skipped)
    return listing.files, links, skipped, listing.problems, listing.notices, listing.commit


@pytest.mark.parametrize("known", [True, False])
def test_of_two_files_that_are_shown_alike_both_have_to_be_untouched(tree: Path, *, known: bool) -> None:
    (tree / "x\\xff").write_text("1\n")
    commit(tree, "third")
    odd = Path(os.fsdecode(os.fsencode(tree) + b"/x\xff"))
    odd.write_text("2\n")
    files = workspace.list_files(str(tree)).files
    assert [file.path for file in files].count("x\\xff") == 2
    sure = untouched(str(tree), files, stands(tree) if known else None)
    assert "a.txt" in sure
    assert "x\\xff" not in sure


def test_a_file_written_as_late_as_the_index_is_read(tree: Path) -> None:
    """Its times say nothing: it may have been written again since, in the same moment."""
    index = tree / ".git" / "index"
    place = tree / "a.txt"
    os.utime(place, ns=(1, 1_800_000_000_000_000_001))
    repo = pygit2.Repository(tree)
    repo.index.add("a.txt")
    repo.index.write()
    os.utime(index, ns=(1, 1_800_000_000_000_000_001))
    assert clean(tree)
    stamp = place.stat()
    read = worktree._blob

    def other(pieces: object, size: int) -> str:
        return "0" * 40

    worktree._blob = other  # type: ignore[assignment]
    try:
        assert not clean(tree), "it was not read"
    finally:
        worktree._blob = read
    assert place.stat() == stamp


@pytest.mark.git
def test_what_is_left_to_the_library(tree: Path, tmp_path: Path) -> None:
    assert stands(tree / "d") is None
    assert stands(tmp_path / "nowhere") is None
    run(["git", "-C", str(tree), "update-index", "--assume-unchanged", "a.txt"], check=True)
    assert stands(tree) is None
    run(["git", "-C", str(tree), "update-index", "--no-assume-unchanged", "a.txt"], check=True)
    assert stands(tree) is not None
    (tree / ".git" / "config").write_text((tree / ".git" / "config").read_text() + "[include]\n\tpath = x\n")
    assert stands(tree) is None


def test_before_the_first_commit(tmp_path: Path) -> None:
    pygit2.init_repository(tmp_path)
    assert stands(tmp_path) is None


@pytest.mark.git
def test_a_merge_that_is_not_done(tree: Path) -> None:
    git = ["git", "-C", str(tree), "-c", "user.name=a", "-c", "user.email=a@b.example"]
    run([*git, "checkout", "-qb", "side"], check=True)
    for branch, text in (("side", "1\n"), ("main", "2\n")):
        run([*git, "checkout", "-q", branch], check=True)
        (tree / "a.txt").write_text(text)
        run([*git, "commit", "-qam", branch], check=True)
    assert run([*git, "merge", "-q", "side"], check=False, capture_output=True).returncode == 1
    assert stands(tree) is None


def test_several_processes_say_what_one_says(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("edited", "new", "gone", "link elsewhere"):
        CHANGES[name](tree)
    one = stands(tree)
    monkeypatch.setattr(standing, "ENOUGH", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    many = stands(tree)
    assert one is not None
    assert many is not None
    assert (many.touched, sorted(many.others)) == (one.touched, sorted(one.others)) == ({"a.txt", "d/c.txt", "link"}, ["d/new.txt"])


def test_a_process_that_fails_leaves_it_to_the_library(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> worktree.Seen:
        raise RuntimeError

    monkeypatch.setattr(worktree, "look", fail)
    assert stands(tree) is None


def _dies(*_: object) -> worktree.Seen:
    os.kill(os.getpid(), signal.SIGKILL)
    return worktree.Seen([], [])


def _dies_having_told(root: str, plain: object, folders: object, writing: int) -> None:
    os.write(writing, msgspec.msgpack.encode(([], [])))
    os.kill(os.getpid(), signal.SIGKILL)


def _tells_half(root: str, plain: object, folders: object, writing: int) -> None:
    os.write(writing, msgspec.msgpack.encode(([], [b"others"]))[:-3])


def _no_process() -> int:
    raise BlockingIOError


@pytest.mark.parametrize(("where", "name", "ours"), [
    (worktree, "look", _dies), (standing, "_tell", _dies_having_told), (standing, "_tell", _tells_half), (os, "fork", _no_process),
])
def test_no_answer_is_none(tree: Path, monkeypatch: pytest.MonkeyPatch, where: object, name: str, ours: object) -> None:
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(where, name, ours)
    assert stands(tree) is None
    assert len(os.listdir("/proc/self/fd")) == before


def test_one_process_of_two_cannot_be_made(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fork, asked = os.fork, iter((True, False))
    monkeypatch.setattr(os, "fork", lambda: fork() if next(asked) else _no_process())
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(standing, "ENOUGH", 1)
    assert stands(tree) is None
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_more_files_than_are_worth_reading_are_left_to_the_library(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worktree, "MOST_READ", 1)
    os.utime(tree / "a.txt")
    assert clean(tree)
    os.utime(tree / "d" / "b.txt")
    assert stands(tree) is None


@pytest.mark.parametrize("name", ["nothing", "edited", "new", "ignored folder"])
@pytest.mark.parametrize("memory", [False, True])
def test_the_report_is_the_same(tree: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, *, memory: bool) -> None:
    (CHANGES | HARMLESS)[name](tree)
    monkeypatch.setattr("scanner.leaks.WORTH_REMEMBERING", 1)
    env = {"SECURITY_SCAN_CACHE": str(tmp_path / "cache")} if memory else {}

    def report() -> str:
        out = io.StringIO()
        main(["scan", str(tree), "--base", "HEAD^", "-f", "json"], env, out, out)
        return re.sub(r'"(started_at|duration_s)": [^\n]*', "", out.getvalue())

    ours = [report(), report()]
    monkeypatch.setattr(standing, "begin", lambda root: lambda: None)
    assert ours == [report()] * 2
