"""The whole program on one screen: list, scan, judge."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 -- msgspec reads the annotations at run time
import os
import time
from collections.abc import Callable, Mapping  # noqa: TC003 -- msgspec reads the annotations at run time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner import __version__, accepted, checkout, concerned, leaks, redaction, shards, workspace
from scanner.config_file import CONFIG_NAME
from scanner.errors import MAX_WORDS, shortened
from scanner.models import Finding, Lockfile, Mode, Notice, Problem, Run, Severity, Share, Skipped, Verdict
from scanner.policy import Policy, judge, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scanner.advisories import SourceOptions
    from scanner.dependencies.result import AuditResult
    from scanner.review import Review
    from scanner.secrets import Result, Rule
    from scanner.settings import Settings
    from scanner.workspace import Listing

RESOLVE_S = 300
SHOWN = 3


class World(Struct, frozen=True, kw_only=True):
    """The outside of a scan: environment variables, wall clock (UTC) for reports and expiry, monotonic seconds for the deadline,
    and who is told what part of the secret scan is done (0 to 1).
    """

    env: Mapping[str, str]
    now: dt.datetime
    started: float
    progress: Callable[[float], None] | None = None


def run(settings: Settings, review: Review, world: World) -> Verdict:
    """Scan what the settings name and decide. Raises ConfigError for a rule that cannot be used."""
    patterns = team_rules(settings)
    listing = workspace.list_files(settings.root, settings.exclude, review.standing)
    audit = audit_dependencies(settings, listing, world)
    secrets = leaks.scan(settings, review, listing, patterns, world.started + settings.timeout_s, world.progress, _memory(world))
    return decide(settings, review, listing, audit, secrets, world)


def team_rules(settings: Settings) -> tuple[Rule, ...]:
    """The team's own patterns as rules, each proved by its examples. Raises ConfigError, also where two rules have one id, or one is
    disabled that is none."""
    if not settings.patterns and not settings.disable:
        return ()
    from scanner.secrets import disabled, team, twins

    subject = settings.config_path or "patterns"
    lines = (*settings.pattern_lines, *(0 for _ in settings.patterns))[: len(settings.patterns)]
    own = tuple(team.rule(pattern, subject, line) for pattern, line in zip(settings.patterns, lines, strict=True))
    twins.check(own, settings.rules, subject, lines)
    disabled.check(settings.disable, own, settings.config_path, settings.disable_lines)
    return own


def audit_dependencies(settings: Settings, listing: Listing, world: World) -> AuditResult:
    """Lockfiles of the listing against the advisory sources."""
    from scanner.dependencies.result import AuditResult
    from scanner.lockfiles import inventory

    off = _off(settings)
    if settings.audits.keys() <= off | {"secrets"}:
        return AuditResult()
    names = {file.path: file.name for file in (*listing.files, *listing.links)}  # a manifest that is a link counts: who installs follows it
    found = tuple(inventory.read_all(list(names), workspace.text_reader(settings.root, names), off))
    locks = tuple(item for item in found if isinstance(item, Lockfile))
    problems = tuple(item for item in found if isinstance(item, Problem))
    result = _audit(settings, locks, world) if locks else AuditResult()
    return replace(result, problems=(*problems, *result.problems), notices=(*result.notices, *_foreign(names)))


def _foreign(paths: Iterable[str]) -> Iterator[Notice]:
    """What a green check does not speak for."""
    from scanner.lockfiles import inventory

    if found := inventory.foreign(paths):
        named = ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else "")
        yield Notice(subject="dependencies", reason=f"not audited, this program knows Python and npm packages only: {named}")


def _audit(settings: Settings, locks: tuple[Lockfile, ...], world: World) -> AuditResult:
    from scanner import advisories
    from scanner.dependencies import audit, resolve

    offline = settings.advisories == "offline"
    resolver = resolve.with_pip(resolve.run_pip(world.env), RESOLVE_S, world.started + settings.timeout_s)
    if offline or not settings.resolve:
        resolver = resolve.never("this scan is offline" if offline else "resolve is never")
    options = audit.Options(include_dev=settings.include_dev, allow_unaudited=settings.allow_unaudited, as_of=settings.as_of)
    part = shards.Part(locks, *settings.shard) if settings.shard else None
    return audit.audit(locks, advisories.sources(_source_options(settings, world)), options, resolver=resolver, part=part)


def _source_options(settings: Settings, world: World) -> SourceOptions:
    from scanner import advisories
    from scanner.advisories import database

    return advisories.SourceOptions(
        mode=settings.advisories, database=Path(settings.advisory_db) if settings.advisory_db else database.default_path(world.env),
        osv_url=settings.osv_url, npm_registry=settings.npm_registry, today=world.now.date(), as_of=settings.as_of,
        deadline=world.started + settings.timeout_s,
        cache=_memory(world),
    )


def _memory(world: World) -> Path | None:
    """The folder that remembers answers and clean files from run to run; None where nobody named one."""
    kept = world.env.get("SECURITY_SCAN_CACHE")
    return Path(kept) if kept else None


def decide(settings: Settings, review: Review, listing: Listing, audit: AuditResult, secrets: Result, world: World) -> Verdict:
    """One decision from everything that was found and could not be checked."""
    decision = judge(
        _with_origin((*audit.findings, *_explained(secrets.findings, settings, world)), review),
        tuple(map(_brief, (*review.problems, *listing.problems, *audit.problems, *secrets.problems))),
        (*settings.allow, *accepted.honoured(secrets.suppressions, review)),
        Policy(
            gates=settings.audits, unknown_blocks=settings.unknown_blocks, unfixed_blocks=settings.unfixed_blocks,
            incomplete_fails=settings.incomplete_fails, block_existing=settings.block_existing, idle=_idle(settings, listing),
        ),
        settings.as_of or world.now.date(),
    )
    whole = Verdict(
        outcome=decision.outcome, exit_code=decision.exit_code, judged=decision.judged, problems=decision.problems,
        notices=told((*review.notices, *_switched_off(settings), *listing.notices, *audit.notices, *secrets.notices, *decision.notices)),
        stale=decision.stale,
        expired=decision.expired, expiring=decision.expiring,
        loosened=(*review.loosened, *accepted.added(secrets.suppressions, review)), audited=audit.audited,
        scanned=replace(secrets.scanned, skipped=_by_path((*listing.skipped, *secrets.scanned.skipped))), packages=audit.packages,
        rejected=secrets.rejected,
        share=_share(settings, review, listing, audit), run=_circumstances(settings, review, listing, world),
    )
    return redaction.verdict(whole)


def _idle(settings: Settings, listing: Listing) -> frozenset[str]:
    """The audits of dependencies that have nothing to look at; asked only where one is off and an entry may wait for it."""
    if not settings.allow or not _off(settings):
        return frozenset()
    from scanner.lockfiles import inventory

    return frozenset(concerned.DEPENDENCIES) - inventory.audits(file.path for file in (*listing.files, *listing.links))


def _off(settings: Settings) -> frozenset[str]:
    return frozenset(name for name, gate in settings.audits.items() if gate.mode is Mode.OFF)


def _switched_off(settings: Settings) -> Iterator[Notice]:
    """What a green check does not speak for, as the team wants it."""
    if settings.switched_off:
        yield Notice(subject="audits", reason=f"switched off: {', '.join(settings.switched_off)}")


def _brief(problem: Problem) -> Problem:
    """Without what nobody reads: a lockfile may name a package by a megabyte, and the words that quote it are then as long."""
    if max(len(problem.reason), len(problem.hint)) <= MAX_WORDS:
        return problem
    return replace(problem, reason=shortened(problem.reason), hint=shortened(problem.hint))


def _explained(findings: tuple[Finding, ...], settings: Settings, world: World) -> tuple[Finding, ...]:
    from scanner import rule_pages

    return rule_pages.linked(findings, frozenset(pattern.id for pattern in settings.patterns), world.env)


def _with_origin(findings: tuple[Finding, ...], review: Review) -> tuple[Finding, ...]:
    if review.change is None:
        return findings
    from scanner import origin

    return origin.mark(findings, review.change, review.happened.words)


def _by_path(skipped: tuple[Skipped, ...]) -> tuple[Skipped, ...]:
    return tuple(sorted(set(skipped), key=lambda one: (one.path, one.reason)))


def _share(settings: Settings, review: Review, listing: Listing, audit: AuditResult) -> Share | None:
    """Which part this is. Two parts belong together where they saw the same tree and judged by the same choices."""
    if settings.shard is None:
        return None
    index, count = settings.shard
    choices = replace(
        settings, root="", target="", advisory_db="", baseline="", shard=None, jobs=1, timeout_s=0, format="", outputs=(), detail=0,
        progress=True,
    )
    return Share(
        index=index, count=count, tree=shards.tree(listing.files), policy=shards.digest(choices, review.baseline, review.by_base),
        incomplete_fails=settings.incomplete_fails, unchecked=audit.unchecked,
    )


def _levels(settings: Settings) -> tuple[tuple[str, Severity | None], ...]:
    blocking = ((name, gate.level) for name, gate in settings.audits.items() if gate.mode is Mode.BLOCK)
    return tuple((name, level) for name, level in blocking if level is not settings.fail_on)


def _circumstances(settings: Settings, review: Review, listing: Listing, world: World) -> Run:
    shard = "/".join(map(str, settings.shard or ()))
    return Run(
        version=__version__, target=settings.target, commit=listing.commit, base=review.change.base if review.change else "",
        started_at=world.now.strftime("%Y-%m-%dT%H:%M:%SZ"), duration_s=round(time.monotonic() - world.started, 3),
        fail_on=settings.fail_on, block_existing=settings.block_existing, by_base=review.by_base, shard=shard,
        prefix=checkout.prefix(settings.root, world.env.get("GITHUB_WORKSPACE") or os.getcwd()),
        here=checkout.below(settings.root, os.getcwd()), config=settings.config_path or CONFIG_NAME, levels=_levels(settings),
    )
