"""Annotations within GitHub's budget: Verdict in, workflow commands out. Ten of each type a step, worst first: what was found, then what
could not be checked; the tenth tells of the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.models import Finding, Kind, Location, Severity
from scanner.reporters import _advice
from scanner.reporters import _wording as wording
from scanner.reporters._escape import data, property_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scanner.models import Notice, Problem, Suppression, Verdict

BUDGET = 10
PROBLEMS = 3
LEVELS = ("error", "warning", "notice")
LONGEST_MESSAGE = 4096
LONGEST_TITLE = 200
ADVISORIES_SHOWN = 5


class Annotation(Struct, frozen=True, kw_only=True):
    """One mark on the pull request: ``level`` is ``error``, ``warning`` or ``notice``; several lines in ``message`` are welcome."""

    level: str
    title: str
    message: str
    location: Location | None = None


def planned(verdict: Verdict) -> list[Annotation]:
    """Everything worth a mark, within the budget of each type: errors, warnings, notices, each worst first."""
    problems = [_problem(one, "error" if verdict.exit_code else "warning") for one in verdict.problems]
    wanted = list(_wanted(verdict))
    return [
        one
        for level in LEVELS
        for one in _within_budget(level, [one for one in wanted if one.level == level], [one for one in problems if one.level == level])
    ]


def command(annotation: Annotation) -> str:
    """The workflow command, one line. The runner trims blanks behind the last property, so none may be there."""
    place = _place(annotation.location)
    message = annotation.message if place or annotation.location is None else f"{annotation.location}: {annotation.message}"
    pairs = [("title", _clipped(annotation.title.strip(), LONGEST_TITLE)), *place]
    properties = ",".join(f"{name}={property_value(value)}" for name, value in pairs)
    return f"::{annotation.level} {properties}::{data(_clipped(message, LONGEST_MESSAGE))}"


def _wanted(verdict: Verdict) -> Iterator[Annotation]:
    yield from (_about(group, "error", _advice.no_secret(group, verdict.run)) for group in _groups(verdict.blocking))
    yield from (_change(notice) for notice in verdict.loosened)
    yield from (_entry(entry, "has expired and accepts nothing any more", "warning") for entry in verdict.expired)
    yield from (_about(group, _level_of_warning(group)) for group in _groups(verdict.warning))
    yield from (_entry(entry, "expires soon", "notice") for entry in verdict.expiring)
    yield from (_entry(entry, "accepts nothing that was found: it can go", "notice") for entry in verdict.stale)
    yield from (Annotation(level="notice", title=one.subject, message=one.reason, location=one.location) for one in verdict.notices)


def _level_of_warning(group: tuple[Finding, ...]) -> str:
    return "notice" if group[0].severity is Severity.LOW else "warning"


def _groups(found: tuple[Finding, ...]) -> list[tuple[Finding, ...]]:
    """One per package and file; secrets one each, or one per file where that would not fit."""
    groups = wording.together(found)
    return _secrets_by_file(groups) if len(groups) > BUDGET else groups


def _secrets_by_file(groups: list[tuple[Finding, ...]]) -> list[tuple[Finding, ...]]:
    merged: dict[tuple[str, ...], list[Finding]] = {}
    for group in groups:
        first = group[0]
        key = (first.location.path,) if first.kind is Kind.SECRET else (first.location.path, first.id)
        merged.setdefault(key, []).extend(group)
    return [tuple(group) for group in merged.values()]


def _about(group: tuple[Finding, ...], level: str, advice: str = "") -> Annotation:
    first = group[0]
    lines = [*(_about_package(group) if first.vulnerable else _about_secrets(group)), *filter(None, [advice])]
    return Annotation(level=level, title=_title(group), message="\n".join(lines), location=first.location)


def _title(group: tuple[Finding, ...]) -> str:
    first = group[0]
    subject = wording.subject(first)
    if len(group) == 1:
        return f"{subject}: {first.rule_id} ({first.severity.label})" if first.vulnerable else f"{subject} ({first.severity.label})"
    several = wording.count(len(group), "advisory" if first.vulnerable else "secret")
    return f"{subject}: {several} (worst: {first.severity.label})" if first.vulnerable else f"{several} in this file"


def _about_package(group: tuple[Finding, ...]) -> list[str]:
    first = group[0]
    lines = [_about_advisory(one, severity=len(group) > 1) for one in group[:ADVISORIES_SHOWN]]
    if len(group) > ADVISORIES_SHOWN:
        lines.append(f"and {len(group) - ADVISORIES_SHOWN:,} more advisories")
    if first.vulnerable and (way := wording.path(first.vulnerable)):
        lines.append(f"brought in by {way}")
    if first.vulnerable and (target := wording.cleared_by(first.vulnerable)):
        lines.append(f"cleared by {target}")
    return [*lines, f"fix: {wording.remedy(first)}", *filter(None, [wording.origins(group)])]


def _about_advisory(found: Finding, *, severity: bool) -> str:
    return f"{found.severity.label}: " * severity + f"{wording.ids(found)} {wording.about(found)}"


def _about_secrets(group: tuple[Finding, ...]) -> list[str]:
    lines = [_about_secret(one, place=len(group) > 1) for one in group[:ADVISORIES_SHOWN]]
    if len(group) > ADVISORIES_SHOWN:
        lines.append(f"and {len(group) - ADVISORIES_SHOWN:,} more in this file")
    fixes = dict.fromkeys(wording.remedy(one) for one in group[:ADVISORIES_SHOWN])
    return [*lines, *(f"fix: {fix}" for fix in fixes), *filter(None, [wording.origins(group)])]


def _about_secret(found: Finding, *, place: bool) -> str:
    redacted = f": {shown}" if (shown := wording.redacted(found)) else ""
    commit = f", in commit {found.secret.commit[:12]}" if found.secret and found.secret.commit else ""
    where = f"line {found.location.line}: {found.severity.label}: " if place else ""
    return f"{where}{found.message} ({found.rule_id}){redacted}{commit}"


def _problem(problem: Problem, level: str) -> Annotation:
    reason = problem.reason if problem.location else f"{problem.subject}: {problem.reason}"
    message = "\n".join(filter(None, [reason, problem.hint]))
    return Annotation(level=level, title=f"could not be checked: {problem.subject}", message=message, location=problem.location)


def _change(notice: Notice) -> Annotation:
    return Annotation(
        level="warning",
        title=f"this change loosens the gate: {notice.subject}",
        message=f"{notice.subject}: {notice.reason}",
        location=notice.location,
    )


def _entry(entry: Suppression, what: str, level: str) -> Annotation:
    message = f"{wording.entry(entry)} {what} ({wording.acceptance(entry)})"
    return Annotation(level=level, title=f"{entry.id} {what}", message=message, location=entry.location)


def _within_budget(level: str, wanted: list[Annotation], problems: list[Annotation]) -> list[Annotation]:
    """What was found first. Of what could not be checked a few marks stay where there are too many, more where room is left."""
    every = len(wanted) + len(problems)
    if every <= BUDGET:
        return [*wanted, *problems]
    kept = problems[: max(PROBLEMS, BUDGET - 1 - len(wanted))]
    hidden = every - BUDGET + 1
    more = Annotation(
        level=level,
        title=f"{hidden:,} more {level}s",
        message=f"{hidden:,} more {level}s do not fit here: the step summary and this job's log list them all.",
    )
    return [*wanted[: BUDGET - 1 - len(kept)], *kept, more]


def _place(location: Location | None) -> list[tuple[str, str]]:
    """``file`` and lines; columns only within one line. Empty for a path that no command can carry and for one outside of the repository:
    the message then says where.
    """
    if location is None or "##[" in location.path or location.path.startswith(("/", "../")):
        return []
    return [("file", location.path), *_columns(location), *_lines(location)]


def _lines(location: Location) -> Iterable[tuple[str, str]]:
    end = location.end_line if location.end_line is not None and location.end_line >= location.line else location.line
    return [("endLine", str(end)), ("line", str(location.line))]


def _columns(location: Location) -> Iterable[tuple[str, str]]:
    end_line = location.line if location.end_line is None else location.end_line
    if end_line != location.line or location.end_column is None or location.end_column < location.column:
        return []
    return [("col", str(location.column)), ("endColumn", str(location.end_column))]


def _clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
