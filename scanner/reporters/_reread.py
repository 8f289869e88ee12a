"""A verdict out of a JSON report: the way back, for whoever puts several reports together. What version 1 does not tell stays empty."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from scanner.errors import ParseError
from scanner.models import (
    Advisory,
    Audited,
    Finding,
    Judged,
    Kind,
    Location,
    Notice,
    Origin,
    Outcome,
    Package,
    Problem,
    Related,
    Run,
    Scanned,
    Scope,
    Secret,
    Severity,
    Skipped,
    Suppression,
    Verdict,
    Vulnerable,
)

if TYPE_CHECKING:
    from scanner.reporters import _report as shape

EXIT_CODES = {"pass": 0, "fail": 1, "incomplete": 3}


def verdict(report: shape.Report) -> Verdict:
    """Same report again when written. An incomplete one has exit code 3: whether the job let it pass is not told. Raises ParseError."""
    policy = report.policy
    return Verdict(
        outcome=Outcome(report.verdict),
        exit_code=EXIT_CODES[report.verdict],
        judged=tuple(_judged(one) for one in report.findings),
        problems=tuple(Problem(subject=one.subject, reason=one.reason, hint=one.hint) for one in report.problems),
        stale=tuple(map(_entry, policy.stale)),
        expired=tuple(map(_entry, policy.expired)),
        expiring=tuple(map(_entry, policy.expiring)),
        loosened=tuple(
            Notice(subject=one.subject, reason=one.reason, location=_place(one.location)) for one in policy.changed_in_this_pull_request
        ),
        audited=tuple(map(_audited, report.audited)),
        scanned=_scanned(report.scanned),
        run=_run(report),
    )


def _run(report: shape.Report) -> Run:
    fail_on = report.policy.fail_on
    return Run(
        version=report.tool.version,
        target=report.target,
        commit=report.commit or "",
        base=report.base or "",
        started_at=report.started_at,
        duration_s=report.duration_s,
        fail_on=None if fail_on == "none" else Severity[fail_on.upper()],
    )


def _judged(one: shape.FindingReport) -> Judged:
    vulnerable = _vulnerable(one)
    found = Finding(
        id=one.id,
        kind=Kind(one.kind),
        rule_id=one.rule_id,
        severity=Severity[one.severity.upper()],
        audit="secrets" if one.kind == "secret" else "",
        message=one.message,
        location=_location(one.location),
        help_url=(one.advisory.url or "") if one.advisory else "",
        aliases=tuple(one.advisory.aliases) if one.advisory else (),
        related=tuple(Related(location=Location(path=r.path, line=r.line), note=r.note) for r in one.related),
        origin=Origin(one.origin),
        vulnerable=vulnerable,
        secret=_secret(one.secret) if one.secret else None,
    )
    return Judged(finding=found, blocking=one.blocking, suppression=_accepted(one))


def _vulnerable(one: shape.FindingReport) -> Vulnerable | None:
    if one.package is None or one.advisory is None:
        return None
    package, advisory = one.package, one.advisory
    return Vulnerable(
        package=Package(
            ecosystem=package.ecosystem,
            name=package.name,
            version=package.version,
            location=_location(one.location),
            scope=Scope(package.scope),
        ),
        advisory=_advisory(advisory, one.severity),
        paths=tuple(map(tuple, package.paths)),
        fixed_versions=tuple(advisory.fixed_versions),
        recommended_version=advisory.recommended_version or "",
    )


def _advisory(advisory: shape.AdvisoryReport, severity: str) -> Advisory:
    return Advisory(
        id=advisory.id,
        aliases=tuple(advisory.aliases),
        summary=advisory.summary,
        url=advisory.url or "",
        severity=Severity[severity.upper()],
        severity_source=advisory.severity_source,
        cvss=advisory.cvss or "",
        published=advisory.published or "",
        withdrawn=advisory.withdrawn or "",
    )


def _secret(secret: shape.SecretReport) -> Secret:
    return Secret(
        detector=secret.detector,
        redacted=secret.redacted,
        length=secret.length,
        commit=secret.commit or "",
        author_date=secret.author_date or "",
    )


def _accepted(one: shape.FindingReport) -> Suppression | None:
    word = one.suppressed
    return Suppression(by=word.by, id=one.rule_id, reason=word.reason, expires=_date(word.expires)) if word else None


def _entry(one: shape.AllowReport) -> Suppression:
    return Suppression(
        by=one.by,
        id=one.id,
        reason=one.reason,
        expires=_date(one.expires),
        package=one.package,
        version=one.version,
        path=one.path,
        fingerprint=one.fingerprint,
        location=_place(one.location),
    )


def _audited(one: shape.AuditedReport) -> Audited:
    return Audited(
        manifest=one.manifest,
        format=one.format,
        ecosystem=one.ecosystem,
        packages=one.packages,
        source=one.source,
        source_date=one.source_date or "",
        complete=one.complete,
    )


def _scanned(one: shape.ScannedReport) -> Scanned:
    return Scanned(files=one.files, bytes=one.bytes, skipped=tuple(Skipped(path=s.path, reason=s.reason) for s in one.skipped))


def _place(place: shape.Place | None) -> Location | None:
    return _location(place) if place else None


def _location(place: shape.Place) -> Location:
    return Location(path=place.path, line=place.line, column=place.column, end_line=place.end_line, end_column=place.end_column)


def _date(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise ParseError(f"not a date: {text!r}", hint="write the report again with -o json=FILE") from None
