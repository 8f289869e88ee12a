"""GitHub's payloads, whole, broken and hostile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.changes import Revisions
from scanner.event import Event, read

HERE = {"full_name": "octo/app", "default_branch": "main"}
PULL = {
    "number": 7, "base": {"sha": "b" * 40, "repo": HERE}, "head": {"sha": "c" * 40, "repo": {"full_name": "octo/app"}},
}


def event(tmp_path: Path, name: str, payload: object) -> Event:
    path = tmp_path / "event.json"
    path.write_text(payload if isinstance(payload, str) else json.dumps(payload))
    return read({"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path), "GITHUB_REPOSITORY": "octo/app"})


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target"])
def test_pull_request(tmp_path: Path, name: str) -> None:
    seen = event(tmp_path, name, {"pull_request": PULL, "repository": HERE})
    assert seen == Event(
        name=name, pull_request=7, fork=False, repository="octo/app", revisions=Revisions(base="b" * 40, head="c" * 40)
    )


@pytest.mark.parametrize("head", [{"full_name": "mallory/app"}, None])
def test_a_fork_or_a_deleted_one(tmp_path: Path, head: object) -> None:
    pull = {**PULL, "head": {"sha": "c" * 40, "repo": head}}
    assert event(tmp_path, "pull_request", {"pull_request": pull, "repository": HERE}).fork is True


def test_push(tmp_path: Path) -> None:
    seen = event(tmp_path, "push", {"before": "b" * 40, "after": "c" * 40, "repository": HERE})
    assert (seen.revisions, seen.fork) == (Revisions(base="b" * 40, head="c" * 40), False)


def test_the_first_push_of_a_branch_is_compared_with_the_default_branch(tmp_path: Path) -> None:
    seen = event(tmp_path, "push", {"before": "0" * 40, "after": "c" * 40, "repository": HERE})
    assert seen.revisions == Revisions(base="refs/remotes/origin/main", head="c" * 40)
    assert event(tmp_path, "push", {"before": "0" * 40, "after": "c" * 40}).reason == "the first push of a branch has no base"


def test_merge_group(tmp_path: Path) -> None:
    seen = event(tmp_path, "merge_group", {"merge_group": {"base_sha": "b" * 40, "head_sha": "c" * 40}, "repository": HERE})
    assert seen.revisions == Revisions(base="b" * 40, head="c" * 40)


@pytest.mark.parametrize("name", ["schedule", "workflow_dispatch", "release", ""])
def test_events_that_compare_nothing_say_so(tmp_path: Path, name: str) -> None:
    seen = event(tmp_path, name, {"repository": HERE})
    assert seen.revisions is None
    assert seen.reason == f"a {name or 'local'} run has no base"


@pytest.mark.parametrize("payload", ["", "{", "[]", '{"pull_request": 7}', "null", "\xff\xfe"])
def test_a_payload_that_cannot_be_read_says_so(tmp_path: Path, payload: str) -> None:
    seen = event(tmp_path, "pull_request", payload)
    assert seen.revisions is None
    assert seen.reason.startswith("the event's payload cannot be read")


def test_no_payload() -> None:
    assert read({}).reason == "no event to compare with"
    assert read({"GITHUB_EVENT_PATH": "/no/such"}).reason.startswith("the event's payload cannot be read")
