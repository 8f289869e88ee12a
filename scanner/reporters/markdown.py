"""The step summary and the pull request comment: Verdict in, GitHub-flavoured Markdown out, always small enough to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.models import Outcome, Severity
from scanner.reporters import _advice
from scanner.reporters import _wording as wording
from scanner.reporters._checkout import from_root
from scanner.reporters._gfm import ROWS, Table, code, document, link, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.models import Audited, Finding, Location, Problem, Verdict
    from scanner.reporters import Style

__all__ = ["MARKER", "REPORTER", "comment"]

MARKER = "<!-- security-scan-gate -->"
SUMMARY_BYTES = 900 * 1024
COMMENT_BYTES = 60_000
SIGNS = {Outcome.PASS: "✅", Outcome.FAIL: "❌", Outcome.INCOMPLETE: "⚠️"}
DOTS = {Severity.CRITICAL: "🟣", Severity.HIGH: "🔴", Severity.MODERATE: "🟠", Severity.LOW: "🟡", Severity.UNKNOWN: "⚪"}
ADVISORIES_SHOWN = 8
FINDING_COLUMNS = ("Severity", "What", "Where", "Why", "Fix", "Origin")


class Markdown:
    """Verdict first, then what could not be checked, what blocks, and the rest folded."""

    def render(self, verdict: Verdict, style: Style) -> str:  # noqa: ARG002 -- one page for every reader
        """The step summary; GitHub throws one of over 1,024 KiB away."""
        verdict = from_root(verdict)
        return document(_first(verdict), list(_tables(verdict)), _last(verdict), SUMMARY_BYTES)


REPORTER = Markdown()


def comment(verdict: Verdict) -> str:
    """The same as a comment, with the marker by which it is found again; GitHub refuses one of over 65,536 characters."""
    verdict = from_root(verdict)
    return document(_first(verdict), list(_tables(verdict)), [*_last(verdict), MARKER], COMMENT_BYTES)


def _first(verdict: Verdict) -> list[str]:
    lines = [f"## {SIGNS[verdict.outcome]} Security scan {text(wording.headline(verdict))}"]
    lines += [f"**{text(whose)}**"] if (whose := wording.whose(verdict)) else []
    return [*lines, text(f"{wording.threshold(verdict)}; {wording.checked(verdict)}")]


def _last(verdict: Verdict) -> list[str]:
    run = verdict.run
    commit = f" at {code(run.commit[:12])}" if run.commit else ""
    base = f", compared with {code(run.base[:12])}" if run.base else ""
    shard = f", shard {text(run.shard)}" if run.shard else ""
    when = f", {text(run.started_at)}, {run.duration_s:.1f} s" if run.started_at else ""
    return [f"<sub>Security Scan Gate {text(run.version)}{commit}{base}{shard}{when}</sub>"]


def _tables(verdict: Verdict) -> Iterator[Table]:
    problems = tuple(_problem(one) for one in verdict.problems)
    yield Table(title="Could not be checked", columns=("What", "Why", "Next step"), rows=problems, folded=False)
    yield replace(_findings("Blocks", verdict.blocking, folded=False), note=text(_advice.no_secret(verdict.blocking, verdict.run)))
    loosened = tuple((text(one.subject), text(one.reason), _at(one.location)) for one in verdict.loosened)
    yield Table(title="This change loosens the gate", columns=("What", "How", "Where"), rows=loosened, folded=False)
    expired = tuple(_entries(verdict))
    yield Table(title="Allow entries that need a look", columns=("Entry", "State", "Reason", "Where"), rows=expired, folded=False)
    yield _findings("Does not block", verdict.warning, folded=True)
    yield Table(title="Accepted", columns=("Severity", "What", "Where", "Rule", "Accepted by"), rows=_accepted(verdict))
    audited = tuple(_audited(one) for one in verdict.audited)
    yield Table(title="Audited", columns=("Manifest", "Format", "Packages", "Source", "Complete"), rows=audited)
    skipped = tuple((code(one.path), text(one.reason)) for one in verdict.scanned.skipped)
    yield Table(title="Files not read for secrets", columns=("File", "Why"), rows=skipped)
    notes = tuple((text(one.subject), text(one.reason), _at(one.location)) for one in verdict.notices)
    yield Table(title="Notes", columns=("About", "What", "Where"), rows=notes)


def _findings(title: str, found: tuple[Finding, ...], *, folded: bool) -> Table:
    groups = wording.together(found)
    rows = tuple(_finding(group) for group in groups[: ROWS[0]])
    shown = len(FINDING_COLUMNS) if any(row[-1] for row in rows) else -1  # nothing was compared: no column of origins
    return Table(
        title=title, columns=FINDING_COLUMNS[:shown], rows=tuple(row[:shown] for row in rows), folded=folded, number=len(found),
        more=max(len(groups) - ROWS[0], 0),
    )  # fmt: skip


def _finding(group: tuple[Finding, ...]) -> tuple[str, ...]:
    first = group[0]
    return (_severity(first), _what(first), _where(first), _why(group), _fix(first), text(wording.origins(group)))


def _severity(found: Finding) -> str:
    return f"{DOTS[found.severity]}\u00a0{found.severity.label}"


def _what(found: Finding) -> str:
    if found.vulnerable:
        target = wording.cleared_by(found.vulnerable)
        package = f"{code(found.vulnerable.package.name)} {code(found.vulnerable.package.version)}"
        return f"{package} → {code(target)}" if target else package
    redacted = wording.redacted(found)
    return text(wording.subject(found)) + (f"<br>{code(redacted)}" if redacted else "")


def _where(found: Finding) -> str:
    places = [_at(found.location)]
    if found.vulnerable and (way := wording.path(found.vulnerable)):
        places.append(f"brought in by {code(way)}")
    if found.secret and found.secret.commit:
        places.append(f"in commit {code(found.secret.commit[:12])}")
    return "<br>".join([*places, *(f"{text(one.note)} {_at(one.location)}" for one in found.related)])


def _why(group: tuple[Finding, ...]) -> str:
    lines = [f"{link(wording.ids(one), one.help_url)} {text(wording.about(one))}" for one in group[:ADVISORIES_SHOWN]]
    if len(group) > ADVISORIES_SHOWN:
        lines.append(f"and {len(group) - ADVISORIES_SHOWN:,} more advisories")
    return "<br>".join(lines)


def _fix(found: Finding) -> str:
    remedy = wording.remedy(found)
    return code(remedy) if _advice.typed(found) else text(remedy)


def _problem(problem: Problem) -> tuple[str, ...]:
    place = problem.location
    if place and problem.subject in (place.path, str(place)):
        return (_at(place), text(problem.reason), text(problem.hint))
    return (text(problem.subject) + (f"<br>{_at(place)}" if place else ""), text(problem.reason), text(problem.hint))


def _entries(verdict: Verdict) -> Iterator[tuple[str, ...]]:
    for state, entries in (("expired", verdict.expired), ("expires soon", verdict.expiring), ("matches nothing", verdict.stale)):
        for one in entries:
            until = f" ({one.expires.isoformat()})" if one.expires else ""
            yield (code(wording.entry(one)), f"{state}{until}", text(one.reason), _at(one.location))


def _accepted(verdict: Verdict) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (_severity(found), _what(found), _at(found.location), link(found.rule_id, found.help_url), text(wording.acceptance(word)))
        for found, word in verdict.suppressed
    )


def _audited(one: Audited) -> tuple[str, ...]:
    return (code(one.manifest), text(one.format), f"{one.packages:,}", text(wording.source(one)), "yes" if one.complete else "**no**")


def _at(location: Location | None) -> str:
    return code(str(location)) if location else ""
