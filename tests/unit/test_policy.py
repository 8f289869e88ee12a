"""The decision as a truth table."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from scanner import policy
from scanner.models import (
    Advisory,
    Finding,
    Kind,
    Location,
    Mode,
    Origin,
    Outcome,
    Package,
    Problem,
    Related,
    Secret,
    Severity,
    Suppression,
    Vulnerable,
)
from scanner.policy import Gate, Policy, judge

TODAY = dt.date(2026, 1, 15)
PLACE = Location(path="apps/web/package.json", line=7)
PACKAGE = Package(ecosystem="npm", name="lodash", version="4.17.15", location=PLACE)
VULNERABILITY = Finding(
    id="v1", kind=Kind.VULNERABILITY, rule_id="GHSA-1", aliases=("CVE-1",), severity=Severity.HIGH, audit="npm", message="m",
    location=PLACE,
    related=(Related(location=Location(path="apps/web/package-lock.json", line=70), note="locked here"),),
    vulnerable=Vulnerable(package=PACKAGE, advisory=Advisory(id="GHSA-1"), fixed_versions=("4.17.21",)),
)
SECRET = Finding(
    id="s1", kind=Kind.SECRET, rule_id="github-pat", severity=Severity.CRITICAL, audit="secrets", message="m",
    location=Location(path="a.env", line=2), secret=Secret(detector="github-pat", redacted="ghp_…", length=40),
)
PROBLEM = Problem(subject="yarn.lock", reason="cannot be read")


def decide(
    *findings: Finding, problems: tuple[Problem, ...] = (), allow: tuple[Suppression, ...] = (), rules: Policy = Policy()
) -> policy.Decision:
    return judge(findings, problems, allow, rules, TODAY)


def gate(mode: Mode = Mode.BLOCK, level: Severity | None = Severity.HIGH) -> dict[str, Gate]:
    return {"npm": Gate(mode=mode, level=level)}


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("level", [None, Severity.LOW, Severity.MODERATE, Severity.HIGH, Severity.CRITICAL])
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("unknown_blocks", [True, False])
def test_threshold(severity: Severity, level: Severity | None, mode: Mode, unknown_blocks: bool) -> None:
    decision = decide(replace(VULNERABILITY, severity=severity), rules=Policy(gates=gate(mode, level), unknown_blocks=unknown_blocks))
    reached = unknown_blocks if severity is Severity.UNKNOWN else level is not None and severity >= level
    expected = mode is Mode.BLOCK and level is not None and reached
    assert decision.judged[0].blocking is expected
    assert (decision.exit_code, decision.outcome) == ((1, Outcome.FAIL) if expected else (0, Outcome.PASS))


@pytest.mark.parametrize(
    ("findings", "problems", "fails", "code", "outcome"),
    [
        ((), (), True, 0, Outcome.PASS),
        ((), (PROBLEM,), True, 3, Outcome.INCOMPLETE),
        ((), (PROBLEM,), False, 0, Outcome.INCOMPLETE),
        ((VULNERABILITY,), (PROBLEM,), True, 1, Outcome.FAIL),
        ((VULNERABILITY,), (PROBLEM,), False, 1, Outcome.FAIL),
        ((replace(VULNERABILITY, severity=Severity.LOW),), (PROBLEM,), True, 3, Outcome.INCOMPLETE),
    ],
)
def test_ends(findings: tuple[Finding, ...], problems: tuple[Problem, ...], fails: bool, code: int, outcome: Outcome) -> None:
    decision = decide(*findings, problems=problems, rules=Policy(incomplete_fails=fails))
    assert (decision.exit_code, decision.outcome, decision.problems) == (code, outcome, problems)


@pytest.mark.parametrize("origin", list(Origin))
@pytest.mark.parametrize("block_existing", [True, False])
def test_only_what_is_introduced_blocks_when_asked(origin: Origin, block_existing: bool) -> None:
    decision = decide(replace(VULNERABILITY, origin=origin), rules=Policy(block_existing=block_existing))
    assert decision.judged[0].blocking is (block_existing or origin in (Origin.INTRODUCED, Origin.UNKNOWN))


@pytest.mark.parametrize("fixed", [(), ("4.17.21",)])
@pytest.mark.parametrize("unfixed_blocks", [True, False])
def test_unfixed(fixed: tuple[str, ...], unfixed_blocks: bool) -> None:
    finding = replace(VULNERABILITY, vulnerable=replace(VULNERABILITY.vulnerable, fixed_versions=fixed))
    assert decide(finding, rules=Policy(unfixed_blocks=unfixed_blocks)).judged[0].blocking is (unfixed_blocks or bool(fixed))


def test_a_secret_has_no_fix_and_blocks_all_the_same() -> None:
    assert decide(SECRET, rules=Policy(unfixed_blocks=False)).exit_code == 1


def entry(**narrowing: object) -> Suppression:
    return Suppression(**{"by": "config", "id": "GHSA-1", "reason": "r", "expires": dt.date(2026, 6, 1), **narrowing})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "accepts"),
    [
        (entry(), True),
        (entry(id="CVE-1"), True),
        (entry(id="GHSA-2"), False),
        (entry(id="", fingerprint=""), False),
        (entry(id="", fingerprint="v1"), True),
        (entry(fingerprint="v2"), False),
        (entry(package="lodash"), True),
        (entry(package="underscore"), False),
        (entry(version="4.17.15"), True),
        (entry(version="4.17.16"), False),
        (entry(path="apps/web/*"), True),
        (entry(path="apps/*"), False),
        (entry(path="apps/**"), True),
        (entry(path="**/package-lock.json"), True),
        (entry(path="tools/**"), False),
        (entry(expires=TODAY), True),
        (entry(expires=TODAY - dt.timedelta(days=1)), False),
        (entry(expires=None), False),
        (entry(by="inline", id="GHSA-1", expires=None), True),
    ],
)
def test_acceptance(word: Suppression, accepts: bool) -> None:
    decision = decide(VULNERABILITY, allow=(word,))
    assert (decision.judged[0].suppression is not None) is accepts
    assert decision.exit_code == (0 if accepts else 1)


@pytest.mark.parametrize("severity", list(Severity))
def test_expiry_is_required_for_high_and_critical(severity: Severity) -> None:
    decision = decide(replace(VULNERABILITY, severity=severity), allow=(entry(expires=None),))
    needs = severity >= Severity.HIGH
    assert (decision.judged[0].suppression is None) is needs
    assert [notice.subject for notice in decision.notices] == (["allow GHSA-1"] if needs else [])
    assert not decision.stale


def test_words_that_need_a_persons_eye() -> None:
    stale, expired, soon = entry(id="X"), entry(expires=dt.date(2026, 1, 1)), entry(expires=dt.date(2026, 1, 29))
    later, baseline = entry(expires=dt.date(2026, 1, 30)), entry(by="baseline", id="Y", expires=None)
    decision = decide(VULNERABILITY, allow=(stale, expired, soon, later, baseline))
    assert (decision.stale, decision.expired, decision.expiring) == ((stale,), (expired,), (soon,))


OFF = Gate(mode=Mode.OFF)


@pytest.mark.parametrize(
    ("word", "gates", "problems", "stale"),
    [
        (entry(id="GHSA-9"), {}, (), True),
        (entry(id="GHSA-9"), {"secrets": OFF}, (), True),
        (entry(id="GHSA-9"), {"yarn": OFF}, (), False),
        (entry(id="GHSA-9"), {"npm": Gate(mode=Mode.WARN, level=None)}, (), True),
        (entry(id="GHSA-9"), {}, (PROBLEM,), False),
        (entry(id="github-pat"), {"yarn": OFF, "npm": OFF}, (), True),
        (entry(id="github-pat"), {"secrets": OFF}, (), False),
        (entry(id="github-pat"), {}, (PROBLEM,), False),
        (entry(id="github-pat", package="lodash"), {"secrets": OFF}, (), True),
        (entry(id="github-pat", package="lodash"), {"npm": OFF}, (), False),
        (entry(id="", fingerprint="v9"), {}, (), True),
        (entry(id="", fingerprint="v9"), {"npm": OFF}, (), False),
        (entry(id="1179"), {"secrets": OFF}, (), False),
        (entry(id="GHSA-9", path="apps/*/package-lock.json"), {"python": OFF, "pnpm": OFF, "yarn": OFF}, (), True),
        (entry(id="GHSA-9", path="bun.lock"), {"npm": OFF}, (), False),
        (entry(id="GHSA-9", path="**/yarn.lock"), {"npm": OFF}, (), True),
        (entry(id="GHSA-9", path="**/yarn.lock"), {"yarn": OFF}, (), False),
        (entry(id="GHSA-9", path="web/package.json"), {"python": OFF}, (), True),
        (entry(id="GHSA-9", path="web/package.json"), {"pnpm": OFF}, (), False),
        (entry(id="GHSA-9", path="requirements.txt"), {"npm": OFF}, (), True),
        (entry(id="GHSA-9", path="requirements*.txt"), {"npm": OFF}, (), False),
        (entry(id="GHSA-9", path="web/**"), {"python": OFF}, (), False),
        (entry(id="", fingerprint="v9", path="yarn.lock"), {"npm": OFF}, (), True),
        (entry(id="", fingerprint="v9", path="yarn.lock"), {"secrets": OFF}, (), False),
        (entry(id="GHSA-9", package="@babel/core"), {"python": OFF}, (), True),
        (entry(id="GHSA-9", package="@babel/core"), {"npm": OFF}, (), False),
        (entry(id="GHSA-9", package="babel"), {"python": OFF}, (), False),
        (entry(id="PYSEC-2021-1"), {"npm": OFF, "pnpm": OFF, "yarn": OFF}, (), True),
        (entry(id="PYSEC-2021-1"), {"python": OFF}, (), False),
    ],
)
def test_an_entry_can_go_only_where_what_it_accepts_was_looked_for(
    word: Suppression, gates: dict[str, Gate], problems: tuple[Problem, ...], stale: bool
) -> None:
    assert decide(problems=problems, allow=(word,), rules=Policy(gates=gates)).stale == ((word,) if stale else ())


@pytest.mark.parametrize(("idle", "stale"), [((), False), (("pnpm",), False), (("pnpm", "yarn"), True), (("npm", "pnpm", "yarn"), True)])
def test_an_audit_that_has_no_file_would_have_found_nothing(idle: tuple[str, ...], stale: bool) -> None:
    word = entry(id="GHSA-9")
    assert decide(allow=(word,), rules=Policy(gates={"pnpm": OFF, "yarn": OFF}, idle=frozenset(idle))).stale == ((word,) if stale else ())


def test_package_narrowing_never_covers_a_secret() -> None:
    assert decide(SECRET, allow=(entry(id="github-pat", package="lodash"),)).exit_code == 1


def test_worst_first() -> None:
    low = replace(VULNERABILITY, id="v2", severity=Severity.LOW)
    warned = replace(VULNERABILITY, id="v3", audit="pnpm", severity=Severity.CRITICAL)
    accepted = replace(VULNERABILITY, id="v4", rule_id="GHSA-4", aliases=(), severity=Severity.CRITICAL)
    rules = Policy(gates={"pnpm": Gate(mode=Mode.WARN)})
    decision = decide(low, warned, accepted, VULNERABILITY, SECRET, allow=(entry(id="GHSA-4"),), rules=rules)
    assert [judged.finding.id for judged in decision.judged] == ["s1", "v1", "v3", "v2", "v4"]


def test_the_same_problem_twice_is_said_once() -> None:
    assert decide(problems=(PROBLEM, PROBLEM)).problems == (PROBLEM,)


@pytest.mark.parametrize(
    ("narrowing", "accepts"),
    [
        ({"package": "aaa"}, False), ({"package": "zzz"}, False), ({"package": "".join(("lod", "ash"))}, True),
        ({"version": "4.17.14"}, False), ({"version": "9"}, False), ({"version": ".".join(("4", "17", "15"))}, True),
    ],
)
def test_a_narrowing_is_met_by_the_same_text_alone(narrowing: dict[str, str], accepts: bool) -> None:
    assert (decide(VULNERABILITY, allow=(entry(**narrowing),)).exit_code == 0) is accepts


@pytest.mark.parametrize("by", ["baseline", "inline"])
def test_only_the_config_file_owes_a_date(by: str) -> None:
    decision = decide(VULNERABILITY, allow=(entry(by=by, expires=None), entry(by=by, id="nothing", expires=None)))
    assert (decision.exit_code, decision.notices, decision.stale) == (0, (), ())


@pytest.mark.parametrize("days", [0, 1, 3, 14])
def test_a_word_that_expires_soon_is_told_on_every_day(days: int) -> None:
    word = entry(expires=TODAY + dt.timedelta(days=days))
    assert decide(VULNERABILITY, allow=(word,)).expiring == (word,)


def test_what_nobody_has_scored_ranks_as_high() -> None:
    ranked = [replace(VULNERABILITY, id=name, severity=Severity[name]) for name in ("LOW", "UNKNOWN", "CRITICAL", "MODERATE")]
    decision = decide(*ranked, rules=Policy(gates=gate(Mode.WARN)))
    assert [judged.finding.id for judged in decision.judged] == ["CRITICAL", "UNKNOWN", "MODERATE", "LOW"]


def test_what_is_told_is_sorted_by_numbers_in_its_subject() -> None:
    words = (("a:10", "x"), ("b", "x"), ("a:2", "y"), ("a:2", "x"), ("a:2", "y"))
    said = [Problem(subject=subject, reason=reason) for subject, reason in words]
    assert [(one.subject, one.reason) for one in policy.told(said)] == [("a:2", "x"), ("a:2", "y"), ("a:10", "x"), ("b", "x")]


def test_what_an_incomplete_scan_ends_as_is_given_by_its_name() -> None:
    with pytest.raises(TypeError):
        policy.end((), (), True)  # type: ignore[misc]


def test_the_strict_choice_is_the_default() -> None:
    assert Policy() == Policy(unknown_blocks=True, unfixed_blocks=True, incomplete_fails=True, block_existing=True)
    assert (policy.CLEAN, policy.FINDINGS, policy.USAGE, policy.INCOMPLETE) == (0, 1, 2, 3)


@pytest.mark.parametrize("value", [Gate(), Policy(), decide()], ids=lambda value: type(value).__name__)
def test_a_decision_cannot_be_changed_nor_misread(value: object) -> None:
    with pytest.raises(AttributeError):
        setattr(value, type(value).__struct_fields__[0], None)  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        type(value)(*(None for _ in type(value).__struct_fields__))  # type: ignore[attr-defined]
