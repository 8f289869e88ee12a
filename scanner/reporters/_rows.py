"""The rows of the HTML report as plain values: Verdict in, text out; the template escapes every one of them."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.models import Origin
from scanner.reporters import _advice
from scanner.reporters import _wording as wording
from scanner.reporters._escape import shown, web_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.models import Finding, Judged, Location, Verdict

FILTERS = ("severity", "kind", "origin", "state")
ENTRY_COLUMNS = ("Entry", "State", "Accepted by", "Where")


class Row(Struct, frozen=True, kw_only=True):
    """One finding. ``command`` says that ``fix`` is to be typed as it stands."""

    anchor: str
    severity: str
    rank: int
    kind: str
    origin: str
    state: str
    subject: str
    target: str
    ids: str
    url: str
    message: str
    notes: tuple[str, ...]
    path: str
    line: int
    related: tuple[str, ...]
    whose: str
    fix: str
    command: bool


class Filter(Struct, frozen=True, kw_only=True):
    """What can be chosen: a property of the rows, its values and how many rows have each."""

    name: str
    values: tuple[tuple[str, int], ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """A table of plain text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    anchor: str = ""


class Trouble(Struct, frozen=True, kw_only=True):
    """What could not be checked."""

    subject: str
    place: str
    reason: str
    hint: str


def rows(verdict: Verdict) -> list[Row]:
    """Worst first, as judged."""
    return [_row(one) for one in verdict.judged]


def filters(found: list[Row]) -> list[Filter]:
    """Values in the order in which they first appear: severities worst first."""
    counts = {name: Counter(str(getattr(row, name)) for row in found) for name in FILTERS}
    if not compared(found):
        del counts["origin"]
    return [Filter(name=name, values=tuple(values.items())) for name, values in counts.items()]


def compared(found: list[Row]) -> bool:
    """Whether the origin of anything is known."""
    return any(row.whose or row.origin != Origin.UNKNOWN.value for row in found)


def troubles(verdict: Verdict) -> list[Trouble]:
    """Problems as text."""
    return [
        Trouble(subject=shown(one.subject), place=_at(one.location), reason=shown(one.reason), hint=shown(one.hint))
        for one in verdict.problems
    ]


def attention(verdict: Verdict) -> list[Sheet]:
    """Tables that nobody may miss."""
    loosened = tuple((shown(one.subject), shown(one.reason), _at(one.location)) for one in verdict.loosened)
    sheets = [
        Sheet(title="This change loosens the gate", columns=("What", "How", "Where"), rows=loosened, anchor="loosened"),
        Sheet(title="Allow entries that need a look", columns=ENTRY_COLUMNS, rows=tuple(_entries(verdict)), anchor="entries"),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def background(verdict: Verdict) -> list[Sheet]:
    """Tables to look things up in."""
    audited = tuple(
        (shown(a.manifest), a.format, f"{a.packages:,}", shown(wording.source(a)), "yes" if a.complete else "NO")
        for a in verdict.audited
    )
    skipped = tuple((shown(one.path), shown(one.reason)) for one in verdict.scanned.skipped)
    notes = tuple((shown(one.subject), shown(one.reason), _at(one.location)) for one in verdict.notices)
    sheets = [
        Sheet(title="Audited", columns=("Manifest", "Format", "Packages", "Source", "Complete"), rows=audited),
        Sheet(title="Files not read for secrets", columns=("File", "Why"), rows=skipped),
        Sheet(title="Notes", columns=("About", "What", "Where"), rows=notes),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def _row(judged: Judged) -> Row:
    found = judged.finding
    vulnerable = found.vulnerable
    return Row(
        anchor=f"f-{sha256(found.id.encode(errors='replace')).hexdigest()[:12]}",
        severity=found.severity.label,
        rank=found.severity.value,
        kind=found.kind.value,
        origin=found.origin.value,
        state="blocks" if judged.blocking else "accepted" if judged.suppression else "warns",
        subject=shown(wording.subject(found)),
        target=shown(wording.cleared_by(vulnerable)) if vulnerable else "",
        ids=shown(wording.ids(found)),
        url=web_address(found.help_url),
        message=shown(wording.about(found)),
        notes=tuple(map(shown, _notes(judged))),
        path=shown(found.location.path),
        line=found.location.line,
        related=tuple(shown(f"{one.note}: {one.location}") for one in found.related),
        whose=shown(wording.origin(found)),
        fix=shown(wording.remedy(found)),
        command=_advice.typed(found),
    )


def _notes(judged: Judged) -> Iterator[str]:
    found = judged.finding
    if found.vulnerable and (way := wording.path(found.vulnerable)):
        yield f"brought in by {way}"
    if redacted := wording.redacted(found):
        yield redacted
    yield from _commit(found)
    if judged.suppression:
        yield f"accepted by {wording.acceptance(judged.suppression)}"


def _commit(found: Finding) -> Iterator[str]:
    if found.secret and found.secret.commit:
        yield f"in commit {found.secret.commit} of {found.secret.author_date}"


def _entries(verdict: Verdict) -> Iterator[tuple[str, ...]]:
    for state, entries in (("expired", verdict.expired), ("expires soon", verdict.expiring), ("matches nothing", verdict.stale)):
        yield from ((shown(wording.entry(one)), state, shown(wording.acceptance(one)), _at(one.location)) for one in entries)


def _at(location: Location | None) -> str:
    return shown(str(location)) if location else ""
