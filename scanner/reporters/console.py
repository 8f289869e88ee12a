"""For a person at a terminal: Verdict in, text out. What is wrong, is it mine, what do I change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.models import Outcome, Severity
from scanner.reporters import _advice
from scanner.reporters import _wording as wording
from scanner.reporters._checkout import from_here
from scanner.reporters._lines import Line, Span, coloured, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scanner.models import Audited, Finding, Location, Problem, Suppression, Verdict
    from scanner.reporters import Style

INDENT = 12
SHORT = 6
ONE_SCREEN = 24
BADGES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MODERATE: "bold yellow",
    Severity.LOW: "bold cyan",
    Severity.UNKNOWN: "bold magenta",
}
OUTCOMES = {
    Outcome.PASS: ("PASSED", "bold white on green"),
    Outcome.FAIL: ("FAILED", "bold white on red"),
    Outcome.INCOMPLETE: ("INCOMPLETE", "bold black on yellow"),
}


class Console:
    """Blocking findings in full, the others in a line each (in full with ``-v``)."""

    def render(self, verdict: Verdict, style: Style) -> str:
        """Wrapped to ``style.width``; ``style.color`` decides about colours and nothing else does."""
        lines = list(_report(from_here(verdict), style.detail))
        return (coloured if style.color else plain)(lines, style.width)


REPORTER = Console()


def _report(verdict: Verdict, detail: int) -> Iterator[Line]:
    head = list(_head(verdict))
    body = list(_body(verdict, detail))
    yield from head
    yield from body
    if len(body) > ONE_SCREEN:
        yield from (Line(), head[0])


def _head(verdict: Verdict) -> Iterator[Line]:
    word, style = OUTCOMES[verdict.outcome]
    reason = wording.headline(verdict).partition(": ")[2]
    yield Line((Span(f" {word} ", style), Span("  "), Span(reason, "bold")), len(word) + 4)
    if whose := wording.whose(verdict):
        yield Line((Span(f"  {whose}", "italic"),), 2)
    run = verdict.run
    shard = f"shard {run.shard}" if run.shard else ""
    what = ", ".join(filter(None, [wording.target(verdict), shard]))
    parts = [what, wording.threshold(verdict), wording.checked(verdict), f"{run.duration_s:.1f}s"]
    yield Line((Span("  "), Span(" · ".join(filter(None, parts)), "dim")), 2)


def _body(verdict: Verdict, detail: int) -> Iterator[Line]:
    yield from _section("Could not be checked", "bold yellow", (line for one in verdict.problems for line in _problem(one)))
    yield from _findings("Blocks", "bold red", verdict.blocking)
    if advice := _advice.no_secret(verdict.blocking, verdict.run):
        yield from (Line(), Line((Span("  "), Span(advice, "dim")), 2))
    if detail < 0:
        return
    yield from _section("This change loosens the gate", "bold yellow", (_said(n.subject, n.reason, n.location) for n in verdict.loosened))
    yield from _others(verdict, detail)
    yield from _section("Accepted", "bold", _shortened([_accepted(f, s) for f, s in verdict.suppressed], detail))
    yield from _section("Allow entries that need a look", "bold yellow", _entries(verdict))
    yield from _section("Audited", "bold", _shortened([_audited(one) for one in verdict.audited], detail))
    yield from _section("Notes", "bold", (_said(n.subject, n.reason, n.location) for n in verdict.notices))
    skipped = [_said(one.path, one.reason, None) for one in verdict.scanned.skipped] if detail > 0 else []
    yield from _section("Not read for secrets", "bold", skipped)
    yield from _section("Looked like a secret and is none", "bold", (Line((Span(f"  {one}"),), 4) for one in verdict.rejected))


def _section(title: str, style: str, lines: Iterable[Line]) -> Iterator[Line]:
    rows = list(lines)
    if rows:
        yield from (Line(), Line((Span(title, style),)), *rows)


def _findings(title: str, style: str, found: tuple[Finding, ...]) -> Iterator[Line]:
    if found:
        yield from (Line(), Line((Span(f"{title} ({len(found):,})", style),)))
    for number, group in enumerate(wording.together(found)):
        yield from () if number == 0 else (Line(),)
        yield from _group(group)


def _others(verdict: Verdict, detail: int) -> Iterator[Line]:
    title = f"Does not block ({len(verdict.warning):,})"
    if detail > 0:
        yield from _findings("Does not block", "bold", verdict.warning)
        return
    yield from _section(title, "bold", _shortened([_one_line(group) for group in wording.together(verdict.warning)], detail))


def _group(group: tuple[Finding, ...]) -> Iterator[Line]:
    """What, where and whose, which advisories, what to change."""
    first = group[0]
    yield Line((*_badge(first), *_subject(first)), INDENT)
    yield _under(Span(_place(first.location)), Span(_way(first), "dim"))
    yield from (_under(Span(f"{one.note} ", "dim"), Span(_place(one.location), "dim")) for one in first.related[:1])
    for one in group:
        identity = Span(f"{wording.ids(one)}  " if one.vulnerable else f"{one.rule_id}  ", "cyan")
        yield _under(identity, Span(wording.about(one)), Span("" if one.severity is first.severity else f"  ({one.severity.label})", "dim"))
    if whose := wording.origins(group):
        yield _under(Span(whose, "italic"))
    yield _under(Span("fix  ", "dim"), Span(wording.remedy(first), "green"))


def _badge(found: Finding) -> tuple[Span, ...]:
    word = found.severity.label.upper()
    return (Span("  "), Span(word, BADGES[found.severity]), Span(" " * (INDENT - 2 - len(word))))


def _subject(found: Finding) -> tuple[Span, ...]:
    spans = [Span(wording.subject(found), "bold")]
    if found.vulnerable and (target := wording.cleared_by(found.vulnerable)):
        spans += [Span(" → ", "dim"), Span(target, "bold green")]
    if redacted := wording.redacted(found):
        spans.append(Span(f"  {redacted}", "dim"))
    return tuple(spans)


def _way(found: Finding) -> str:
    if found.vulnerable:
        way = wording.path(found.vulnerable)
        return f"  brought in by {way}" if way else ""
    if found.secret and found.secret.commit:
        return f"  in commit {found.secret.commit[:12]} of {found.secret.author_date}"
    return ""


def _one_line(group: tuple[Finding, ...]) -> Line:
    first = group[0]
    ids = ", ".join(one.rule_id for one in group[:3]) + (f" and {len(group) - 3:,} more" if len(group) > 3 else "")
    whose = wording.origins(group)
    tail = Span(f"  {_place(first.location)}  {ids}" + (f"  {whose}" if whose else ""), "dim")
    return Line((*_badge(first), *_subject(first), tail), INDENT)


def _problem(problem: Problem) -> Iterator[Line]:
    where = _place(problem.location) if problem.location else problem.subject
    subject = where if problem.subject in where else f"{problem.subject} ({where})"
    yield Line((Span("  ! ", "bold yellow"), Span(subject, "bold"), Span(f"  {problem.reason}")), 4)
    if problem.hint:
        yield Line((Span("    → "), Span(problem.hint, "green")), 6)


def _said(subject: str, reason: str, location: Location | None) -> Line:
    where = f"  {_place(location)}" if location else ""
    return Line((Span("  "), Span(subject, "bold"), Span(f"  {reason}"), Span(where, "dim")), 4)


def _accepted(found: Finding, suppression: Suppression) -> Line:
    what = Span(f"{wording.subject(found)}  {found.rule_id}  {_place(found.location)}")
    return Line((*_badge(found), what, Span(f"  {wording.acceptance(suppression)}", "dim")), INDENT)


def _entries(verdict: Verdict) -> Iterator[Line]:
    for what, entries in (("expired", verdict.expired), ("expires soon", verdict.expiring), ("matches nothing", verdict.stale)):
        yield from (_said(wording.entry(one), f"{what}: {wording.acceptance(one)}", one.location) for one in entries)


def _audited(one: Audited) -> Line:
    source = wording.source(one) or "no source"
    incomplete = Span("" if one.complete else "  NOT complete", "bold yellow")
    read = Span(f"  {wording.count(one.packages, 'package')}, {one.format}, {source}", "dim")
    return Line((Span(f"  {one.manifest}"), read, incomplete), 4)


def _shortened(lines: list[Line], detail: int) -> list[Line]:
    if detail > 0 or len(lines) <= SHORT:
        return lines
    more = Line((Span(f"  and {len(lines) - SHORT + 1:,} more (-v shows all of them)", "dim"),), 4)
    return [*lines[: SHORT - 1], more]


def _under(*spans: Span) -> Line:
    return Line((Span(" " * INDENT), *spans), INDENT)


def _place(location: Location) -> str:
    column = f":{location.column}" if location.column > 1 else ""
    return f"{location.path}:{location.line}{column}"
