"""The whole program on one screen: list, scan, judge."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

from msgspec import Struct, to_builtins

from scanner import __version__, workspace
from scanner.models import Lockfile, Mode, Problem, Run, Verdict
from scanner.policy import Policy, judge

if TYPE_CHECKING:
    from scanner.dependencies.audit import AuditResult
    from scanner.secrets import Result, Rule
    from scanner.settings import Settings
    from scanner.workspace import Listing


class Moment(Struct, frozen=True, kw_only=True):
    """When the scan began: wall clock (UTC) for reports and expiry, monotonic seconds for the deadline."""

    now: dt.datetime
    started: float

    @classmethod
    def current(cls) -> Moment:
        """This moment."""
        return cls(now=dt.datetime.now(dt.UTC), started=time.monotonic())


def run(settings: Settings, moment: Moment) -> Verdict:
    """Scan what the settings name and decide. Raises ConfigError for a rule that cannot be used."""
    patterns = team_rules(settings)
    deadline = moment.started + settings.timeout_s
    listing = workspace.list_files(settings.root, settings.exclude)
    audit = audit_dependencies(settings, listing)
    secrets = scan_secrets(settings, listing, patterns, deadline)
    return decide(settings, moment, listing, audit, secrets)


def team_rules(settings: Settings) -> tuple[Rule, ...]:
    """The team's own patterns as rules, each proved by its examples. Raises ConfigError."""
    if not settings.patterns:
        return ()
    from scanner.secrets import prove, rules

    subject = settings.config_path or "patterns"
    lines = (*settings.pattern_lines, *(0 for _ in settings.patterns))
    entries = zip(map(to_builtins, settings.patterns), lines, strict=False)
    return tuple(prove.proved(rules.parse(entry, subject=subject, line=line), subject=subject, line=line) for entry, line in entries)


def audit_dependencies(settings: Settings, listing: Listing) -> AuditResult:
    """Lockfiles of the listing against the advisory sources."""
    from scanner.dependencies.audit import AuditOptions, AuditResult, audit

    wanted = {name for name, gate in settings.audits.items() if gate.mode is not Mode.OFF}
    if not wanted - {"secrets"}:
        return AuditResult()
    from scanner import advisories, lockfiles

    read = workspace.text_reader(settings.root, {file.path: file.name for file in listing.files})
    found = tuple(lockfiles.read_all([file.path for file in listing.files], read))
    locks = tuple(item for item in found if isinstance(item, Lockfile) and item.audit in wanted)
    problems = tuple(item for item in found if isinstance(item, Problem))
    return audit(locks, problems, advisories.sources(source_options(settings)), AuditOptions(
        include_dev=settings.include_dev, allow_unaudited=settings.allow_unaudited, as_of=settings.as_of,
        resolve=settings.resolve and settings.advisories != "offline",
    ))


def scan_secrets(settings: Settings, listing: Listing, patterns: tuple[Rule, ...], deadline: float) -> Result:
    """The listing's files against the rules in force."""
    from scanner import secrets

    if settings.audits["secrets"].mode is Mode.OFF:
        return secrets.Result()
    options = secrets.Options(
        rules=settings.rules, disable=frozenset(settings.disable), patterns=patterns, jobs=settings.jobs, deadline=deadline,
    )
    return secrets.scan(listing.files, workspace.opener(settings.root), options)


def decide(settings: Settings, moment: Moment, listing: Listing, audit: AuditResult, secrets: Result) -> Verdict:
    """One decision from everything that was found and could not be checked."""
    today = settings.as_of or moment.now.date()
    decision = judge(
        (*audit.findings, *secrets.findings),
        (*listing.problems, *audit.problems, *secrets.problems),
        (*settings.allow, *secrets.suppressions),
        Policy(
            gates=settings.audits, unknown_blocks=settings.unknown_blocks, unfixed_blocks=settings.unfixed_blocks,
            incomplete_fails=settings.incomplete_fails, block_existing=settings.block_existing,
        ),
        today,
    )
    return Verdict(
        outcome=decision.outcome, exit_code=decision.exit_code, judged=decision.judged, problems=decision.problems,
        notices=(*listing.notices, *audit.notices, *decision.notices), stale=decision.stale, expired=decision.expired,
        expiring=decision.expiring, audited=audit.audited, scanned=secrets.scanned, run=_circumstances(settings, moment, listing),
    )


def _circumstances(settings: Settings, moment: Moment, listing: Listing) -> Run:
    index, count = settings.shard
    return Run(
        version=__version__, target=settings.target, commit=listing.commit, base=settings.base,
        started_at=moment.now.strftime("%Y-%m-%dT%H:%M:%SZ"), duration_s=round(time.monotonic() - moment.started, 3),
        fail_on=settings.fail_on, shard=f"{index}/{count}" if count > 1 else "",
    )
