"""The public entry: files in, a Result out."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from scanner import policy, secrets
from scanner.errors import WorkspaceError
from scanner.models import File, Severity
from scanner.secrets import reading, team, workers

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.secrets import Result

RULE = team.rule({"id": "team-token", "description": "A token of the team", "regex": r"tt_[a-z0-9]{8}", "severity": "critical"}, "test")
VALUE = "tt" + "_ab12cd34"


def scan(root: Path, **options: object) -> Result:
    files = [
        File(path=path.relative_to(root).as_posix(), name=path.relative_to(root).as_posix(), size=path.stat().st_size)
        for path in sorted(root.rglob("*")) if path.is_file()
    ]
    return secrets.scan(files, lambda name: os.open(root / name, os.O_RDONLY), secrets.Options(**{"patterns": (RULE,), **options}))


def write(root: Path, texts: dict[str, str | bytes]) -> Path:
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def test_a_finding_says_where_and_never_what(tmp_path: Path) -> None:
    result = scan(write(tmp_path, {"a.py": f"x = 1\né = '{VALUE}'\n"}))
    (finding,) = result.findings
    assert (finding.rule_id, finding.severity, finding.location.line, finding.location.column) == ("team-token", Severity.CRITICAL, 2, 6)
    assert finding.secret is not None
    assert (finding.secret.length, finding.secret.redacted) == (len(VALUE), "…")
    assert VALUE[3:] not in repr(result)
    assert result.scanned.files == 1
    assert result.problems == ()


def test_the_same_value_again_is_related_and_the_id_does_not_move(tmp_path: Path) -> None:
    first = scan(write(tmp_path, {"a.py": f"'{VALUE}'"})).findings[0]
    again = scan(write(tmp_path, {"a.py": f"\n\n'{VALUE}' '{VALUE}'\n\n{VALUE}\n"})).findings
    assert [finding.id for finding in again] == [first.id]
    assert [related.location.line for related in again[0].related] == [3, 5]


def test_ids_differ_by_path_and_value(tmp_path: Path) -> None:
    ids = {finding.id for finding in scan(write(tmp_path, {"a": VALUE, "b": VALUE, "c": VALUE + " " + VALUE[:-1] + "z"})).findings}
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{} # pragma: allowlist secret", "inline comment"), ("{} // pragma: whitelist secret", "inline comment"),
        ("{} # gitleaks:allow", "inline comment"),
        ("{} # security-scan: allow team-token only in tests", "only in tests"),
        ("# pragma: allowlist nextline secret\n{}", "inline comment"),
        ("/* security-scan: allow team-token docs */\n{}", "docs"), ("# security-scan: allow other-rule x\n{}", None),
        ("{}\n# pragma: allowlist secret", None),
        ("# pragma: allowlist secret\n{}", None), ("x # pragma: allowlist nextline secret\n{}", None),
        ("{} # pragma: allowlist secret\n{}", None),
    ],
)
def test_inline_comments(tmp_path: Path, line: str, reason: str | None) -> None:
    result = scan(write(tmp_path, {"a.py": "\n" + line.replace("{}", VALUE) + "\n"}))
    (finding,) = result.findings
    assert [(word.by, word.fingerprint, word.reason) for word in result.suppressions] == ([("inline", finding.id,
    reason)] if reason else [])


def test_a_baseline_accepts_by_file_and_value_wherever_the_line_moved(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": VALUE, "b.py": VALUE})
    entries = scan(tmp_path, entries=True).entries["a.py"]
    write(tmp_path, {"a.py": f"\n\n{VALUE}\n{VALUE[:-1]}z"})
    result = scan(tmp_path, baseline={"a.py": frozenset((entry.type, entry.hashed_secret) for entry in entries)})
    assert len(result.findings) == 3
    accepted = {word.fingerprint for word in result.suppressions if word.by == "baseline"}
    assert [(finding.location.path, finding.location.line) for finding in result.findings if finding.id in accepted] == [("a.py", 3)]


def test_what_detect_secrets_does_not_look_into_is_not_counted_as_scanned(tmp_path: Path) -> None:
    texts = {
        "a.py": f"é {VALUE}", "b.txt": f"é {VALUE}".encode("latin-1"), "c/package-lock.json": "{}", "d.py": "",
        "u.txt": "é".encode("utf-16"),
    }
    result = scan(write(tmp_path, texts), rules="detect-secrets")
    assert {one.path: one.reason.split(":")[0] for one in result.scanned.skipped} == {
        "b.txt": "not UTF-8", "c/package-lock.json": "detect-secrets leaves out files of this name", "u.txt": "not UTF-8",
    }
    assert (result.scanned.files, result.scanned.bytes) == (2, len(f"é {VALUE}".encode()))
    assert [finding.location.path for finding in result.findings] == ["a.py", "b.txt"]  # the team's own rule looks into all of them


@pytest.mark.parametrize("path", ["pages/[id].tsx", "a/[!x]*.py", "[[...all]].ts", "b?.py"])
def test_an_inline_comment_and_a_baseline_count_in_a_file_of_any_name(tmp_path: Path, path: str) -> None:
    write(tmp_path, {path: f"{VALUE} # pragma: allowlist secret\n"})
    entries = scan(tmp_path, entries=True).entries[path]
    accepted = {path: frozenset((entry.type, entry.hashed_secret) for entry in entries)}
    result = scan(tmp_path, baseline=accepted)
    (finding,) = result.findings
    assert [(word.by, policy.covers(word, finding)) for word in result.suppressions] == [("inline", True), ("baseline", True)]


def test_binary_files_are_counted_and_utf16_is_read(tmp_path: Path) -> None:
    result = scan(write(tmp_path, {"a.bin2": b"\0" + VALUE.encode(), "a.png": b"x", "u.txt": f"é {VALUE}".encode("utf-16")}))
    assert [skipped.path for skipped in result.scanned.skipped] == ["a.bin2", "a.png"]
    assert [(finding.location.path, finding.location.column) for finding in result.findings] == [("u.txt", 3)]


def test_a_large_file_is_found_in_whatever_window_and_line(tmp_path: Path) -> None:
    text = ("x" * 99 + "\n") * 104_857 + f"{VALUE}\n" + "y" * 5_000_000 + f" {VALUE[:-1]}z\n" + f"{VALUE[:-1]}y"
    result = scan(write(tmp_path, {"a.txt": text}))
    places = [(finding.location.line, finding.location.column) for finding in result.findings]
    assert places == [(104_858, 1), (104_859, 5_000_002), (104_860, 1)]
    assert result.scanned.bytes == len(text)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("word", ["Acme{}Corp", "acme-corp"])
def test_a_keyword_counts_wherever_it_stands_in_a_large_file(tmp_path: Path, word: str, first: bool) -> None:
    """``twilio`` calls for a built-in rule that is looked for in files with that word alone."""
    own = team.rule({"id": "zq", "description": "A number", "regex": "zq[0-9]{12}", "keywords": ["acmecorp"]}, "test")
    words, values = word.replace("{}", "") + " twi" + "lio", "zq123456789012 AC" + "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    parts = [words, "x y z \n" * 3_000_000, values]
    write(tmp_path, {"a.txt": "\n".join(parts if first else parts[::-1])})
    found = {finding.rule_id for finding in scan(tmp_path, patterns=(own,)).findings}
    assert found == {"twilio-sid", *(["zq"] if "{}" in word else [])}


def test_a_value_without_its_keyword_is_none_in_a_large_file(tmp_path: Path) -> None:
    own = team.rule({"id": "zq", "description": "A number", "regex": "zq[0-9]{12}", "keywords": ["acmecorp"]}, "test")
    write(tmp_path, {"a.txt": "zq123456789012 AC" + "0f1e2d3c4b5a69788796a5b4c3d2e1f0" + " x y\n" * 4_000_000})
    assert scan(tmp_path, patterns=(own,)).findings == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_lines_of_a_large_file_are_counted_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = "é 9\n" * 3_000_000 + f"{VALUE}\n"
    result = scan(write(tmp_path, {"a.txt": text.encode(encoding)}))
    assert [(finding.location.line, finding.location.column) for finding in result.findings] == [(3_000_001, 1)]


def test_a_large_file_that_is_cut_off_meanwhile_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.txt": "x" * (reading.WINDOW + 900_000) + f" {VALUE}\n"})
    read, calls = reading.windows, list[int]()

    def windows(handle: int, size: int) -> list[reading.Window]:
        calls.append(handle)
        return list(read(handle, size))[: 1 if len(calls) > 1 else None]

    monkeypatch.setattr(reading, "windows", windows)
    result = scan(tmp_path)
    assert [problem.subject for problem in result.problems] == ["a.txt"]


def test_what_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    def refuse(name: str) -> int:
        raise WorkspaceError("is not a regular file", subject=name)

    result = secrets.scan([File(path="a", name="a", size=1)], refuse, secrets.Options())
    assert [(problem.subject, problem.reason) for problem in result.problems] == [("a", "is not a regular file")]


def test_a_file_that_breaks_the_scan_is_a_problem_and_the_rest_is_scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(file: File, open_file: object, tally: object) -> None:
        if file.path == "b":
            raise ZeroDivisionError

    monkeypatch.setattr(workers, "_look", lambda options: look)
    result = scan(write(tmp_path, {"a": "1", "b": "2", "c": "3"}))
    assert [(problem.subject, "ZeroDivisionError" in problem.reason) for problem in result.problems] == [("b", True)]


def test_many_processes_and_one_report_the_same(tmp_path: Path) -> None:
    write(tmp_path, {f"d{n % 7}/f{n}.txt": f"{'z' * 20_000}\n{VALUE[:-3]}{n:03}\n" for n in range(300)})
    one, many = scan(tmp_path), scan(tmp_path, jobs=3)
    assert len(one.findings) == 300
    assert many == one


def test_a_process_that_dies_costs_only_the_file_that_kills_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = workers._look(secrets.Options(patterns=(RULE,)))

    def look(file: File, open_file: secrets.Opener, tally: workers.Tally) -> None:
        if file.path == "f7.txt":
            os.kill(os.getpid(), signal.SIGKILL)
        whole(file, open_file, tally)

    monkeypatch.setattr(workers, "_look", lambda options: look)
    result = scan(write(tmp_path, {f"f{n}.txt": f"{'z' * 700_000} {VALUE[:-1]}{n % 10}" for n in range(12)}), jobs=2)
    assert [problem.subject for problem in result.problems] == ["f7.txt"]
    assert sorted(finding.location.path for finding in result.findings) == sorted(f"f{n}.txt" for n in range(12) if n != 7)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_deadline_cuts_off_is_a_problem(tmp_path: Path, jobs: int) -> None:
    write(tmp_path, {f"f{n}.txt": "z" * 1_500_000 for n in range(4)})
    result = scan(tmp_path, jobs=jobs, deadline=time.monotonic() - 1)
    assert ["time was up" in problem.reason for problem in result.problems] == [True]


def test_a_file_full_of_findings_is_cut_and_says_so(tmp_path: Path) -> None:
    result = scan(write(tmp_path, {"a": "\n".join(f"tt_{n:08}" for n in range(1500))}))
    assert len(result.findings) == 1000
    assert ["more than 1,000" in problem.reason for problem in result.problems] == [True]


@pytest.mark.parametrize("mode", ["default", "detect-secrets"])
def test_disabled_rules_are_silent(tmp_path: Path, mode: str) -> None:
    write(tmp_path, {"a.py": VALUE})
    assert scan(tmp_path, rules=mode).findings
    assert not scan(tmp_path, rules=mode, disable=frozenset(("team-token",))).findings


def test_detect_secrets_findings_carry_its_type(tmp_path: Path) -> None:
    result = scan(write(tmp_path, {"a.py": "password = '" + "hunter" + "2x9'\n"}), rules="detect-secrets")
    (finding,) = result.findings
    assert finding.secret is not None
    assert (finding.secret.detector, finding.rule_id, finding.location.column) == ("Secret Keyword", "secret-keyword", 13)


def test_time_grows_with_bytes_only(tmp_path: Path) -> None:
    def seconds(size: int, unit: str) -> float:
        data = (unit * (size // len(unit) + 1))[:size]
        write(tmp_path, {"a.txt": data})
        start = time.process_time()
        scan(tmp_path)
        return time.process_time() - start

    for unit in ("password=", "a", "'", "tt_", '"password": "', "aws_key = '", "=" * 50 + " "):
        small, large = (min(seconds(size, unit) for _ in range(2)) for size in (200_000, 1_600_000))
        assert large < 8 * 4 * small + 0.5, unit
