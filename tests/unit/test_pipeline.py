"""The decision gathers from every stage: what one of them says is never lost on the way to the verdict."""

from __future__ import annotations

import datetime as dt
import io
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from scanner import pipeline
from scanner.cli import main
from scanner.config import Document
from scanner.config_file import ConfigFile
from scanner.dependencies.result import AuditResult
from scanner.errors import MAX_WORDS
from scanner.models import (
    Advisory,
    Audited,
    File,
    Finding,
    Kind,
    Location,
    Mode,
    Notice,
    Outcome,
    Package,
    Problem,
    Scanned,
    Severity,
    Skipped,
    Suppression,
    Verdict,
    Vulnerable,
)
from scanner.policy import Gate
from scanner.review import Review
from scanner.secrets import Result
from scanner.settings import Settings
from scanner.workspace import Listing

SETTINGS = Settings(root="/", target=".")
REVIEW = Review(document=Document(path="", config=ConfigFile(), lines={}))
LISTING = Listing(files=(File(path="a", name="a", size=1),))
PLACE = Location(path="web/package-lock.json", line=3)
PACKAGE = Package(ecosystem="npm", name="lodash", version="4.17.15", location=PLACE)
FINDING = Finding(
    id="v1", kind=Kind.VULNERABILITY, rule_id="GHSA-1", severity=Severity.HIGH, audit="npm", message="m", location=PLACE,
    vulnerable=Vulnerable(package=PACKAGE, advisory=Advisory(id="GHSA-1")),
)
SECRET = replace(FINDING, id="s1", kind=Kind.SECRET, audit="secrets", rule_id="our-rule", vulnerable=None)
PROBLEM = Problem(subject="somewhere", reason="cannot be read", hint="look")
NOTICE = Notice(subject="something", reason="is worth saying")
BEFORE, AFTER = dt.date(2026, 3, 1), dt.date(2026, 4, 1)


def decided(
    settings: Settings = SETTINGS, review: Review = REVIEW, listing: Listing = LISTING, audit: AuditResult = AuditResult(),
    secrets: Result = Result(),
) -> Verdict:
    world = pipeline.World(env={}, now=dt.datetime(2026, 3, 14, tzinfo=dt.UTC), started=time.monotonic())
    return pipeline.decide(settings, review, listing, audit, secrets, world)


@pytest.mark.parametrize(
    "stage",
    [
        {"review": replace(REVIEW, problems=(PROBLEM,))}, {"listing": replace(LISTING, problems=(PROBLEM,))},
        {"audit": AuditResult(problems=(PROBLEM,))}, {"secrets": Result(problems=(PROBLEM,))},
    ],
    ids=lambda stage: next(iter(stage)),
)
def test_a_problem_of_any_stage_makes_the_scan_incomplete(stage: dict[str, object]) -> None:
    verdict = decided(**stage)  # type: ignore[arg-type]
    assert (verdict.outcome, verdict.exit_code, verdict.problems) == (Outcome.INCOMPLETE, 3, (PROBLEM,))
    assert decided(replace(SETTINGS, incomplete_fails=False), **stage).exit_code == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "stage",
    [
        {"review": replace(REVIEW, notices=(NOTICE,))}, {"listing": replace(LISTING, notices=(NOTICE,))},
        {"audit": AuditResult(notices=(NOTICE,))}, {"secrets": Result(notices=(NOTICE,))},
    ],
    ids=lambda stage: next(iter(stage)),
)
def test_a_notice_of_any_stage_is_told_and_changes_nothing(stage: dict[str, object]) -> None:
    verdict = decided(**stage)  # type: ignore[arg-type]
    assert (verdict.outcome, verdict.exit_code, verdict.notices) == (Outcome.PASS, 0, (NOTICE,))


def test_findings_of_both_audits_are_judged() -> None:
    verdict = decided(audit=AuditResult(findings=(FINDING,)), secrets=Result(findings=(SECRET,)))
    assert ({one.id for one in verdict.blocking}, verdict.exit_code) == ({"v1", "s1"}, 1)


def test_what_was_read_is_told() -> None:
    seen, read = Skipped(path="a.bin", reason="binary"), Skipped(path="b", reason="larger than 1 MB")
    audited = Audited(manifest="web/package-lock.json", format="npm", ecosystem="npm", packages=1, source="OSV")
    loosened = Notice(subject="fail-on", reason="blocks from critical instead of high")
    verdict = decided(
        listing=replace(LISTING, skipped=(read,), commit="c0ffee"), review=replace(REVIEW, loosened=(loosened,)),
        audit=AuditResult(audited=(audited,), packages=(PACKAGE,)),
        secrets=Result(scanned=Scanned(files=2, bytes=30, skipped=(seen, read)), rejected=("a:1 no",)),
    )
    assert (verdict.audited, verdict.packages, verdict.loosened, verdict.rejected) == ((audited,), (PACKAGE,), (loosened,), ("a:1 no",))
    assert (verdict.scanned, verdict.run.commit) == (Scanned(files=2, bytes=30, skipped=(seen, read)), "c0ffee")


