"""JSON report, version 1: Verdict in, the public shape of ``_report`` out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from scanner.errors import ParseError
from scanner.models import Kind, Verdict
from scanner.reporters import _report as shape
from scanner.reporters._escape import valid
from scanner.reporters._report import Report, read, schema

if TYPE_CHECKING:
    from scanner.models import Finding, Judged, Location, Notice, Suppression, Vulnerable
    from scanner.reporters import Style

__all__ = ["REPORTER", "Report", "part", "read", "report", "schema"]

NAME = "security-scan-gate"


class Json:
    """The report as indented JSON."""

    def render(self, verdict: Verdict, style: Style) -> str:  # noqa: ARG002 -- same bytes for every reader
        """Deterministic, byte for byte."""
        return shape.write(report(verdict))


REPORTER = Json()


def report(verdict: Verdict) -> Report:
    """The verdict in its public shape."""
    run = verdict.run
    return Report(
        schema_version=1,
        tool=shape.Tool(name=NAME, version=run.version),
        target=valid(run.target),
        commit=run.commit or None,
        base=run.base or None,
        started_at=run.started_at,
        duration_s=run.duration_s,
        verdict=verdict.outcome.value,
        counts=_counts(verdict),
        findings=[_finding(judged) for judged in verdict.judged],
        audited=_audited(verdict),
        scanned=_scanned(verdict),
        problems=[shape.ProblemReport(subject=p.subject, reason=p.reason, hint=p.hint) for p in verdict.problems],
        policy=_policy(verdict),
        shard=_shard(verdict),
    )


def part(read: Report) -> Verdict | None:
    """The whole verdict of a shard, None where the report is of no shard. Raises ParseError for one that another version wrote."""
    if isinstance(read.shard, UnsetType):
        return None
    try:
        return msgspec.json.decode(read.shard.verdict, type=Verdict)
    except msgspec.DecodeError as error:
        raise ParseError(f"its shard cannot be read: {error}", hint="merge with the version that wrote it") from None


def _shard(verdict: Verdict) -> shape.ShardReport | UnsetType:
    share = verdict.share
    if share is None:
        return UNSET
    packages = tuple(replace(one, wants=()) for one in verdict.packages)
    run = replace(verdict.run, target=valid(verdict.run.target))
    whole = replace(verdict, judged=tuple(map(_slim, verdict.judged)), packages=packages, run=run)
    return shape.ShardReport(
        index=share.index, count=share.count, tree=share.tree, policy=share.policy, verdict=msgspec.Raw(msgspec.json.encode(whole))
    )


def _slim(judged: Judged) -> Judged:
    """Without what has done its work: the ranges of the advisory, the package's place in the graph."""
    vulnerable = judged.finding.vulnerable
    if vulnerable is None:
        return judged
    package = replace(vulnerable.package, key="", requires=(), wants=())
    slim = replace(vulnerable, package=package, advisory=replace(vulnerable.advisory, affected=()))
    return replace(judged, finding=replace(judged.finding, vulnerable=slim))


def _counts(verdict: Verdict) -> shape.Counts:
    severities = Counter(found.severity.label for found in verdict.active)
    kinds = Counter(found.kind for found in verdict.active)
    return shape.Counts(
        findings=len(verdict.active),
        blocking=len(verdict.blocking),
        suppressed=sum(1 for _ in verdict.suppressed),
        by_severity=shape.BySeverity(
            critical=severities["critical"],
            high=severities["high"],
            moderate=severities["moderate"],
            low=severities["low"],
            unknown=severities["unknown"],
        ),
        by_kind=shape.ByKind(vulnerability=kinds[Kind.VULNERABILITY], secret=kinds[Kind.SECRET]),
    )


