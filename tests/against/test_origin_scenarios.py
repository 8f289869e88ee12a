"""Event x clone depth x token: GitHub's own example payloads, on a real repository, with its API on loopback."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from tests import github_api
from tests.against import tools
from tests.pull_request import PullRequest
from tests.unit.test_review import OLD, YAML, origins

pytestmark = [pytest.mark.against, pytest.mark.usefixtures("has_npm")]
NEW, OLDER = "GHSA-8q59-q68h-6hv4", "GHSA-q2x7-8rv6-6q7h"
HERE = {"full_name": "octo/app", "default_branch": "main"}
WITH_BASE = ("pull_request", "pull_request_target", "push", "first push", "merge_group")
EVENTS = (*WITH_BASE, "workflow_dispatch")


def example(name: str) -> dict[str, object]:
    """GitHub's first example payload of an event."""
    known = json.loads((tools.install() / "webhooks" / "api.github.com" / "index.json").read_text())
    payload: dict[str, object] = next(one for one in known if one["name"] == name)["examples"][0]
    return payload


def payload(event: str, pull: PullRequest) -> dict[str, object]:
    """The example with our commits in it, and our repository."""
    found = {**example(event.removeprefix("first ")), "repository": {**HERE}}
    if event == "pull_request":
        request = dict(found["pull_request"])  # type: ignore[call-overload]
        request["base"] = {**request["base"], "sha": pull.base}
        request["head"] = {**request["head"], "sha": pull.head, "repo": HERE}
        found["pull_request"] = request
    if event == "push":
        found |= {"before": pull.base, "after": pull.head}
    if event == "first push":
        found |= {"before": "0" * 40, "after": pull.head}
    if event == "merge_group":
        group = dict(found["merge_group"])  # type: ignore[call-overload]
        found["merge_group"] = {**group, "base_sha": pull.base, "head_sha": pull.head}
    return found


@pytest.fixture
def pull(tmp_path: Path) -> PullRequest:
    made = PullRequest(tmp_path, {"requirements.txt": OLD}, {"requirements.txt": OLD + YAML})
    made.repo.create_reference("refs/heads/main", made.base)
    made.repo.create_reference("refs/remotes/origin/main", made.base)
    return made


@pytest.mark.parametrize(("event", "depth", "token"), list(product(EVENTS, ("full", "1"), ("", "t0ken"))))
def test_scenario(pull: PullRequest, tmp_path: Path, event: str, depth: str, token: str) -> None:
    name = {"first push": "push"}.get(event, event)
    content = payload("pull_request" if event == "pull_request_target" else event, pull)
    path = tmp_path / "payload.json"
    path.write_text(json.dumps(content))
    with github_api.serve(pull.tree) as api:
        api.token = "t0ken"
        checkout = pull if event == "pull_request" else pull.checkout(pull.head)
        tree = checkout if depth == "full" else checkout.shallow()
        code, report, log = tree.scan(
            api=api.url, inputs={"token": token}, GITHUB_EVENT_NAME=name, GITHUB_EVENT_PATH=str(path),
        )
    seen = origins(report)
    known = event in WITH_BASE and (depth == "full" or bool(token))
    assert code == 1
    assert (seen[NEW], seen[OLDER]) == (("introduced", "existing") if known else ("unknown", "unknown"))
    assert ("what this change introduced is not known" in log) is (event in WITH_BASE and not known)
    assert "t0ken" not in log
    assert (depth == "1" and event in WITH_BASE) or not api.requests, "the API is asked only where the clone does not know"


def test_an_empty_range_is_a_success_with_nothing_introduced(pull: PullRequest, tmp_path: Path) -> None:
    path = tmp_path / "payload.json"
    path.write_text(json.dumps({**example("push"), "before": pull.base, "after": pull.base, "repository": HERE}))
    code, report, _ = pull.checkout(pull.base).scan("--block-existing", "false", GITHUB_EVENT_NAME="push", GITHUB_EVENT_PATH=str(path))
    assert (code, set(origins(report).values())) == (0, {"existing"})


def test_a_schedule_compares_nothing_and_blocks_all(pull: PullRequest, tmp_path: Path) -> None:
    path = tmp_path / "payload.json"
    path.write_text(json.dumps({"schedule": "0 3 * * *", "repository": HERE}))
    code, report, _ = pull.scan("--block-existing", "false", GITHUB_EVENT_NAME="schedule", GITHUB_EVENT_PATH=str(path))
    assert (code, set(origins(report).values())) == (1, {"unknown"})
