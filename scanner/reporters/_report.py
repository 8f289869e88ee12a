"""JSON report, version 1: the public shape as types, its JSON Schema, and reading it back. Inner nouns may change, this may not."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from scanner.errors import ParseError
from scanner.reporters._escape import json_text

SeverityWord = Literal["critical", "high", "moderate", "low", "unknown"]


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wrote the report."""

    name: str
    version: str


class BySeverity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Findings that nobody has accepted, by severity."""

    critical: int
    high: int
    moderate: int
    low: int
    unknown: int


class ByKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Findings that nobody has accepted, by kind."""

    vulnerability: int
    secret: int


class Counts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``findings`` counts those that nobody has accepted; ``suppressed`` the accepted ones."""

    findings: int
    blocking: int
    suppressed: int
    by_severity: BySeverity
    by_kind: ByKind


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a file: POSIX path from the target, lines and columns from 1."""

    path: str
    line: int
    column: int
    end_line: int | None
    end_column: int | None


class RelatedPlace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A second place that helps."""

    path: str
    line: int
    note: str


class Suppressed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who accepted a finding, why and until when (a date, ISO 8601)."""

    by: Literal["config", "inline", "baseline"]
    reason: str
    expires: str | None


class PackageReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The vulnerable package; each of ``paths`` runs from the root to it."""

    purl: str
    ecosystem: str
    name: str
    version: str
    scope: Literal["runtime", "development", "optional", "unknown"]
    paths: list[list[str]]


class AdvisoryReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The advisory; ``cvss`` is a vector, ``severity_source`` says what decided the severity."""

    id: str
    aliases: list[str]
    summary: str
    url: str | None
    cvss: str | None
    severity_source: str
    fixed_versions: list[str]
    recommended_version: str | None
    published: str | None
    withdrawn: str | None


class SecretReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be told of a secret: never its value."""

    detector: str
    redacted: str
    length: int
    commit: str | None
    author_date: str | None


class FindingReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding; ``package`` and ``advisory`` are set for a vulnerability, ``secret`` for a secret."""

    id: str
    kind: Literal["vulnerability", "secret"]
    rule_id: str
    severity: SeverityWord
    blocking: bool
    origin: Literal["introduced", "existing", "newly-published", "unknown"]
    message: str
    location: Place
    related: list[RelatedPlace]
    suppressed: Suppressed | None
    package: PackageReport | None
    advisory: AdvisoryReport | None
    secret: SecretReport | None


class AuditedReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One audited manifest: how many packages, against which source of what date."""

    manifest: str
    format: str
    ecosystem: str
    packages: int
    source: str
    source_date: str | None
    complete: bool


class SkippedReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that was not read for secrets."""

    path: str
    reason: str


class ScannedReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the secret scan read."""

    files: int
    bytes: int
    skipped: list[SkippedReport]


class ProblemReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that could not be checked."""

    subject: str
    reason: str
    hint: str


class AllowReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry that accepts findings; empty fields match anything."""

    by: Literal["config", "inline", "baseline"]
    id: str
    reason: str
    expires: str | None
    package: str
    version: str
    path: str
    fingerprint: str
    location: Place | None


class ChangeReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the change under review loosens."""

    subject: str
    reason: str
    location: Place | None


class PolicyReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What judged, and what is wrong with the accepted ones."""

    fail_on: Literal["none", "low", "moderate", "high", "critical"]
    expired: list[AllowReport]
    stale: list[AllowReport]
    expiring: list[AllowReport]
    changed_in_this_pull_request: list[ChangeReport]


class ShardReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of a scan this is: the ``index``-th of ``count``. ``tree`` and ``policy`` name what was shared out and what judges it;
    ``verdict`` is for ``merge`` of the same version alone and may change with every version.
    """

    index: int
    count: int
    tree: str
    policy: str
    verdict: msgspec.Raw


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole report. Times are ISO 8601 in UTC, durations seconds. ``shard`` is there only where this is a part of a scan."""

    schema_version: Literal[1]
    tool: Tool
    target: str
    commit: str | None
    base: str | None
    started_at: str
    duration_s: float
    verdict: Literal["pass", "fail", "incomplete"]
    counts: Counts
    findings: list[FindingReport]
    audited: list[AuditedReport]
    scanned: ScannedReport
    problems: list[ProblemReport]
    policy: PolicyReport
    shard: ShardReport | UnsetType = UNSET


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Security Scan Gate report, version 1",
        **msgspec.json.schema(Report),
    }


def write(report: Report) -> str:
    """Two blanks a level, keys in the order of the types, a newline at the end: same report, same bytes."""
    return json_text(msgspec.json.format(msgspec.json.encode(report), indent=2).decode()) + "\n"


def read(content: bytes) -> Report:
    """A report back from its bytes. Raises ``ParseError`` that names the key."""
    try:
        return msgspec.json.decode(content, type=Report)
    except msgspec.DecodeError as error:
        raise ParseError(f"not a JSON report of version 1: {error}", hint="write it with -o json=FILE") from error

