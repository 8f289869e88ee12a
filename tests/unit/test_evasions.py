"""What a pull request may try so that lines of its own pass for lines that stood before: none of it accepts or hides a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner import lines
from scanner.changes import EVERY_LINE, Change
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
