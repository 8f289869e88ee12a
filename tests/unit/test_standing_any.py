"""Any repository after any operations: the listing, the change and what need not be read again are the same as the library's."""

from __future__ import annotations

import os
import random
import shutil
from contextlib import suppress
from pathlib import Path
from subprocess import run
from typing import TYPE_CHECKING

import pytest

from scanner import standing, workspace
from scanner.changes import Revisions, compare
from scanner.errors import ScannerError
from scanner.untouched import untouched

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from scanner.standing import Standing

NAMES = (
    "a.txt", "b.txt", "empty", "d/a.txt", "d/b.txt", "d/e/f.txt", "d/e/empty", "köln/ü.txt", "tool.sh", "build/forced", "x.log", ".hg/q",
    "o\udcff/odd\udcfe.txt", "m/n/o/p/q.txt",
)
IGNORED = ("*.log\nbuild/\nlink\n", "*.txt\n!a.txt\n", "d/e/\n", "")


class Tree:
    """A repository of two commits, and chance."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self.folder, self.chance = folder, chance
        folder.mkdir()
        self.git("init", "-qb", "main")
        names = chance.sample(NAMES, chance.randrange(3, 10))
        for name in names:
            self.write(folder / name)
        (folder / ".gitignore").write_text(chance.choice(IGNORED))
        (folder / "link").symlink_to(chance.choice(("a.txt", "nothing", "/etc")))
        if chance.random() < 0.6:
            for path in self.files():
                os.utime(path, (1_600_000_000, 1_600_000_000), follow_symlinks=False)
        self.git("add", "-fA")
        self.git("commit", "-qm", "first")
        for name in chance.sample(names, 2):
            self.write(folder / name)
        self.git("commit", "-qam", "second", "--allow-empty")
        self.git("update-index", "-q", "--refresh")

    def git(self, *words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
        run(["git", "-C", str(self.folder), *who, *words], check=False, capture_output=True)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{self.chance.randrange(9)}\n" for _ in range(self.chance.choice((0, 1, 3, 8)))))

    def paths(self) -> list[Path]:
        return [path for path in sorted(self.folder.rglob("*")) if ".git" not in path.relative_to(self.folder).parts]

    def files(self) -> list[Path]:
        return [path for path in self.paths() if path.is_symlink() or not path.is_dir()]

    def folders(self) -> list[Path]:
        return [path for path in self.paths() if path.is_dir() and not path.is_symlink()] or [self.folder]


def turn_round(_: Tree, path: Path) -> None:
    """Other content of the same size and time."""
    before = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def link(tree: Tree, path: Path) -> None:
    path.unlink()
    path.symlink_to(tree.chance.choice(("a.txt", "nothing", "/etc")))


def become_a_folder(tree: Tree, path: Path) -> None:
    path.unlink()
    tree.write(path / "in")


TO_A_FILE: tuple[Callable[[Tree, Path], object], ...] = (
    Tree.write, turn_round, link, become_a_folder,
    lambda _, path: path.unlink(),
    lambda tree, path: path.chmod(tree.chance.choice((0o644, 0o755, 0o664))),
    lambda _, path: os.utime(path),
    lambda _, path: (path.unlink(), os.mkfifo(path)),
    lambda tree, path: tree.git("add", "-f", str(path)),
    lambda tree, path: tree.git("rm", "-q", "--cached", str(path)),
    lambda tree, path: tree.git("update-index", "--assume-unchanged", str(path)),
    lambda tree, path: tree.git("update-index", "--skip-worktree", str(path)),
)
TO_A_FOLDER: tuple[Callable[[Tree, Path], object], ...] = (
    lambda tree, path: tree.write(path / tree.chance.choice(("new.txt", "new.log", ".svn"))),
    lambda tree, path: tree.write(path / "build" / "out"),
    lambda _, path: (path / "link").symlink_to("/etc"),
    lambda tree, path: tree.git("init", "-q", str(path / tree.chance.choice(("inner", ".")))),
    lambda _, path: shutil.rmtree(path),
    lambda _, path: (path.rename(path.with_name("copy")), path.symlink_to("copy")),
    lambda tree, path: (tree.write(path / "meant"), tree.git("add", "-fN", str(path / "meant"))),
    lambda _, path: (path / "void").mkdir(),
)
TO_ALL: tuple[Callable[[Tree], object], ...] = (
    lambda tree: tree.git("commit", "-qam", "more"),
    lambda tree: (tree.git("add", "-fA"), tree.git("commit", "-qm", "all")),
    lambda tree: tree.git("reset", "-q", "--soft", "HEAD^"),
    lambda tree: tree.git("reset", "-q", "--hard"),
    lambda tree: tree.git("update-index", "-q", "--refresh"),
    lambda tree: tree.git("update-index", "--index-version", "4"),
    lambda tree: tree.git("update-index", "--split-index"),
    lambda tree: (tree.git("update-index", "--force-untracked-cache"), tree.git("status")),
    lambda tree: tree.git("config", "core.fileMode", "false"),
    lambda tree: tree.git("config", "core.trustctime", "false"),
    lambda tree: tree.git("config", "core.symlinks", "false"),
    lambda tree: tree.git("config", "core.autocrlf", "input"),
    lambda tree: tree.git("config", "core.ignorecase", "true"),
    lambda tree: (tree.folder / ".gitignore").write_text(tree.chance.choice(IGNORED)),
    lambda tree: (tree.folder / ".gitattributes").write_text("*.txt text eol=crlf\n"),
    lambda tree: tree.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub"),
    lambda tree: os.utime(tree.folder / ".git" / "index", (tree.chance.choice((1_500_000_000, 2_000_000_000)),) * 2),
    lambda tree: tree.git("checkout", "-q", "HEAD^"),
)


def change(tree: Tree) -> None:
    """Do something that may happen to a checkout; what cannot be done to what is there is not."""
    with suppress(OSError):
        kind = tree.chance.randrange(3)
        if kind == 0:
            tree.chance.choice(TO_A_FILE)(tree, tree.chance.choice(tree.files()))
        elif kind == 1:
            tree.chance.choice(TO_A_FOLDER)(tree, tree.chance.choice(tree.folders()))
        else:
            tree.chance.choice(TO_ALL)(tree)


@pytest.mark.git
@pytest.mark.parametrize("seed", range(40))
def test_the_same_as_the_library_says(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    tree = Tree(tmp_path / "tree", chance)
    for _ in range(chance.randrange(4)):
        change(tree)
    root = str(tree.folder)
    found = standing.begin(root)()
    listed = workspace.list_files(root)
    assert _sorted(workspace.list_files(root, (), found)) == _sorted(listed)
    assert untouched(root, listed.files, found) <= untouched(root, listed.files)
    for base in ("HEAD", "HEAD^"):
        assert _compared(root, base, found) == _compared(root, base, None)


def _worktree(folder: Path) -> Path:
    run(["git", "-C", str(folder), "worktree", "add", "-q", "../other"], check=True)
    return folder.parent / "other"


def _shallow(folder: Path) -> Path:
    run(["git", "clone", "-q", "--depth", "1", folder.as_uri(), str(folder.parent / "other")], check=True)
    return folder.parent / "other"


def _bare(folder: Path) -> Path:
    run(["git", "clone", "-q", "--bare", str(folder), str(folder.parent / "other")], check=True)
    return folder.parent / "other"


def _link(folder: Path) -> Path:
    (folder.parent / "other").symlink_to(folder)
    return folder.parent / "other"


PLACES: dict[str, Callable[[Path], Path]] = {
    "here": lambda folder: folder, "by a link": _link, "shallow": _shallow,
    "worktree": _worktree, "bare": _bare, "below": lambda folder: folder / "d",
}


@pytest.mark.git
@pytest.mark.parametrize("where", PLACES)
def test_wherever_the_repository_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Variables of git's own, by which another repository or index would be meant, mean nothing here."""
    tree = Tree(tmp_path / "tree", random.Random(3))
    tree.write(tree.folder / "d" / "always.txt")
    tree.git("add", "-fA")
    tree.git("commit", "-qm", "third")
    root = str(PLACES[where](tree.folder))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    found = standing.begin(root)()
    assert (found is not None) is (where in {"here", "by a link", "shallow"})
    listed = workspace.list_files(root)
    assert listed.files
    assert _sorted(workspace.list_files(root, (), found)) == _sorted(listed)
    assert untouched(root, listed.files, found) == untouched(root, listed.files)
    assert _compared(root, "HEAD^", found) == _compared(root, "HEAD^", None)


def _sorted(listing: workspace.Listing) -> tuple[object, ...]:
    links = sorted(link.path for link in listing.links)
    skipped = sorted((one.path, one.reason) for one in listing.skipped)
    return listing.files, links, skipped, listing.problems, listing.notices, listing.commit


def _compared(root: str, base: str, found: Standing | None) -> object:
    try:
        change = compare(root, Revisions(base=base), lambda: found)
    except ScannerError as error:
        return str(error)
    return dict(change.added), change.base, change.commits
