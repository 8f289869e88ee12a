"""Findings, problems and what the team accepts in; the decision out. Pure: no clock, no files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from scanner import concerned, globs
from scanner.models import Finding, Judged, Mode, Notice, Origin, Outcome, Problem, Severity, Suppression

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

CLEAN, FINDINGS, USAGE, INCOMPLETE = 0, 1, 2, 3
Said = TypeVar("Said", Problem, Notice)
EXPIRING_DAYS = 14


class Gate(Struct, frozen=True, kw_only=True):
    """What one audit's findings do: its mode and the least severity that blocks (None: nothing does)."""

    mode: Mode = Mode.BLOCK
    level: Severity | None = Severity.HIGH


class Policy(Struct, frozen=True, kw_only=True):
    """The team's choices that decide. ``gates`` has one entry an audit; an audit without one blocks at high. ``idle`` are the audits that
    would find nothing, on or off: no file is their business.
    """

    gates: dict[str, Gate] = {}
    idle: frozenset[str] = frozenset()
    unknown_blocks: bool = True
    unfixed_blocks: bool = True
    incomplete_fails: bool = True
    block_existing: bool = True


class Decision(Struct, frozen=True, kw_only=True):
    """What ``judge`` says: findings worst first, each with its fate; the suppressions that need a person's eye; the end."""

    outcome: Outcome
    exit_code: int
    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]
    stale: tuple[Suppression, ...]
    expired: tuple[Suppression, ...]
    expiring: tuple[Suppression, ...]


def judge(
    findings: Iterable[Finding], problems: Sequence[Problem], suppressions: Sequence[Suppression], policy: Policy, today: dt.date
) -> Decision:
    """Decide. A finding blocks unless a valid word accepts it or the policy only warns; any problem makes the scan incomplete."""
    live = [s for s in suppressions if not _expired(s, today)]
    used: set[int] = set()
    notices: list[Notice] = []
    judged = [_judge_one(finding, live, used, notices, policy) for finding in findings]
    exit_code, outcome = end([j for j in judged if j.blocking], problems, incomplete_fails=policy.incomplete_fails)
    return Decision(
        outcome=outcome, exit_code=exit_code, judged=tuple(sorted(judged, key=worst_first)),
        problems=told(problems), notices=told(notices),
        stale=() if problems else tuple(s for s in live if s.by == "config" and id(s) not in used and _looked_for(s, policy)),
        expired=tuple(s for s in suppressions if _expired(s, today)),
        expiring=tuple(s for s in live if s.expires and (s.expires - today).days <= EXPIRING_DAYS),
    )


def covers(suppression: Suppression, finding: Finding) -> bool:
    """Whether this word is about this finding: by id or alias, and every narrowing that it names."""
    package = finding.vulnerable.package if finding.vulnerable else None
    return (
        (suppression.id in finding.names or not suppression.id)
        and suppression.fingerprint in ("", finding.id)
        and (not suppression.package or (package is not None and suppression.package == package.name))
        and (not suppression.version or (package is not None and suppression.version == package.version))
        and (not suppression.path or any(globs.matches((suppression.path,), place) for place in _places(finding)))
        and bool(suppression.id or suppression.fingerprint)
    )


def blocks(finding: Finding, policy: Policy) -> bool:
    """Whether a finding that nobody accepted fails the job."""
    gate = policy.gates.get(finding.audit, Gate())
    if gate.mode is not Mode.BLOCK or gate.level is None:
        return False
    if not policy.block_existing and finding.origin in (Origin.EXISTING, Origin.NEWLY_PUBLISHED):
        return False
    if not policy.unfixed_blocks and finding.vulnerable is not None and not finding.vulnerable.fixed_versions:
        return False
    return policy.unknown_blocks if finding.severity is Severity.UNKNOWN else finding.severity >= gate.level


def worst_first(judged: Judged) -> tuple[bool, bool, int, str, int, str]:
    """Sort key of every list of findings: blocking first, then unaccepted, then by severity and place."""
    finding = judged.finding
    rank = Severity.HIGH if finding.severity is Severity.UNKNOWN else finding.severity
    return (not judged.blocking, judged.suppression is not None, -rank, finding.location.path, finding.location.line, finding.id)


def end(blocking: Sequence[Judged], problems: Sequence[Problem], *, incomplete_fails: bool) -> tuple[int, Outcome]:
    """Exit code and outcome: what blocks fails the job, what could not be checked makes it incomplete."""
    if blocking:
        return FINDINGS, Outcome.FAIL
    if problems:
        return INCOMPLETE if incomplete_fails else CLEAN, Outcome.INCOMPLETE
    return CLEAN, Outcome.PASS


def told(said: Iterable[Said]) -> tuple[Said, ...]:
    """Each once, by subject (``a:2`` before ``a:10``), so that the order in which things went wrong does not show."""
    return tuple(sorted(dict.fromkeys(said), key=_by_subject))


def _by_subject(said: Problem | Notice) -> tuple[list[tuple[int, str]], str]:
    pieces = re.split(r"([0-9]{1,9})", said.subject)
    return [(int(piece) if place % 2 else -1, piece) for place, piece in enumerate(pieces)], said.reason


def _judge_one(finding: Finding, live: Sequence[Suppression], used: set[int], notices: list[Notice], policy: Policy) -> Judged:
    accepted: Suppression | None = None
    for suppression in (s for s in live if covers(s, finding)):
        used.add(id(suppression))
        if suppression.by == "config" and suppression.expires is None and finding.severity >= Severity.HIGH:
            notices.append(_needs_expiry(suppression, finding))
        elif accepted is None:
            accepted = suppression
    return Judged(finding=finding, blocking=accepted is None and blocks(finding, policy), suppression=accepted)


def _looked_for(suppression: Suppression, policy: Policy) -> bool:
    """Whether every audit was on that could have found what this entry accepts: where one was not, the entry may still be needed."""
    off = {audit for audit, gate in policy.gates.items() if gate.mode is Mode.OFF} - policy.idle
    return off.isdisjoint(concerned.audits(suppression))


def _needs_expiry(suppression: Suppression, finding: Finding) -> Notice:
    return Notice(
        subject=f"allow {suppression.id or suppression.fingerprint}",
        reason=f"does not hold: {finding.rule_id} is {finding.severity.label}, so the entry needs an 'expires' date",
        location=suppression.location,
    )


def _expired(suppression: Suppression, today: dt.date) -> bool:
    return suppression.expires is not None and suppression.expires < today


def _places(finding: Finding) -> list[str]:
    return [finding.location.path, *(related.location.path for related in finding.related)]
