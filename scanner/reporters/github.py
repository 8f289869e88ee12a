"""The log of a GitHub job: Verdict in, annotations (workflow commands) and log groups out, plus the step's outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.reporters import _advice
from scanner.reporters import _wording as wording
from scanner.reporters._annotations import command, planned
from scanner.reporters._checkout import from_root
from scanner.reporters._escape import data, log_line
from scanner.reporters._outputs import output_block, outputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scanner.models import Audited, Finding, Location, Problem, Verdict
    from scanner.reporters import Style

__all__ = ["REPORTER", "output_block", "outputs"]


class GitHub:
    """What blocks in the open, the rest in groups, annotations last. Untrusted text cannot start a command in either grammar."""

    def render(self, verdict: Verdict, style: Style) -> str:
        """Lines for stdout."""
        verdict = from_root(verdict)
        lines = [*_head(verdict), *(_groups(verdict) if style.detail >= 0 else ()), *(command(one) for one in planned(verdict))]
        return "\n".join(lines) + "\n"


REPORTER = GitHub()


def _head(verdict: Verdict) -> Iterator[str]:
    yield log_line(f"Security Scan Gate {verdict.run.version} {wording.headline(verdict)}")
    if whose := wording.whose(verdict):
        yield log_line(whose)
    yield log_line(f"{wording.threshold(verdict)}; {wording.checked(verdict)}")
    for problem in verdict.problems:
        yield log_line(f"could not be checked: {_what(problem)}: {problem.reason}")
        yield from _indented([problem.hint] if problem.hint else [])
    yield from _findings(verdict.blocking)
    if advice := _advice.no_secret(verdict.blocking, verdict.run):
        yield log_line(advice)


def _what(problem: Problem) -> str:
    """The subject and its place; once where the place is the subject."""
    place = problem.location
    if place and problem.subject in (place.path, str(place)):
        return f"{place.path} line {place.line}"
    return f"{problem.subject}{_at(place)}"


def _groups(verdict: Verdict) -> Iterator[str]:
    yield from _group("This change loosens the gate", [f"{n.subject}{_at(n.location)}: {n.reason}" for n in verdict.loosened])
    yield from _group("Findings that do not block", _findings(verdict.warning), len(verdict.warning))
    yield from _group("Accepted findings", [f"{_line(f)}; {wording.acceptance(s)}" for f, s in verdict.suppressed])
    yield from _group("Allow entries that need a look", _entries(verdict))
    yield from _group("What was audited", [_audited(one) for one in verdict.audited])
    yield from _group("Notes", [f"{one.subject}{_at(one.location)}: {one.reason}" for one in verdict.notices])
    yield from _group("Files not read for secrets", [f"{one.path}: {one.reason}" for one in verdict.scanned.skipped])
    yield from _group("Looked like a secret and is none", verdict.rejected)


def _group(title: str, lines: Iterable[str], number: int | None = None) -> list[str]:
    rows = list(lines)
    if not rows:
        return []
    heading = f"{title} ({len(rows) if number is None else number:,})"
    return [f"::group::{data(heading)}", *(log_line(f"- {row}" if number is None else row) for row in rows), "::endgroup::"]


def _findings(found: tuple[Finding, ...]) -> Iterator[str]:
    for one in found:
        yield log_line(f"- {_line(one)}")
        yield from _indented(_more(one))


def _line(found: Finding) -> str:
    return f"{found.severity.label} {wording.subject(found)}{_at(found.location)}: {wording.ids(found)}"


def _more(found: Finding) -> Iterator[str]:
    yield wording.about(found)
    if found.vulnerable and (way := wording.path(found.vulnerable)):
        yield f"brought in by {way}"
    if found.secret and found.secret.commit:
        yield f"in commit {found.secret.commit} of {found.secret.author_date}"
    yield from (f"{one.note}{_at(one.location)}" for one in found.related)
    yield f"fix: {wording.remedy(found)}"
    if whose := wording.origin(found):
        yield whose
    if found.help_url:
        yield found.help_url


def _entries(verdict: Verdict) -> Iterator[str]:
    for what, entries in (("expired", verdict.expired), ("expires soon", verdict.expiring), ("matches nothing", verdict.stale)):
        yield from (f"{what}: {wording.entry(one)}{_at(one.location)}; {wording.acceptance(one)}" for one in entries)


def _audited(one: Audited) -> str:
    source = f"against {wording.source(one) or 'nothing'}"
    complete = "" if one.complete else "; NOT complete"
    return f"{one.manifest}: {wording.count(one.packages, 'package')} ({one.format}) {source}{complete}"


def _indented(lines: Iterable[str]) -> list[str]:
    return [log_line(f"    {line}") for line in lines]


def _at(location: Location | None) -> str:
    """Not ``path:line``: problem matchers of earlier steps would take it for a compiler's message."""
    return f" ({location.path} line {location.line})" if location else ""