def _finding(judged: Judged) -> shape.FindingReport:
    found = judged.finding
    vulnerable = found.vulnerable
    return shape.FindingReport(
        id=found.id,
        kind=found.kind.value,
        rule_id=found.rule_id,
        severity=found.severity.label,  # type: ignore[arg-type]  # Severity.label is one of the five words
        blocking=judged.blocking,
        origin=found.origin.value,
        message=found.message,
        location=_place(found.location),
        related=[shape.RelatedPlace(path=r.location.path, line=r.location.line, note=r.note) for r in found.related],
        suppressed=_suppressed(judged.suppression) if judged.suppression else None,
        package=_package(vulnerable) if vulnerable else None,
        advisory=_advisory(vulnerable) if vulnerable else None,
        secret=_secret(found),
    )


def _place(location: Location) -> shape.Place:
    return shape.Place(
        path=location.path, line=location.line, column=location.column, end_line=location.end_line, end_column=location.end_column
    )


def _suppressed(suppression: Suppression) -> shape.Suppressed:
    return shape.Suppressed(by=suppression.by, reason=suppression.reason, expires=_expires(suppression))  # type: ignore[arg-type]


def _expires(suppression: Suppression) -> str | None:
    return suppression.expires.isoformat() if suppression.expires else None


def _package(vulnerable: Vulnerable) -> shape.PackageReport:
    package = vulnerable.package
    return shape.PackageReport(
        purl=package.purl,
        ecosystem=package.ecosystem,
        name=package.name,
        version=package.version,
        scope=package.scope.value,
        paths=[list(path) for path in vulnerable.paths],
    )


def _advisory(vulnerable: Vulnerable) -> shape.AdvisoryReport:
    advisory = vulnerable.advisory
    return shape.AdvisoryReport(
        id=advisory.id,
        aliases=list(advisory.aliases),
        summary=advisory.summary,
        url=advisory.url or None,
        cvss=advisory.cvss or None,
        severity_source=advisory.severity_source,
        fixed_versions=list(vulnerable.fixed_versions),
        recommended_version=vulnerable.recommended_version or None,
        published=advisory.published or None,
        withdrawn=advisory.withdrawn or None,
    )


def _secret(found: Finding) -> shape.SecretReport | None:
    secret = found.secret
    if secret is None:
        return None
    return shape.SecretReport(
        detector=secret.detector,
        redacted=secret.redacted,
        length=secret.length,
        commit=secret.commit or None,
        author_date=secret.author_date or None,
    )


def _audited(verdict: Verdict) -> list[shape.AuditedReport]:
    return [
        shape.AuditedReport(
            manifest=a.manifest,
            format=a.format,
            ecosystem=a.ecosystem,
            packages=a.packages,
            source=a.source,
            source_date=a.source_date or None,
            complete=a.complete,
        )
        for a in verdict.audited
    ]


def _scanned(verdict: Verdict) -> shape.ScannedReport:
    scanned = verdict.scanned
    return shape.ScannedReport(
        files=scanned.files,
        bytes=scanned.bytes,
        skipped=[shape.SkippedReport(path=s.path, reason=s.reason) for s in scanned.skipped],
    )


def _policy(verdict: Verdict) -> shape.PolicyReport:
    fail_on = verdict.run.fail_on
    return shape.PolicyReport(
        fail_on=fail_on.label if fail_on is not None else "none",  # type: ignore[arg-type]  # UNKNOWN is no threshold
        expired=[_entry(entry) for entry in verdict.expired],
        stale=[_entry(entry) for entry in verdict.stale],
        expiring=[_entry(entry) for entry in verdict.expiring],
        changed_in_this_pull_request=[_change(notice) for notice in verdict.loosened],
    )


def _entry(entry: Suppression) -> shape.AllowReport:
    return shape.AllowReport(
        by=entry.by,  # type: ignore[arg-type]  # one of the three by contract
        id=entry.id,
        reason=entry.reason,
        expires=_expires(entry),
        package=entry.package,
        version=entry.version,
        path=entry.path,
        fingerprint=entry.fingerprint,
        location=_place(entry.location) if entry.location else None,
    )


def _change(notice: Notice) -> shape.ChangeReport:
    return shape.ChangeReport(
        subject=notice.subject, reason=notice.reason, location=_place(notice.location) if notice.location else None
    )
