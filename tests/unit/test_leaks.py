"""The tree's secrets and those of commits, put together: what either says is kept."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pygit2
import pytest
from msgspec.structs import replace

from scanner import leaks
from scanner.changes import Change, Revisions
from scanner.cli import main
from scanner.config import Document
from scanner.config_file import ConfigFile
from scanner.event import Event
from scanner.models import Finding, Kind, Location, Notice, Problem, Scanned, Severity, Suppression
from scanner.review import Review
from scanner.secrets import Result
from scanner.settings import Settings
from tests.unit.secrets.test_history import Repository

HERE = Finding(
    id="tree", kind=Kind.SECRET, rule_id="our-rule", severity=Severity.HIGH, audit="secrets", message="m", location=Location(path="a")
)


def result(name: str, *findings: Finding) -> Result:
    return Result(
        findings=findings, problems=(Problem(subject=name, reason="cannot be read"),), scanned=Scanned(files=len(name), bytes=len(name)),
        suppressions=(Suppression(by="inline", id=name, reason="known"),), notices=(Notice(subject=name, reason="worth saying"),),
        rejected=(f"{name}: no",),
    )


def test_all_that_the_commits_say_is_added_to_what_the_tree_says() -> None:
    gone = replace(HERE, id="gone")
    joined = leaks._joined(result("tree", HERE), result("commit", replace(HERE, severity=Severity.LOW), gone))
    assert joined.findings == (HERE, gone)
    assert [one.subject for one in joined.problems] == ["tree", "commit"]
    assert [one.subject for one in joined.notices] == ["tree", "commit"]
    assert [one.id for one in joined.suppressions] == ["tree", "commit"]
    assert (joined.rejected, joined.scanned) == (("tree: no", "commit: no"), Scanned(files=4, bytes=4))


def review(change: Change | None, happened: Event = Event()) -> Review:
    return Review(document=Document(path="", config=ConfigFile(), lines={}), change=change, happened=happened)


CHANGE = Change(base="c0ffee", base_date="2026-01-01", added={"a": ((1, 2),)}, read_base=lambda path: None)


def test_commits_that_the_clone_does_not_have_are_said_to_be_unseen() -> None:
    compared = Event(revisions=Revisions(base="c0ffee"))
    for change in (CHANGE, None):
        (notice,) = leaks._unseen(review(change, compared))
        assert (notice.subject, "fetch-depth: 0" in notice.reason) == ("commits", True)
    for change in (replace(CHANGE, added={}), replace(CHANGE, commits=("a", "b"))):
        assert leaks._unseen(review(change, compared)) == ()
    assert leaks._unseen(review(None)) == (), "nothing is compared"


def test_which_commits_are_looked_through() -> None:
    several, settings = replace(CHANGE, commits=("a", "b")), Settings(root="/", target=".")
    assert list(leaks._spans(settings, review(several))) == ["c0ffee..HEAD"]
    assert list(leaks._spans(settings, review(replace(CHANGE, commits=("a",))))) == []
    assert list(leaks._spans(settings, review(None))) == []
    assert list(leaks._spans(replace(settings, history=""), review(several))) == ["all"]
    assert list(leaks._spans(replace(settings, history="v1..v2"), review(None))) == ["v1..v2"]
    assert list(leaks._spans(replace(settings, history="all", shard=(1, 3)), review(None))) == ["all"]
    assert list(leaks._spans(replace(settings, history="all", shard=(2, 3)), review(several))) == []


def test_an_entry_for_one_path_accepts_no_copy_elsewhere_in_the_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of both stood there first; what was accepted and what was not are each told with their place."""
    secret, entry = "key = 'AK" + "IAQ7RJ5TN3WYF2KD6B'\n", "{id: aws-access-key-id, reason: sample, expires: 2999-01-01, path: 'old/**'}"
    config = {".security-scan.yml": f"allow:\n  - {entry}\n"}
    monkeypatch.chdir(tmp_path)
    for order in (("old/a.py", "src/a.py"), ("src/a.py", "old/a.py")):
        made = Repository(tmp_path / order[0].replace("/", "-"))
        for path in order:
            made.commit({path: secret, **config})
        made.commit(config)
        pygit2.Repository(made.root).checkout_head(strategy=pygit2.enums.CheckoutStrategy.FORCE)
        out = io.StringIO()
        assert main([made.root, "--only", "secrets", "--history=all", "-f", "json"], {"HOME": str(tmp_path)}, out, out) == 1
        found = json.loads(out.getvalue())["findings"]
        assert {(one["location"]["path"], one["blocking"]) for one in found} == {("src/a.py", True), ("old/a.py", False)}
