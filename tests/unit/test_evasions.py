"""What a pull request may try so that lines of its own pass for lines that stood before: none of it accepts or hides a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner import lines
from scanner.changes import Change
from scanner.difference import EVERY_LINE
from tests.pull_request import Files, PullRequest
from tests.unit.test_review import PATTERN

MARKER = "MARKER_" + "aaaabbbb"
ACCEPTED = f"{MARKER}  # gitleaks:allow\n"
LENIENT = f"block-existing: false\n{PATTERN}"
"""A policy that only blocks what a change introduces."""
PARITY = "block-existing: false\nsecrets: {rules: detect-secrets}\n"
KEY = "AKIA" + "Q4ZK7MNP2XVB5RTW"


def outcome(pull: PullRequest) -> tuple[int, int, list[str]]:
    """Exit code, number of loosenings, origins of the findings."""
    code, report, _ = pull.scan("--only", "secrets")
    loosened = report["policy"]["changed_in_this_pull_request"]  # type: ignore[index,call-overload]
    return code, len(loosened), [one["origin"] for one in report["findings"]]  # type: ignore[attr-defined]


OVER = "# pragma: allowlist nextline secret\n"
OURS = "# security-scan: allow {} we know\n"
FRAME = "-----{} PRIVATE KEY-----"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
KEY_LINES = (FRAME.format("BEGIN"), *(BODY[n:] + BODY[:n] for n in range(9)), FRAME.format("END"))
KEY_FILE = "\n".join(KEY_LINES)
KEY_ACCEPTED = KEY_FILE.replace(BODY, f"{BODY}  # gitleaks:allow", 1)


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (f"x = 1\n{MARKER}\n", f"x = 1\n{OVER}{MARKER}\n"),
        (f"x = 1\n{MARKER}\n", f"x = 1\n{OURS.format('marker')}{MARKER}\n"),
        (f"{MARKER}\n", ACCEPTED),
        (f"{ACCEPTED}{MARKER}\n", f"{ACCEPTED}{ACCEPTED}"),
        (f"{OVER}x = 1\n{MARKER}\n", f"{OVER}{MARKER}\n"),
    ],
    ids=["next line", "ours above", "same line", "second place", "moved to it"],
)
@pytest.mark.parametrize("rules", ["default", "detect-secrets"])
def test_a_comment_on_a_secret_that_stood_there_is_new(tmp_path: Path, base: str, head: str, rules: str) -> None:
    policy = PATTERN.replace("{patterns", f"{{rules: {rules}, patterns")
    before: Files = {".security-scan.yml": policy, "b.py": base}
    fork, own = (PullRequest(tmp_path / name, before, {"b.py": head}, fork=name == "fork") for name in ("fork", "own"))
    assert [outcome(one)[:2] for one in (fork, own)] == [(1, 1), (0, 1)]


@pytest.mark.parametrize("text", [f"{OVER}{MARKER}\n", ACCEPTED, f"{OURS.format('marker')}{MARKER}\n", KEY_ACCEPTED])
def test_a_comment_that_stood_there_holds(tmp_path: Path, text: str) -> None:
    base: Files = {".security-scan.yml": PATTERN, "b.py": f"x = 1\n{text}"}
    assert outcome(PullRequest(tmp_path, base, {"b.py": f"z = 1\nx = 1\n{text}\ny = 1\n"}, fork=True)) == (0, 0, ["existing"])


def test_a_comment_at_the_end_of_several_lines_is_new(tmp_path: Path) -> None:
    base: Files = {".security-scan.yml": PATTERN, "b.py": KEY_FILE}
    assert outcome(PullRequest(tmp_path, base, {"b.py": KEY_ACCEPTED}, fork=True))[:2] == (1, 1)


def test_a_key_that_is_replaced_within_its_frame_is_introduced(tmp_path: Path) -> None:
    base: Files = {".security-scan.yml": LENIENT, "b.py": KEY_FILE}
    head = [line.swapcase() if line[:1] != "-" else line for line in KEY_LINES]
    assert outcome(PullRequest(tmp_path, base, {"b.py": "\n".join(head)})) == (1, 0, ["introduced"])


def test_a_comment_that_one_commit_of_a_fork_adds_and_the_next_removes(tmp_path: Path) -> None:
    base: Files = {".security-scan.yml": PATTERN, "a.txt": "1\n"}
    pulls = [PullRequest(tmp_path / name, base, {"b.py": ACCEPTED}, fork=name == "fork") for name in ("fork", "own")]
    assert [outcome(pull.then({"b.py": None})) for pull in pulls] == [(1, 1, ["introduced"]), (0, 1, ["introduced"])]


def test_a_comment_in_the_history_before_the_change_holds_for_a_fork(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {".security-scan.yml": PATTERN, "b.py": ACCEPTED}, {"b.py": None}, fork=True)
    code, report, _ = pull.scan("--only", "secrets", "--history")
    assert (code, [one["origin"] for one in report["findings"]]) == (0, ["existing"])  # type: ignore[attr-defined]


def test_a_comment_in_the_history_says_nothing_of_the_tree(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {".security-scan.yml": PATTERN, "b.py": ACCEPTED}, {"b.py": f"{MARKER}\n"})
    assert pull.scan("--only", "secrets", "--history")[0] == 1


@pytest.mark.parametrize("fork", [False, True])
def test_what_the_base_excludes_is_left_out_of_the_commits_as_well(tmp_path: Path, fork: bool) -> None:
    base: Files = {".security-scan.yml": f"exclude: ['third-party/**']\n{PATTERN}", "a.txt": "1\n"}
    pull = PullRequest(tmp_path, base, {"third-party/b.py": f"{MARKER}\n"}, fork=fork)
    assert outcome(pull) == (0, 0, [])
    assert pull.scan("--only", "secrets", "--history")[0] == 0
    assert outcome(pull.then({"third-party/b.py": None, "b.py": f"{MARKER}\n"}))[0] == 1


BINARY: list[Files] = [
    {"b.py": ACCEPTED, ".gitattributes": "*.py -diff\n"}, {"b.py": ACCEPTED, ".gitattributes": "*.py binary\n"},
    {"b.py": ACCEPTED.encode("utf-16")}, {"b.py": b"\xfe\xff" + ACCEPTED.encode("utf-16-be")},
]


@pytest.mark.parametrize("head", BINARY, ids=["-diff", "binary", "utf-16", "utf-16-be"])
def test_lines_of_what_git_takes_for_binary_are_added(tmp_path: Path, head: Files) -> None:
    assert outcome(PullRequest(tmp_path / "a", {".security-scan.yml": PATTERN}, head, fork=True)) == (1, 1, ["introduced"])
    assert outcome(PullRequest(tmp_path / "b", {".security-scan.yml": PATTERN}, head)) == (0, 1, ["introduced"])


@pytest.mark.parametrize("text", [f"{MARKER}\n", f"{MARKER}\n".encode("utf-16")])
def test_what_git_takes_for_binary_was_not_there_before(tmp_path: Path, text: str | bytes) -> None:
    head: Files = {"b.py": text, ".gitattributes": "*.py -diff\n"}
    assert outcome(PullRequest(tmp_path, {".security-scan.yml": LENIENT}, head)) == (1, 0, ["introduced"])


def test_attributes_leave_lines_that_stood_before_as_they_were(tmp_path: Path) -> None:
    base: Files = {".security-scan.yml": LENIENT, ".gitattributes": "*.py -diff\n", "b.py": f"x = 1\n{MARKER}\n"}
    assert outcome(PullRequest(tmp_path, base, {"b.py": f"x = 1\n{MARKER}\ny = 2\n"})) == (0, 0, ["existing"])


def test_line_feeds_inside_of_characters_number_no_lines(tmp_path: Path) -> None:
    """Git sees the empty lines of the base here, in front of the new ones."""
    text = f"x{chr(0x0A0A) * 20}\n\n\n{MARKER}\n"
    base: Files = {".security-scan.yml": LENIENT, "a.py": "\n" * 60}
    assert outcome(PullRequest(tmp_path, base, {"a.py": b"\xff\xfe" + text.encode("utf-16-le")})) == (1, 0, ["introduced"])


@pytest.mark.parametrize(
    ("name", "line", "end"),
    [
        ("a.py", f"key = '{KEY}'\n", "\r"), ("a.ini", f"[s]\nkey = {KEY}\n", "\r"), ("a.yaml", f"key: '{KEY}'\n", "\r"),
        ("a.yaml", f"key: '{KEY}'\n", "\x85"), ("a.yaml", f"key: '{KEY}'\n", "\u2028"), ("a.yaml", f"key: '{KEY}'\n", "\u2029"),
    ],
)
@pytest.mark.parametrize("base", [{}, {"before": "# x\n"}])
def test_line_ends_that_detect_secrets_knows_and_git_does_not(
    tmp_path: Path, name: str, line: str, end: str, base: dict[str, str]
) -> None:
    before: Files = {".security-scan.yml": PARITY, **({name: base["before"]} if base else {})}
    assert outcome(PullRequest(tmp_path, before, {name: f"# x{end}#{end}#{end}\n{line}"}, fork=True)) == (1, 0, ["introduced"])


@pytest.mark.parametrize(
    ("data", "odd"),
    [
        (b"a\nb\r\nc\r", False), (b"\xef\xbb\xbfa\n", False), (b"a\rb\n", True), (b"a\r\r\nb\n", True), (b"\xff\xfea\0", True),
        (b"x" * (lines._PIECE - 1) + b"\r\n", False), (b"x" * (lines._PIECE - 1) + b"\ry", True),
        (b"x" * (lines._PIECE - 2) + "\u2028".encode() + b"x" * lines._PIECE, True), (b"x" * (lines._PIECE - 1) + "\x85".encode(), True),
    ],
)
def test_files_whose_lines_may_be_numbered_otherwise(tmp_path: Path, data: bytes, odd: bool) -> None:
    (tmp_path / "a").write_bytes(data)
    change = Change(base="", base_date="", added={"a": ((2, 2),), "gone": (), "away": ((1, 1),)}, read_base=lambda path: None)
    assert lines.sure(change, str(tmp_path)).added == {"a": EVERY_LINE if odd else ((2, 2),), "gone": (), "away": EVERY_LINE}
