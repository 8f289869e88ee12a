"""Whose finding it is and whose policy judges it, on real repositories with GitHub's payloads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.pull_request import PullRequest

OLD = "jinja2==3.1.2\n"
SAFE = "jinja2==3.1.6\n"
YAML = "pyyaml==5.3.1\n"
ACCEPT = """\
allow:
  - {id: GHSA-8q59-q68h-6hv4, reason: trusted input, expires: 2099-01-01}
"""
PATTERN = "secrets: {patterns: [{id: marker, description: d, regex: 'MARKER_[a-z]{8}', severity: high}]}\n"


def origins(report: dict[str, object]) -> dict[str, str]:
    """Rule id -> origin."""
    return {finding["rule_id"]: finding["origin"] for finding in report["findings"]}  # type: ignore[attr-defined]


def test_introduced_existing_and_newly_published(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": OLD}, {"requirements.txt": OLD + YAML})
    code, report, _ = pull.scan()
    seen = origins(report)
    assert code == 1
    assert seen["GHSA-8q59-q68h-6hv4"] == "introduced"
    assert seen["GHSA-q2x7-8rv6-6q7h"] == "existing"
    assert report["base"] == pull.base


def test_only_what_is_introduced_blocks_when_the_team_says_so(tmp_path: Path) -> None:
    files = {"requirements.txt": OLD, ".security-scan.yml": "block-existing: false\n"}
    assert PullRequest(tmp_path / "a", files, {"README.md": "x\n"}).scan()[0] == 0
    assert PullRequest(tmp_path / "b", files, {"requirements.txt": OLD + YAML}).scan()[0] == 1


def test_an_advisory_younger_than_the_base_is_newly_published(tmp_path: Path) -> None:
    """The base is of 2025-10-09; one of the advisories of werkzeug 2.2.2 is of 2026."""
    old = {"requirements.txt": "werkzeug==2.2.2\n"}
    pull = PullRequest(tmp_path / "a", old, {"README.md": "x\n"})
    code, report, log = pull.scan()
    seen = origins(report)
    assert (code, seen["GHSA-87hc-h4r5-73f7"], seen["GHSA-xg9f-g7g7-2323"]) == (1, "newly-published", "existing")
    assert "advisory published on 2026-01-" in log
    assert "already on main" in log
    aside = {**old, ".security-scan.yml": "block-existing: false\nfail-on: moderate\n"}
    code, report, log = PullRequest(tmp_path / "b", aside, {"requirements.txt": old["requirements.txt"] + YAML}).scan()
    blocking = {finding["rule_id"] for finding in report["findings"] if finding["blocking"]}  # type: ignore[attr-defined]
    assert (code, blocking) == (1, {"GHSA-8q59-q68h-6hv4"})
    assert "what was there before does not block" in log


@pytest.mark.parametrize(("name", "said"), [("pull_request", True), ("push", True), ("schedule", False), ("workflow_dispatch", False)])
def test_a_change_whose_payload_cannot_be_read_says_why_nothing_is_known(tmp_path: Path, name: str, said: bool) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": OLD}, {"requirements.txt": OLD + YAML})
    (tmp_path / "broken.json").write_text('{"pull_request": "x", "before": 7')
    code, report, log = pull.scan(GITHUB_EVENT_NAME=name, GITHUB_EVENT_PATH=str(tmp_path / "broken.json"))
    assert (code, set(origins(report).values())) == (1, {"unknown"})
    assert ("what this change introduced is not known: the event's payload cannot be read" in log) is said


def test_secrets_by_their_line(tmp_path: Path) -> None:
    base = {".security-scan.yml": PATTERN, "a.txt": "MARKER_" + "aaaabbbb\n"}
    pull = PullRequest(tmp_path, base, {"b.txt": "new\nMARKER_" + "ccccdddd\n"})
    _, report, _ = pull.scan()
    assert {finding["location"]["path"]: finding["origin"] for finding in report["findings"]} == {  # type: ignore[attr-defined]
        "a.txt": "existing", "b.txt": "introduced",
    }


@pytest.mark.parametrize(
    ("fork", "policy_from", "code"),
    [(False, "auto", 0), (True, "auto", 1), (False, "base", 1), (True, "base", 1), (False, "head", 0), (True, "head", 0)],
)
def test_whose_allow_entries_count(tmp_path: Path, fork: bool, policy_from: str, code: int) -> None:
    head = {"requirements.txt": YAML, ".security-scan.yml": ACCEPT}
    pull = PullRequest(tmp_path, {"requirements.txt": SAFE}, head, fork=fork)
    got, _, log = pull.scan("--policy-from", policy_from)
    assert got == code
    assert "accepts GHSA-8q59-q68h-6hv4" in log, "a loosening is shown in every mode"
    assert ("the base's policy judges" in log) is bool(code)


def test_a_change_of_policy_alone_is_judged_by_its_head(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": YAML}, {".security-scan.yml": ACCEPT})
    assert pull.scan("--policy-from", "base")[0] == 0


def test_a_fork_cannot_switch_an_audit_off(tmp_path: Path) -> None:
    base = {"requirements.txt": SAFE, ".security-scan.yml": "fail-on: high\n"}
    head = {"requirements.txt": YAML, ".security-scan.yml": "fail-on: none\naudits: {python: off}\n"}
    assert PullRequest(tmp_path, base, head, fork=True).scan()[0] == 1


def test_inline_words_that_a_fork_adds_accept_nothing(tmp_path: Path) -> None:
    line = "MARKER_" + "aaaabbbb  # security-scan: allow marker we know\n"
    code, report, _ = PullRequest(tmp_path / "a", {".security-scan.yml": PATTERN}, {"a.txt": line}, fork=True).scan()
    assert code == 1
    assert len(report["policy"]["changed_in_this_pull_request"]) == 1  # type: ignore[index,call-overload]
    assert PullRequest(tmp_path / "b", {".security-scan.yml": PATTERN}, {"a.txt": line}).scan()[0] == 0
    old = PullRequest(tmp_path / "c", {".security-scan.yml": PATTERN, "a.txt": line}, {"b.txt": "x\n"}, fork=True)
    assert old.scan()[0] == 0


@pytest.mark.parametrize("policy_from", ["auto", "base"])
def test_a_fork_whose_base_is_not_there_is_never_green(tmp_path: Path, policy_from: str) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": SAFE}, {".security-scan.yml": "on-incomplete: warn\nfail-on: none\n"}, fork=True)
    pull.base = "1" * 40
    pull.repo.set_head(pull.repo[pull.head].id)
    code, report, log = pull.scan("--policy-from", policy_from)
    assert (code, report["verdict"]) == (3, "incomplete")
    assert "the base's policy cannot be read" in log


def test_a_broken_config_at_the_base_is_said_and_does_not_hide_the_head(tmp_path: Path) -> None:
    base = {".security-scan.yml": "fail-on: [\n", "requirements.txt": SAFE}
    pull = PullRequest(tmp_path, base, {".security-scan.yml": "fail-on: high\n"})
    assert pull.scan()[0] == 0


BASELINE = '{"version": "1.5.0", "results": {"a.txt": [{"type": "marker", "filename": "a.txt", "hashed_secret": "%s", "line_number": 1}]}}'


def test_a_baseline_that_a_fork_brings_accepts_nothing(tmp_path: Path) -> None:
    value = "MARKER_" + "aaaabbbb"
    digest = hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()
    base, head = {".security-scan.yml": PATTERN}, {"a.txt": f"{value}\n", ".secrets.baseline": BASELINE % digest}
    code, _, log = PullRequest(tmp_path / "a", base, head, fork=True).scan()
    assert code == 1
    assert "the baseline accepts one more marker in a.txt" in log
    code, _, log = PullRequest(tmp_path / "b", base, head).scan()
    assert code == 0
    assert "the baseline accepts one more marker in a.txt" in log
    old = PullRequest(tmp_path / "c", {**base, **head}, {"b.txt": "x\n"}, fork=True)
    assert old.scan()[0] == 0


def test_a_config_beside_the_scanned_folder_is_the_bases_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = {"app/requirements.txt": SAFE, "ci/scan.yml": "fail-on: high\n"}
    head = {"app/requirements.txt": YAML, "ci/scan.yml": "fail-on: none\n"}
    pull = PullRequest(tmp_path, base, head, fork=True)
    monkeypatch.chdir(pull.tree)
    assert pull.scan("--config", "ci/scan.yml")[0] == 1


def test_a_removed_file_is_more_than_policy(tmp_path: Path) -> None:
    base = {"requirements.txt": YAML, "other.txt": "x\n"}
    pull = PullRequest(tmp_path, base, {".security-scan.yml": ACCEPT, "other.txt": None})
    assert pull.scan("--policy-from", "base")[0] == 1


def test_a_secret_that_one_commit_adds_and_the_next_removes_has_leaked(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {".security-scan.yml": PATTERN, "a.txt": "1\n"}, {"a.txt": "MARKER_" + "aaaabbbb\n"})
    pull.then({"a.txt": "2\n"})
    code, report, log = pull.scan()
    (finding,) = report["findings"]  # type: ignore[misc]
    assert (code, finding["origin"], bool(finding["secret"]["commit"])) == (1, "introduced", True)
    assert "in commit" in log
    code, _, log = pull.shallow().scan()
    assert code == 0, "a shallow clone cannot know"


def test_history(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {".security-scan.yml": PATTERN, "app/a.txt": "MARKER_" + "aaaabbbb\n"}, {"app/a.txt": "2\n"})
    assert pull.scan()[0] == 0
    code, report, _ = pull.scan("--history")
    (finding,) = report["findings"]  # type: ignore[misc]
    assert (code, finding["origin"], finding["secret"]["commit"]) == (1, "existing", pull.base)
    assert pull.scan("--history", f"{pull.base}..{pull.head}")[0] == 0
    assert pull.scan("--history", "no-such-ref")[0] == 3
    pull.tree = pull.tree / "app"
    code, report, _ = pull.scan("--history", "--config", str(pull.tree.parent / ".security-scan.yml"))
    assert (code, report["findings"][0]["location"]["path"]) == (1, "a.txt")  # type: ignore[index]


LOOSE = {"requirements.txt": YAML, ".security-scan.yml": "fail-on: none\n"}


@pytest.mark.parametrize(("fork", "code"), [(True, 1), (False, 0)])
def test_a_base_that_is_named_makes_no_stranger_a_friend(tmp_path: Path, fork: bool, code: int) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": SAFE, ".security-scan.yml": "fail-on: high\n"}, LOOSE, fork=fork)
    got, report, log = pull.scan("--base", "HEAD^1")
    assert (got, report["base"]) == (code, pull.base)
    assert "introduced by this pull request" in log


def test_the_base_that_is_named_is_compared_with_and_not_the_merge_commits_parent(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": YAML}, {"README.md": "x\n"})
    assert pull.scan("--base", pull.merge)[1]["base"] == pull.merge


BROKEN = "fail-on: [\n"


@pytest.mark.parametrize(
    "base",
    [{".security-scan.yml": BROKEN}, {".security-scan.yml": "colour: red\n"}, {".secrets.baseline": "{broken"}],
)
def test_where_the_bases_policy_cannot_be_read_what_is_loosened_is_not_known(tmp_path: Path, base: dict[str, str]) -> None:
    head = {name: "fail-on: none\n" if name.endswith("yml") else '{"version": "1.5.0", "results": {}}' for name in base}
    code, report, log = PullRequest(tmp_path, {**base, "requirements.txt": SAFE}, head).scan()
    assert code == 0, "a change that mends the policy can pass"
    (said,) = report["policy"]["changed_in_this_pull_request"]  # type: ignore[index,call-overload]
    assert "what this change loosens is not known" in said["reason"]
    assert "what this change loosens is not known" in log


@pytest.mark.parametrize("name", ["ci/scan.yml", "linked/scan.yml"])
def test_a_config_behind_a_link_is_the_bases_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    base = {"requirements.txt": SAFE, "ci/scan.yml": "fail-on: high\n"}
    pull = PullRequest(tmp_path, {}, {})
    (pull.tree / "linked").symlink_to("ci")
    pull.repo.index.add("linked")
    pull.base = pull._commit(base)
    pull.head = pull._commit({"requirements.txt": YAML, "ci/scan.yml": "fail-on: none\n"}, pull.base)
    pull.fork = True
    pull.checkout(pull._commit({}, pull.base, pull.head))
    (tmp_path / "way").symlink_to(pull.tree)
    for folder in (pull.tree, tmp_path / "way"):
        monkeypatch.chdir(pull.tree)
        code, _, log = pull.scan("--config", str(folder / name))
        assert (code, "the base's policy judges" in log, "blocks at high" in log) == (1, True, True)


def test_a_policy_file_that_is_a_link_is_compared_by_what_it_leads_to(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {}, {})
    (pull.tree / ".security-scan.yml").symlink_to("ci/scan.yml")
    pull.repo.index.add(".security-scan.yml")
    pull.base = pull._commit({"ci/scan.yml": "fail-on: high\n"})
    pull.head = pull._commit({"ci/scan.yml": "fail-on: none\n"}, pull.base)
    pull.checkout(pull._commit({}, pull.base, pull.head))
    _, _, log = pull.scan()
    assert "blocks from none instead of high" in log


def test_the_bases_policy_that_was_asked_for_is_never_replaced_by_the_heads(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": SAFE}, {".security-scan.yml": "fail-on: none\n", "requirements.txt": SAFE + YAML})
    (tmp_path / "broken.json").write_text("{")
    code, _, log = pull.scan("--policy-from", "base", GITHUB_EVENT_PATH=str(tmp_path / "broken.json"))
    assert (code, "the base's policy cannot be read" in log) == (1, True)


def test_a_change_of_policy_alone_is_one_in_each_of_its_commits(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {".security-scan.yml": PATTERN}, {"a.txt": "MARKER_" + "aaaabbbb\n"})
    pull.head = pull._commit({"a.txt": None, ".security-scan.yml": PATTERN + "fail-on: none\n"}, pull.head)
    pull.checkout(pull._commit({}, pull.base, pull.head))
    assert pull.scan("--policy-from", "base")[0] == 1


def test_a_branch_that_took_in_the_base_and_changes_the_policy_alone(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": YAML}, {".security-scan.yml": ACCEPT})
    main = pull._commit({"other.txt": "x\n", ".security-scan.yml": None}, pull.base)
    pull.head = pull._commit({".security-scan.yml": ACCEPT}, pull.head, main)
    pull.base = main
    pull.checkout(pull._commit({}, pull.base, pull.head))
    assert pull.scan("--policy-from", "base")[0] == 0


@pytest.mark.parametrize(
    ("path", "before", "running", "said"),
    [
        ("ci.yml", "uses: octo/security-scan-gate@1\n", "", True), ("ci.yml", "run: make\n", "", False),
        ("ci.yml", "run: make\n", "octo/app/.github/workflows/ci.yml@refs/heads/x", True),
        ("ci.yml", "run: make\n", "octo/app/.github/workflows/other.yml@refs/heads/x", False),
    ],
)
def test_a_workflow_that_runs_the_scan_and_is_altered_is_shown(tmp_path: Path, path: str, before: str, running: str, said: bool) -> None:
    name = f".github/workflows/{path}"
    pull = PullRequest(tmp_path, {name: before}, {name: before + "continue-on-error: true\n"})
    _, report, _ = pull.scan("--only", "secrets", GITHUB_WORKFLOW_REF=running)
    changed = report["policy"]["changed_in_this_pull_request"]  # type: ignore[index,call-overload]
    assert [one["location"]["line"] for one in changed] == ([2] if said else [])
