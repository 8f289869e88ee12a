"""``security-scan staged``: the content of the index judges, not the working tree."""

from __future__ import annotations

import io
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from scanner.cli import main
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.git

KEY = "AK" + "IAQ7RJ5TN3WYF2KD6B"
OFFLINE = ("--advisories", "offline", "--advisory-db", str(ROOT / "examples" / "advisories"))
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "x"), ("EMAIL", "x@x.example"))}


class Checkout:
    """A repository with one commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", ".")

    def git(self, *args: str) -> str:
        done = subprocess.run(["git", *args], cwd=self.folder, env={**os.environ, **IDENTITY}, capture_output=True, text=True, check=True)
        return done.stdout

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def stage(self, name: str, text: str) -> None:
        self.write(name, text)
        self.git("add", "--", name)

    def commit(self) -> None:
        self.git("commit", "-q", "-m", "x")

    def scan(self, *args: str, path: str = "") -> tuple[int, str]:
        out = io.StringIO()
        return main(["staged", str(self.folder / path), *args, *OFFLINE], {}, out, out), out.getvalue()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "repo")
    made.stage("README.md", "hello\n")
    made.commit()
    return made


def test_the_staged_content_counts_and_not_the_file(checkout: Checkout) -> None:
    checkout.stage("a b/ü.py", f"key = '{KEY}'\n")
    checkout.write("a b/ü.py", "key = None\n")
    code, said = checkout.scan("--only", "secrets")
    assert code == 1
    assert "a b/ü.py:1" in said
    assert KEY not in said
    checkout.git("add", "-A")
    checkout.write("a b/ü.py", f"key = '{KEY}'\n")
    assert checkout.scan("--only", "secrets")[0] == 0


def test_what_is_not_staged_is_not_looked_at(checkout: Checkout) -> None:
    checkout.stage("old.py", f"key = '{KEY}'\n")
    checkout.commit()
    checkout.write("new.py", f"key = '{KEY}'\n")
    checkout.stage("fine.py", "x = 1\n")
    assert checkout.scan("--only", "secrets")[0] == 0


def test_with_nothing_staged_the_whole_index_is_looked_at(checkout: Checkout) -> None:
    checkout.stage("old.py", f"key = '{KEY}'\n")
    checkout.commit()
    assert checkout.scan("--only", "secrets")[0] == 1


def test_before_the_first_commit(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "new")
    checkout.stage("a.py", f"key = '{KEY}'\n")
    assert checkout.scan()[0] == 1


def test_only_a_deletion_is_nothing_to_look_at(checkout: Checkout) -> None:
    checkout.stage("old.py", f"key = '{KEY}'\n")
    checkout.commit()
    checkout.git("rm", "-q", "README.md")
    code, said = checkout.scan("--only", "secrets")
    assert (code, "changes nothing" in said) == (0, True)


@pytest.mark.parametrize("only", [(), ("--only", "secrets"), ("--only", "dependencies", "--only", "secrets")])
def test_both_halves_named_are_both_looked_at(checkout: Checkout, only: tuple[str, ...]) -> None:
    checkout.stage("a.py", f"key = '{KEY}'\n")
    code, said = checkout.scan(*only)
    assert (code, "a.py:1" in said) == (1, True)


@pytest.mark.parametrize("only", [(), ("--only", "dependencies"), ("--only", "secrets", "--only", "dependencies")])
def test_a_lockfile_taken_away_leaves_its_manifest_unaudited(checkout: Checkout, only: tuple[str, ...]) -> None:
    checkout.stage("package.json", '{"name": "x", "version": "1.0.0", "dependencies": {"lodash": "^4.17.20"}}\n')
    checkout.stage("package-lock.json", '{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {}}}\n')
    checkout.commit()
    checkout.git("rm", "-q", "package-lock.json")
    code, said = checkout.scan(*only)
    assert (code, "no lockfile" in said) == (3, True)
    assert checkout.scan("--only", "secrets")[0] == 0


def test_the_last_manifest_taken_away_leaves_nothing_to_audit(checkout: Checkout) -> None:
    checkout.stage("requirements.txt", "jinja2==3.1.2\n")
    checkout.commit()
    checkout.git("rm", "-q", "requirements.txt")
    code, said = checkout.scan("--only", "dependencies")
    assert (code, "changes nothing" in said) == (0, True)


def test_of_a_folder_only_what_is_staged_below_it_counts(checkout: Checkout) -> None:
    checkout.stage("b.py", f"key = '{KEY}'\n")
    checkout.stage("sub/.security-scan.yml", "fail-on: none\n")
    checkout.stage("sub/fine.py", "x = 1\n")
    assert checkout.scan("--only", "secrets", path="sub")[0] == 0
    checkout.stage("sub/.security-scan.yml", "fail-on: high\n")
    checkout.stage("sub/a.py", f"key = '{KEY}'\n")
    code, said = checkout.scan("--only", "secrets", path="sub")
    assert (code, "a.py:1" in said, "sub/a.py" in said, "b.py" in said) == (1, True, False, False)
    assert checkout.scan("--only", "secrets")[0] == 1


def test_without_a_path_the_whole_commit_counts_wherever_one_stands(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.stage("b.py", f"key = '{KEY}'\n")
    checkout.stage("sub/fine.py", "x = 1\n")
    monkeypatch.chdir(checkout.folder / "sub")
    out = io.StringIO()
    assert main(["staged", "--only", "secrets"], {}, out, out) == 1
    assert main(["staged", ".", "--only", "secrets"], {}, out, out) == 0


def test_paths_are_shown_from_where_the_reader_stands(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.stage("apps/web/b.py", f"key = '{KEY}'\n")
    for started, shown in (("", "apps/web/b.py:1"), ("apps", "web/b.py:1"), ("apps/web", "b.py:1")):
        monkeypatch.chdir(checkout.folder / started)
        assert f" {shown}" in checkout.scan("--only", "secrets", path="apps/web")[1]


def test_a_folder_outside_of_the_checkout_is_refused(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.stage("b.py", f"key = '{KEY}'\n")
    monkeypatch.setenv("GIT_DIR", str(checkout.folder / ".git"))
    code, said = checkout.scan("--only", "secrets", path="..")
    assert (code, "is not in the checkout" in said) == (2, True)


def test_the_staged_policy_judges(checkout: Checkout) -> None:
    checkout.stage("a.py", f"key = '{KEY}'\n")
    checkout.stage(".security-scan.yml", "fail-on: none\n")
    checkout.write(".security-scan.yml", "fail-on: low\n")
    assert checkout.scan("--only", "secrets")[0] == 0
    checkout.stage(".security-scan.yml", "fail_on: low\n")
    code, said = checkout.scan("--only", "secrets")
    assert code == 2
    assert "unknown key 'fail_on'" in said


def test_an_entry_for_a_file_that_the_commit_leaves_alone_is_not_called_stale(checkout: Checkout) -> None:
    checkout.stage(".security-scan.yml", "allow:\n  - {id: aws-access-key-id, path: old.py, reason: a sample}\n")
    checkout.commit()
    checkout.stage("a.py", "x = 1\n")
    code, text = checkout.scan()
    assert (code, "matches nothing" in text) == (0, False), text


def test_dependencies_with_their_manifest_and_includes(checkout: Checkout) -> None:
    checkout.stage("base.txt", "jinja2==3.1.2\n")
    checkout.commit()
    checkout.stage("requirements.txt", "-r base.txt\n")
    code, said = checkout.scan("--only", "dependencies")
    assert code == 1
    assert "base.txt:1" in said
    checkout.stage("base.txt", "jinja2==3.1.6\n")
    checkout.write("base.txt", "jinja2==3.1.2\n")
    code, said = checkout.scan("--only", "dependencies")
    assert (code, "base.txt:1" in said) == (0, False)


def test_the_index_of_a_partial_commit_counts(checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    checkout.stage("a.py", f"key = '{KEY}'\n")
    other = tmp_path / "other-index"
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    checkout.git("read-tree", "HEAD")
    checkout.stage("fine.py", "x = 1\n")
    assert checkout.scan("--only", "secrets")[0] == 0
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert checkout.scan("--only", "secrets")[0] == 1


def test_in_a_linked_worktree(checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Checkout.__new__(Checkout)
    linked.folder = tmp_path / "linked"
    linked.stage("a.py", f"key = '{KEY}'\n")
    monkeypatch.setenv("GIT_DIR", linked.git("rev-parse", "--absolute-git-dir").strip())
    assert linked.scan("--only", "secrets")[0] == 1


def test_links_and_other_repositories_are_left_out(checkout: Checkout) -> None:
    (checkout.folder / "link").symlink_to("/etc/hostname")
    checkout.git("add", "link")
    checkout.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    assert "changes nothing" in checkout.scan("--only", "secrets")[1]


def test_outside_of_a_repository_it_is_never_green(tmp_path: Path) -> None:
    out = io.StringIO()
    (tmp_path / "plain").mkdir()
    assert main(["staged", str(tmp_path / "plain")], {}, out, out) == 3
    assert "staged files cannot be read" in out.getvalue()


def test_the_policy_of_the_index_judges_also_where_the_commit_does_not_change_it(checkout: Checkout) -> None:
    pattern = "{id: marker, description: d, regex: 'MARKER_[a-z]{8}', severity: high}"
    checkout.stage(".security-scan.yml", f"secrets: {{patterns: [{pattern}]}}\n")
    checkout.commit()
    checkout.stage("a.txt", "MARKER_" + "aaaabbbb\n")
    assert checkout.scan("--only", "secrets")[0] == 1
    checkout.write(".security-scan.yml", "secrets: {mode: warn}\n")
    assert checkout.scan("--only", "secrets")[0] == 1, "what is not staged does not judge"
    checkout.git("add", ".security-scan.yml")
    assert checkout.scan("--only", "secrets")[0] == 0
