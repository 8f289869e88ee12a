"""Shallow clones: the base comes from GitHub's API, or the report says why it is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.difference import EVERY_LINE
from scanner.remote import _added, _File
from tests import github_api
from tests.pull_request import PullRequest
from tests.unit.test_review import ACCEPT, OLD, PATTERN, SAFE, YAML, origins

BASE = {"requirements.txt": OLD, ".security-scan.yml": PATTERN, "a.txt": "one\ntwo\nMARKER_" + "aaaabbbb\n"}
HEAD = {"requirements.txt": OLD + YAML, "b.txt": "x\nMARKER_" + "ccccdddd\n"}


@pytest.mark.parametrize("token", ["", "t0ken"])
def test_the_same_origins_as_a_full_clone(tmp_path: Path, token: str) -> None:
    pull = PullRequest(tmp_path, BASE, HEAD)
    code, full, _ = pull.scan()
    with github_api.serve(pull.tree) as api:
        shallow_code, shallow, log = pull.shallow().scan(api=api.url, inputs={"token": token})
    assert (code, shallow_code) == (1, 1)
    assert origins(shallow) == origins(full)
    assert set(origins(full).values()) == {"introduced", "existing"} | set(origins(full).values()) & {"newly-published"}
    assert {authorization for _, authorization in api.requests} == {f"Bearer {token}" if token else ""}
    assert "t0ken" not in log


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_an_api_that_says_no_leaves_the_origin_unknown_and_says_so(tmp_path: Path, status: int) -> None:
    pull = PullRequest(tmp_path, BASE, HEAD)
    with github_api.serve(pull.tree) as api:
        api.status = status
        code, report, log = pull.shallow().scan(api=api.url)
    assert code == 1
    assert set(origins(report).values()) == {"unknown"}
    assert "what this change introduced is not known" in log


def test_an_api_that_is_no_address_leaves_the_origin_unknown(tmp_path: Path) -> None:
    code, report, log = PullRequest(tmp_path, BASE, HEAD).shallow().scan(api="https://[", inputs={"token": "t0ken"})
    assert (code, set(origins(report).values()), "internal error" in log) == (1, {"unknown"}, False)
    assert "what this change introduced is not known" in log


def test_without_an_api_the_origin_is_unknown_and_blocks(tmp_path: Path) -> None:
    base = {**BASE, ".security-scan.yml": "block-existing: false\n"}
    code, report, log = PullRequest(tmp_path, base, {"c.txt": "x\n"}).shallow().scan()
    assert (code, set(origins(report).values())) == (1, {"unknown"})
    assert "fetch-depth: 0" in log


def test_a_forks_policy_is_read_through_the_api(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": SAFE}, {"requirements.txt": YAML, ".security-scan.yml": ACCEPT}, fork=True)
    with github_api.serve(pull.tree) as api:
        code, report, _ = pull.shallow().scan(api=api.url)
    assert (code, report["problems"]) == (1, [])


def test_a_fork_without_base_and_api_is_never_green(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": SAFE}, {".security-scan.yml": "on-incomplete: warn\n"}, fork=True)
    code, report, _ = pull.shallow().scan()
    assert (code, report["verdict"]) == (3, "incomplete")


def test_a_list_of_files_that_is_cut_leaves_the_rest_unknown(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, BASE, {**HEAD, **{f"many/{number:03}.txt": "x\n" for number in range(310)}})
    with github_api.serve(pull.tree) as api:
        _, report, _ = pull.shallow().scan(api=api.url)
    secrets = {one["location"]["path"]: one["origin"] for one in report["findings"] if one["kind"] == "secret"}  # type: ignore[attr-defined]
    assert secrets == {"a.txt": "unknown", "b.txt": "introduced"}


@pytest.mark.parametrize(
    ("patch", "ranges"),
    [
        ("@@ -0,0 +1,2 @@\n+a\n+b", ((1, 2),)),
        ("@@ -1,4 +1,2 @@\n a\n-b\n-c\n d", ((2, 1),)), ("@@ -3,2 +2,0 @@\n-b\n-c", ((3, 2),)), ("", ()),
        ("@@ -1 +1,3 @@\n+++ a\n+@@ -1 +9 @@\n-b\n+b\n\\ No newline at end of file", ((1, 3),)),
        ("@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n@@ -10 +10,2 @@ def f\n e\n+f\n\\ No newline at end of file", ((2, 2), (11, 11))),
        (None, EVERY_LINE),
    ],
)
def test_added_lines_of_a_patch(patch: str | None, ranges: tuple[tuple[int, int], ...]) -> None:
    assert _added(_File(filename="a", status="modified", patch=patch)) == ranges
    assert _added(_File(filename="a", status="removed", patch=patch)) == ()
    more = (patch or "").count("\n+") + 1
    assert _added(_File(filename="a", status="modified", patch=patch, additions=more)) == EVERY_LINE, "the patch is cut"
    assert _added(_File(filename="a", status="modified", patch=patch, additions=more - 1)) == ranges


@pytest.mark.parametrize("additions", [0, 9000])
def test_a_renamed_file_without_a_patch_may_hold_anything(additions: int) -> None:
    """It is large, or ``.gitattributes`` calls it binary: then GitHub counts no lines either."""
    assert _added(_File(filename="a", status="renamed", additions=additions)) == EVERY_LINE


def test_a_comment_in_a_file_that_is_not_listed_accepts_nothing_of_a_fork(tmp_path: Path) -> None:
    base = {**BASE, "a.txt": "1\n"}
    accepted = "MARKER_" + "ccccdddd  # gitleaks:allow\n"
    pull = PullRequest(tmp_path, base, {"z.txt": accepted, **{f"many/{number:03}.txt": "x\n" for number in range(310)}}, fork=True)
    with github_api.serve(pull.tree) as api:
        code, report, _ = pull.shallow().scan("--only", "secrets", api=api.url)
    assert code == 1
    assert len(report["policy"]["changed_in_this_pull_request"]) == 1  # type: ignore[index,call-overload]


def test_of_a_cut_list_what_is_listed_is_known(tmp_path: Path) -> None:
    marker = "MARKER_" + "aaaabbbb\n"
    base = {".security-scan.yml": f"block-existing: false\n{PATTERN}", "a.txt": marker}
    head = {"a.txt": f"{marker}x\n", **{f"many/{number:03}.txt": "x\n" for number in range(310)}}
    pull = PullRequest(tmp_path, base, head)
    with github_api.serve(pull.tree) as api:
        code, report, _ = pull.shallow().scan("--only", "secrets", api=api.url)
    assert (code, origins(report)) == (0, {"marker": "existing"})
