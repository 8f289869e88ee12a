"""Secrets in commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygit2
import pytest

from scanner import secrets
from tests.unit.secrets.test_scan import RULE, VALUE, write

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = secrets.Options(patterns=(RULE,), jobs=2)
OTHER = VALUE[:-1] + "9"


class Repository:
    """A repository whose commits hold exactly the files given."""

    def __init__(self, root: Path, *, bare: bool = False) -> None:
        self.git = pygit2.init_repository(str(root), bare=bare)
        self.root = str(root)
        self.time = 1_700_000_000

    def commit(self, files: dict[str, str], ref: str = "refs/heads/main", parents: list[str] | None = None) -> str:
        """Returns the commit's id; the parent is what ``ref`` points to unless ``parents`` says otherwise."""
        index = pygit2.Index()
        for path, text in files.items():
            index.add(pygit2.IndexEntry(path, self.git.create_blob(text.encode()), pygit2.enums.FileMode.BLOB))
        self.time += 60
        author = pygit2.Signature("A", "a@example.org", self.time, 60)
        given = parents if parents is not None else [str(self.git.references[ref].target)] if ref in self.git.references else []
        made = str(self.git.create_commit(None, author, author, "m", index.write_tree(self.git), given))
        self.git.references.create(ref, made, force=True)
        if ref == "refs/heads/main":
            self.git.set_head(ref)
        return made


def leaks(result: secrets.Result) -> list[tuple[str, str, int]]:
    return sorted((finding.location.path, finding.secret.commit, finding.location.line) for finding in result.findings if finding.secret)


@pytest.mark.parametrize("bare", [False, True])
def test_a_secret_added_and_removed_is_found_where_it_came_in(tmp_path: Path, bare: bool) -> None:
    made = Repository(tmp_path, bare=bare)
    made.commit({"a.py": "x\n"})
    culprit = made.commit({"a.py": f"x\n{VALUE}\n", "d/b": "1"})
    made.commit({"a.py": f"x\ny\n{VALUE}\n", "d/b": "1"})
    made.commit({"a.py": "x\n"})
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert leaks(result) == [("a.py", culprit, 2)]
    assert result.findings[0].secret is not None
    assert result.findings[0].secret.author_date == "2023-11-14T23:15:20+01:00"
    assert result.scanned.files == 4
    assert result.problems == ()


def test_the_id_is_that_of_the_tree(tmp_path: Path) -> None:
    from tests.unit.secrets.test_scan import scan

    made = Repository(tmp_path / "git")
    made.commit({"a.py": f"x\n{VALUE}"})
    (tree,) = scan(write(tmp_path / "tree", {"a.py": f"\n\n{VALUE}"})).findings
    assert [finding.id for finding in secrets.scan_history(made.root, "all", OPTIONS).findings] == [tree.id]


def test_all_looks_at_every_ref_and_a_ref_at_what_it_reaches(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    base = made.commit({"a": "1"})
    side = made.commit({"a": "1", "s": VALUE}, ref="refs/heads/side", parents=[base])
    main = made.commit({"a": "1", "m": OTHER})
    assert leaks(secrets.scan_history(made.root, "all", OPTIONS)) == [("m", main, 1), ("s", side, 1)]
    assert leaks(secrets.scan_history(made.root, "refs/heads/side", OPTIONS)) == [("s", side, 1)]
    assert leaks(secrets.scan_history(made.root, "main..side", OPTIONS)) == [("s", side, 1)]


def test_of_a_range_only_what_it_adds(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    base = made.commit({"a": f"{VALUE}\n", "b": "1"})
    culprit = made.commit({"a": f"new line\n{VALUE}\n{OTHER}\n", "b": "1"})
    made.commit({"a": "clean", "b": "1"})
    assert leaks(secrets.scan_history(made.root, f"{base}..HEAD", OPTIONS)) == [("a", culprit, 3)]
    assert leaks(secrets.scan_history(made.root, "HEAD..HEAD", OPTIONS)) == []


def test_a_shallow_clone_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    made = Repository(tmp_path / "far")
    made.commit({"a": VALUE})
    last = made.commit({"a": "clean", "b": OTHER})
    near = Repository(tmp_path / "near")
    tree = made.git[last].peel(pygit2.Tree)
    for name in (last, tree.id, *(entry.id for entry in tree)):
        near.git.write(*made.git.read(name))
    near.git.references.create("refs/heads/main", last)
    near.git.set_head("refs/heads/main")
    (tmp_path / "near" / ".git" / "shallow").write_text(f"{last}\n")
    assert leaks(secrets.scan_history(near.root, "all", OPTIONS)) == [("b", last, 1)]
    assert [bool(secrets.scan_history(near.root, span, OPTIONS).problems) for span in ("HEAD", "HEAD~1..HEAD")] == [False, True]


@pytest.mark.parametrize("span", ["nowhere..HEAD", "HEAD..nowhere", "nowhere", "..", "a..b..c"])
def test_a_span_that_is_none_is_a_problem(tmp_path: Path, span: str) -> None:
    made = Repository(tmp_path)
    made.commit({"a": "1"})
    result = secrets.scan_history(made.root, span, OPTIONS)
    assert [problem.subject for problem in result.problems] == [f"history {span}"]


def test_no_repository_and_no_commit_are_problems(tmp_path: Path) -> None:
    assert secrets.scan_history(str(tmp_path), "all", OPTIONS).problems
    pygit2.init_repository(str(tmp_path))
    assert secrets.scan_history(str(tmp_path), "all", OPTIONS).problems


def test_an_inline_comment_and_the_baseline_count_in_history_too(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.commit({"a": f"{VALUE} # gitleaks:allow"})
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert [word.fingerprint for word in result.suppressions] == [finding.id for finding in result.findings]
