"""The change under review, on real repositories."""

from __future__ import annotations

from pathlib import Path

import pygit2
import pytest

from scanner import difference
from scanner.changes import Revisions, compare
from scanner.difference import EVERY_LINE
from scanner.errors import WorkspaceError
from scanner.models import Location

WHO = pygit2.Signature("a", "a@b.example", 1_700_000_000, 0)


class Repo:
    """A small repository that a test writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git = pygit2.init_repository(root, initial_head="main")

    def commit(self, files: dict[str, str], *parents: str) -> str:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
            self.git.index.add(name)
        self.git.index.write()
        tree = self.git.index.write_tree()
        before = list(parents) or ([] if self.git.head_is_unborn else [str(self.git.head.target)])
        made = self.git.create_commit(None, WHO, WHO, "c", tree, before)
        self.git.set_head(made) if self.git.head_is_detached else self.git.create_reference("refs/heads/main", made, force=True)
        return str(made)

    def checkout(self, commit: str) -> None:
        self.git.checkout_tree(self.git[commit], strategy=pygit2.enums.CheckoutStrategy.FORCE)
        self.git.set_head(pygit2.Oid(hex=commit))
        self.git.index.read()


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path)


def test_added_lines_against_the_merge_base(repo: Repo) -> None:
    first = repo.commit({"a.txt": "1\n2\n3\n", "gone.txt": "x\n"})
    repo.checkout(first)
    repo.commit({"a.txt": "1\nnew\n2\n3\nlast\n", "dir/b.txt": "x\ny\n"})
    change = compare(str(repo.root), Revisions(base=first))
    assert change.added == {"a.txt": ((2, 2), (5, 5)), "dir/b.txt": ((1, 2),)}
    assert [change.adds(Location(path="a.txt", line=line)) for line in (1, 2, 3, 5)] == [False, True, False, True]
    assert (change.read_base("a.txt"), change.read_base("dir/b.txt"), change.read_base("dir")) == ("1\n2\n3\n", None, None)
    assert (change.base, change.base_date, len(change.commits)) == (first, "2023-11-14T22:13:20Z", 1)


def test_work_that_is_not_committed_counts(repo: Repo) -> None:
    first = repo.commit({"a.txt": "1\n"})
    (repo.root / "a.txt").write_text("1\n2\n")
    (repo.root / "new.txt").write_text("n\n")
    assert compare(str(repo.root), Revisions(base=first)).added == {"a.txt": ((2, 2),), "new.txt": ((1, 1),)}


def test_a_pull_request_is_compared_with_the_first_parent_of_its_merge_commit(repo: Repo) -> None:
    start = repo.commit({"a.txt": "1\n"})
    repo.checkout(start)
    head = repo.commit({"feature.txt": "f\n"}, start)
    repo.checkout(start)
    main = repo.commit({"main.txt": "m\n"}, start)
    merge = repo.commit({"feature.txt": "f\n"}, main, head)
    repo.checkout(merge)
    change = compare(str(repo.root), Revisions(base=start, head=head))
    assert (change.base, set(change.added)) == (main, {"feature.txt"}), "base.sha lags behind; main.txt is not the author's"


def test_a_diverged_branch_is_compared_with_the_merge_base(repo: Repo) -> None:
    start = repo.commit({"a.txt": "1\n"})
    repo.checkout(start)
    main = repo.commit({"main.txt": "m\n"}, start)
    repo.checkout(start)
    head = repo.commit({"feature.txt": "f\n"}, start)
    repo.checkout(head)
    assert compare(str(repo.root), Revisions(base=main)).base == start


def test_a_folder_of_the_repository(repo: Repo) -> None:
    first = repo.commit({"app/a.txt": "1\n", "b.txt": "1\n"})
    repo.commit({"app/a.txt": "2\n", "b.txt": "2\n"})
    change = compare(str(repo.root / "app"), Revisions(base=first))
    assert (change.added, change.read_base("a.txt")) == ({"a.txt": ((1, 1),)}, "1\n")


@pytest.mark.parametrize("base", ["0" * 40, "deadbeef", "no-such-ref", ""])
def test_a_base_that_is_not_there(repo: Repo, base: str) -> None:
    repo.commit({"a.txt": "1\n"})
    with pytest.raises(WorkspaceError, match="is not in this clone"):
        compare(str(repo.root), Revisions(base=base))


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError):
        compare(str(tmp_path), Revisions(base="main"))


def test_lines_that_are_staged_and_lines_that_are_not(repo: Repo) -> None:
    first = repo.commit({"a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n", "b.txt": "1\n"})
    (repo.root / "a.txt").write_text("new\n1\n2\n3\n4\n5\n6\n7\n8\n")
    repo.git.index.add("a.txt")
    repo.git.index.write()
    (repo.root / "a.txt").write_text("new\n1\n2\n3\nmore\nmore\n4\n5\n6\n7\n8\nlast\n")
    assert compare(str(repo.root), Revisions(base=first)).added == {"a.txt": ((1, 1), (5, 6), (12, 12))}


def test_a_file_that_is_out_of_the_index_but_there(repo: Repo) -> None:
    first = repo.commit({"a.txt": "1\n2\n"})
    repo.git.index.remove("a.txt")
    repo.git.index.write()
    (repo.root / "a.txt").write_text("1\n2\n3\n")
    assert compare(str(repo.root), Revisions(base=first)).added == {"a.txt": ((3, 3),)}


def test_a_link_that_becomes_a_file_and_a_mode_that_changes(repo: Repo) -> None:
    """A file that takes the place of a link is one taken away and one put there, in this order or the other."""
    (repo.root / "b.txt").symlink_to("a.txt")
    repo.commit({"a.txt": "1\n"})
    repo.git.index.add("b.txt")
    repo.git.index.write()
    first = repo.commit({})
    (repo.root / "b.txt").unlink()
    (repo.root / "b.txt").write_text("1\n2\n")
    (repo.root / "a.txt").chmod(0o755)
    assert compare(str(repo.root), Revisions(base=first)).added == {"b.txt": ((1, 2),), "a.txt": ()}
    repo.commit({"a.txt": "1\n", "b.txt": "1\n2\n"})
    assert compare(str(repo.root), Revisions(base=first)).added == {"b.txt": ((1, 2),), "a.txt": ()}


@pytest.mark.parametrize("staged", [False, True])
def test_what_is_no_text_to_git_and_not_committed_is_new(repo: Repo, staged: bool) -> None:
    first = repo.commit({".gitattributes": "* -diff\n", "a.txt": "1\n"})
    (repo.root / "a.txt").write_text("1\n2\n")
    (repo.root / "new.txt").write_text("n\n\0\n")
    if staged:
        repo.git.index.add_all()
        repo.git.index.write()
    lines = {"a.txt": ((2, 2),), "new.txt": ((1, 2),)}
    assert compare(str(repo.root), Revisions(base=first)).added == (lines if staged else dict.fromkeys(lines, EVERY_LINE))


def test_what_is_too_large_to_be_compared_as_text(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "MOST_COMPARED", 4)
    first = repo.commit({".gitattributes": "* -diff\n", "a.txt": "1\n", "b.txt": "12345\n", "c.txt": "1\n"})
    repo.commit({"a.txt": "1\n2\n", "b.txt": "1\n", "c.txt": "12345\n", "d.txt": "12345\n", "e.txt": "", "f.txt": "1\n"})
    assert compare(str(repo.root), Revisions(base=first)).added == {
        "a.txt": ((2, 2),), "b.txt": EVERY_LINE, "c.txt": EVERY_LINE, "d.txt": EVERY_LINE, "e.txt": (), "f.txt": ((1, 1),),
    }