@pytest.mark.parametrize(
    ("choice", "finding"),
    [
        ({"audits": {"npm": Gate(mode=Mode.WARN)}}, FINDING),
        ({"audits": {"npm": Gate(level=Severity.CRITICAL)}}, FINDING),
        ({"audits": {"secrets": Gate(mode=Mode.WARN)}}, SECRET),
        ({"unfixed_blocks": False}, FINDING),
        ({"unknown_blocks": False}, replace(FINDING, severity=Severity.UNKNOWN)),
        ({"allow": (Suppression(by="config", id="GHSA-1", reason="r", expires=AFTER),)}, FINDING),
        ({"allow": (Suppression(by="config", id="our-rule", reason="r", expires=AFTER),)}, SECRET),
        ({"allow": (Suppression(by="config", id="GHSA-1", reason="r", expires=BEFORE),), "as_of": dt.date(2026, 2, 1)}, FINDING),
    ],
)
def test_every_choice_of_the_settings_reaches_the_decision(choice: dict[str, object], finding: Finding) -> None:
    audit = AuditResult(findings=(finding,)) if finding.vulnerable else AuditResult()
    secrets = Result() if finding.vulnerable else Result(findings=(finding,))
    assert decided(audit=audit, secrets=secrets).exit_code == 1
    assert decided(replace(SETTINGS, **choice), audit=audit, secrets=secrets).exit_code == 0


def test_an_entry_that_is_expired_today_accepts_nothing() -> None:
    word = Suppression(by="config", id="GHSA-1", reason="r", expires=BEFORE)
    verdict = decided(replace(SETTINGS, allow=(word,)), audit=AuditResult(findings=(FINDING,)))
    assert (verdict.exit_code, verdict.expired) == (1, (word,))


def test_what_the_secret_scan_says_is_accepted_is_accepted() -> None:
    word = Suppression(by="inline", id="our-rule", reason="r", fingerprint="s1")
    verdict = decided(secrets=Result(findings=(SECRET,), suppressions=(word,)))
    assert (verdict.exit_code, [one.suppression for one in verdict.judged]) == (0, [word])


def test_a_problem_of_endless_words_is_cut_short() -> None:
    (told,) = decided(audit=AuditResult(problems=(replace(PROBLEM, reason="a word " * 9_000),))).problems
    assert (told.subject, len(told.reason)) == (PROBLEM.subject, MAX_WORDS)


def test_a_folder_with_nothing_in_it_is_incomplete(tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    assert main([str(tmp_path), "--advisories", "offline"], {}, out, err) == 3
    assert "no file to scan was found" in " ".join(out.getvalue().split())


def test_a_lockfile_that_cannot_be_read_is_incomplete(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{")
    out, err = io.StringIO(), io.StringIO()
    assert main([str(tmp_path), "--advisories", "offline"], {}, out, err) == 3
    assert "package-lock.json" in out.getvalue()


@pytest.mark.parametrize(("only", "told"), [("dependencies", True), ("secrets", False)])
def test_a_green_check_says_what_it_does_not_speak_for(tmp_path: Path, only: str, told: bool) -> None:
    for name in ("Cargo.lock", "a/go.mod", "b/go.mod", "c/go.mod", "d/go.mod"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    out = io.StringIO()
    assert main(["scan", str(tmp_path), "--only", only], {}, out, out) == 0
    said = "this program knows Python and npm packages only: Cargo.lock, a/go.mod, b/go.mod and 2 more"
    assert (said in " ".join(out.getvalue().split())) == told


@pytest.mark.parametrize(("audits", "code"), [("npm: off, pnpm: off, yarn: off", 0), ("npm: off, pnpm: off", 3)])
def test_an_audit_that_is_off_leaves_nothing_unchecked(tmp_path: Path, audits: str, code: int) -> None:
    (tmp_path / ".security-scan.yml").write_text(f"audits: {{{audits}}}\n")
    (tmp_path / "package.json").write_text('{"name": "x", "dependencies": {"lodash": "^4"}}')
    out = io.StringIO()
    assert main([str(tmp_path), "--only", "dependencies", "--advisories", "offline"], {}, out, out) == code, out.getvalue()
    assert ("no lockfile" in out.getvalue()) == (code == 3)


@pytest.mark.parametrize(
    ("name", "stale"),
    [("web/package-lock.json", True), ("web/package.json", False), ("web/yarn.lock", False), ("node_modules/a/yarn.lock", True)],
)
def test_an_entry_waits_for_no_audit_that_has_nothing_to_look_at(name: str, stale: bool) -> None:
    gates = {"python": Gate(), "npm": Gate(), "pnpm": Gate(mode=Mode.OFF), "yarn": Gate(mode=Mode.OFF), "secrets": Gate()}
    word = Suppression(by="config", id="GHSA-9")
    listing = replace(LISTING, files=(File(path=name, name=name, size=1),))
    assert decided(replace(SETTINGS, audits=gates, allow=(word,)), listing=listing).stale == ((word,) if stale else ())
