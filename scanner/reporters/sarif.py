"""SARIF 2.1.0 for code scanning: Verdict in, JSON out, within what GitHub accepts. Fingerprints do not depend on lines."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from scanner.models import Kind, Outcome, Severity
from scanner.reporters import _gfm
from scanner.reporters import _wording as wording
from scanner.reporters._checkout import from_root
from scanner.reporters._escape import json_text, shown, web_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.models import Finding, Judged, Location, Notice, Problem, Related, Run, Suppression, Verdict
    from scanner.reporters import Style

# https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
MOST_RESULTS = (25_000, 15_000, 10_000, 5_000, 2_000, 1_000, 500, 0)
MOST_COMPRESSED = 10_000_000  # bytes, after gzip
MOST_LOCATIONS = 1_000
MOST_TEXT = 1_000
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
# Code scanning's bands: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, below low. An unscored advisory gets none.
SECURITY_SEVERITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MODERATE: "5.5", Severity.LOW: "2.0"}

Json = dict[str, object]


class Sarif:
    """One run; findings worst first, so that what GitHub drops is the least."""

    def render(self, verdict: Verdict, style: Style) -> str:  # noqa: ARG002 -- same bytes for every reader
        """Deterministic, byte for byte."""
        whole = from_root(verdict)
        fewer = (most for most in MOST_RESULTS[1:] if most < len(whole.judged))
        text = _text(whole, MOST_RESULTS[0])
        while not _fits(text) and (most := next(fewer, None)) is not None:
            text = _text(whole, most)
        return text


REPORTER = Sarif()


def _text(verdict: Verdict, most: int) -> str:
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(verdict, most)]}
    return json_text(json.dumps(whole, indent=2, ensure_ascii=False)) + "\n"


def _fits(text: str) -> bool:
    """Whether GitHub takes it. What is no larger before it is compressed need not be compressed to know."""
    import zlib

    written = text.encode("utf-8", "backslashreplace")
    return len(written) <= MOST_COMPRESSED or len(zlib.compress(written)) <= MOST_COMPRESSED


def _run(verdict: Verdict, most: int) -> Json:
    judged = verdict.judged[:most]
    rules = _rules(one.finding for one in judged)
    index = {str(rule["id"]): number for number, rule in enumerate(rules)}
    return {
        "tool": {"driver": {"name": "Security Scan Gate", "version": verdict.run.version, "rules": rules}},
        "automationDetails": {"id": _category(verdict.run)},
        "invocations": [_invocation(verdict, len(verdict.judged) - most)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the scanned tree."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, index[one.finding.rule_id]) for one in judged],
    }


def _category(run: Run) -> str:
    """One for each scanned folder and shard: of two runs in the same category, code scanning keeps the later one alone."""
    shard = f"shard-{run.shard.replace('/', '-of-')}/" if run.shard else ""
    return f"security-scan-gate/{shown(run.prefix)}{shard}"


def _invocation(verdict: Verdict, left_out: int) -> Json:
    more = f"{left_out:,} more findings are in the JSON report."
    notes = [_note("error", _problem(one), one.location) for one in verdict.problems]
    notes += [_note("warning", f"{one.subject}: {one.reason}", one.location) for one in _noted(verdict)]
    notes += [_note("warning", more, None)] if left_out > 0 else []
    return {
        "executionSuccessful": verdict.outcome is not Outcome.INCOMPLETE and not verdict.problems,
        "exitCode": verdict.exit_code,
        "toolExecutionNotifications": notes,
    }


def _noted(verdict: Verdict) -> tuple[Notice, ...]:
    return (*verdict.loosened, *verdict.notices)


def _problem(problem: Problem) -> str:
    return f"{problem.subject}: {problem.reason}" + (f" ({problem.hint})" if problem.hint else "")


def _note(level: str, text: str, location: Location | None) -> Json:
    return {"level": level, "message": {"text": _plain(text)}, **({"locations": [_location(location)]} if location else {})}


def _rules(found: Iterable[Finding]) -> list[Json]:
    """One a rule id, in the order of the worst finding of each."""
    first: dict[str, Finding] = {}
    for one in found:
        first.setdefault(one.rule_id, one)
    return [_rule(one) for one in first.values()]


def _rule(found: Finding) -> Json:
    short = wording.about(found) if found.vulnerable else found.title or found.message
    helps = _help(found)
    security = {"security-severity": SECURITY_SEVERITY[found.severity]} if found.severity in SECURITY_SEVERITY else {}
    return {
        "id": found.rule_id,
        "name": found.rule_id,
        "shortDescription": {"text": _plain(short or found.rule_id)},
        "fullDescription": {"text": _plain(f"{wording.ids(found)}: {short}")},
        "help": {"text": _plain(" ".join(helps)), "markdown": _gfm.text(" ".join(helps))},
        **({"helpUri": address} if (address := web_address(found.help_url)) else {}),
        "defaultConfiguration": {"level": "error" if found.severity >= Severity.HIGH else "warning"},
        "properties": {"tags": ["security", found.kind.value], "precision": "high", **security},
    }


def _help(found: Finding) -> list[str]:
    if found.kind is Kind.SECRET:
        return ["A secret in the repository is known to everyone who can read it.", f"Fix: {wording.remedy(found)}."]
    source = found.vulnerable.advisory.severity_source if found.vulnerable else ""
    decided = f" (decided by: {source})" if source else ""
    return [
        f"A dependency has the published vulnerability {wording.ids(found)}, severity {found.severity.label}{decided}.",
        "Upgrade to a version that clears it; where there is none, replace the package, or accept it with a reason and an end date.",
    ]


def _result(judged: Judged, rule: int) -> Json:
    found = judged.finding
    related = [_related(one, number) for number, one in enumerate(found.related[: MOST_LOCATIONS - 1], start=1)]
    return {
        "ruleId": found.rule_id,
        "ruleIndex": rule,
        "level": _level(judged),
        "message": {"text": _plain(_message(found))},
        "locations": [_location(found.location)],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {"primaryLocationLineHash": f"{sha256(found.id.encode(errors='replace')).hexdigest()[:16]}:1"},
        **({"suppressions": [_suppression(judged.suppression)]} if judged.suppression else {}),
        "properties": {"severity": found.severity.label, "origin": found.origin.value, "blocking": judged.blocking, **_purl(found)},
    }


def _level(judged: Judged) -> str:
    if judged.blocking:
        return "error"
    return "note" if judged.finding.severity is Severity.LOW else "warning"


def _message(found: Finding) -> str:
    parts = [f"{wording.subject(found)}: {wording.about(found)} ({wording.ids(found)})."]
    if found.vulnerable and (way := wording.path(found.vulnerable)):
        parts.append(f"Brought in by {way}.")
    if found.vulnerable and (target := wording.cleared_by(found.vulnerable)):
        parts.append(f"Cleared by {target}.")
    parts.append(f"Fix: {wording.remedy(found)}.")
    return " ".join([*parts, *(f"{text}." for text in [wording.origin(found)] if text)])


def _purl(found: Finding) -> Json:
    return {"purl": found.vulnerable.package.purl} if found.vulnerable else {}


def _suppression(word: Suppression) -> Json:
    kind = "inSource" if word.by == "inline" else "external"
    return {"kind": kind, "status": "accepted", "justification": shown(wording.acceptance(word))}


def _related(related: Related, number: int) -> Json:
    return {"id": number, "message": {"text": _plain(related.note)}, **_location(related.location)}


def _location(location: Location) -> Json:
    place = {"uri": quote(location.path, errors="replace"), "uriBaseId": ROOT}
    return {"physicalLocation": {"artifactLocation": place, "region": _region(location)}}


def _region(location: Location) -> Json:
    """Columns where an end is known; an end before its start is left out."""
    line, end = max(location.line, 1), location.end_line if location.end_line is not None else location.line
    if location.end_column is None or (end, location.end_column) <= (line, location.column):
        return {"startLine": line, **({"endLine": end} if end > line else {})}
    return {"startLine": line, "startColumn": location.column, "endLine": end, "endColumn": location.end_column}


def _plain(text: str) -> str:
    """A SARIF message: square brackets would be a link, so foreign ones are escaped."""
    clipped = shown(text)[:MOST_TEXT]
    return clipped.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
