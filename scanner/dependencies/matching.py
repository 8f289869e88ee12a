"""Does an advisory apply to a version? Advisory and coordinate in, yes / no / cannot tell out.

Rules: https://ossf.github.io/osv-schema/#evaluation; listed versions and ranges are a union. What cannot be read is never taken for safe:
an unreadable bound leaves its range open (the finding can then be looked at and accepted); an installed version that cannot be compared
with a range is ``UNCLEAR``, and so is every version where a record names the package and says nothing in versions (Git commits alone, a
type of range nobody knows). The audit turns that into a Problem: a source may well know why it answered with such a record, we do not.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from scanner.dependencies import semver
from scanner.dependencies.intervals import Interval, Key
from scanner.dependencies.versions import parse, same_name

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from scanner.models import Advisory, Affected, Event, Range

_Bound = tuple[Key | None, str, str]


class Applies(Enum):
    """Whether a version is affected."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def applies(advisory: Advisory, ecosystem: str, name: str, version: str) -> Applies:
    """Whether ``advisory`` says that this version is affected, whatever its dates."""
    unclear = False
    for affected in blocks(advisory, ecosystem, name):
        answer = in_block(affected, version)
        if answer is Applies.YES:
            return answer
        unclear = unclear or answer is Applies.UNCLEAR
    return Applies.UNCLEAR if unclear else Applies.NO


def stands(advisory: Advisory, as_of: dt.date | None = None) -> bool:
    """Whether an advisory counts: not withdrawn, and (``as_of``) published by the end of that day and not yet withdrawn then.

    One without a date of publication always counts.
    """
    if as_of is None:
        return not advisory.withdrawn
    day = as_of.isoformat()
    return advisory.published[:10] <= day and (not advisory.withdrawn or advisory.withdrawn[:10] > day)


def blocks(advisory: Advisory, ecosystem: str, name: str) -> Iterator[Affected]:
    """What an advisory says about one package; ecosystem first, then name (PEP 503 for PyPI)."""
    wanted = same_name(ecosystem, name)
    return (a for a in advisory.affected if a.ecosystem == ecosystem and same_name(ecosystem, a.name) == wanted)


def tells(affected: Affected) -> bool:
    """Whether anything is said in versions: a list of them, npm's range text, or a range with a beginning or an end."""
    return bool(affected.versions or affected.npm_range) or any(_edges(known) for known in affected.ranges)


def in_block(affected: Affected, version: str) -> Applies:
    """Whether one block says that this version of its package is affected."""
    if version in affected.versions:
        return Applies.YES
    if not tells(affected):
        return Applies.UNCLEAR
    parsed = parse(affected.ecosystem, version)
    if parsed is None:
        return Applies.UNCLEAR if affected.ranges or affected.npm_range else Applies.NO
    listed = _listed(affected.ecosystem, affected.versions)
    if parsed.key in listed or parsed.public in listed:
        return Applies.YES
    inside = any(interval.holds(parsed.key, parsed.public) for interval in intervals(affected))
    return Applies.YES if inside else Applies.NO


def intervals(affected: Affected) -> Iterator[Interval]:
    """The stretches of affected versions, those of npm's own range text among them."""
    for known in affected.ranges:
        yield from range_intervals(affected.ecosystem, known)
    if affected.npm_range:
        yield from semver.range_intervals(affected.npm_range)


@lru_cache(maxsize=50_000)
def range_intervals(ecosystem: str, known: Range) -> tuple[Interval, ...]:
    """The stretches of one OSV range: events in version order, whatever order the record has them in."""
    limits = [bound for event in known.events if event.kind == "limit" and (bound := _bound(ecosystem, event))]
    limit = max((key for key, _, _ in limits if key is not None), default=None) if all(key for key, _, _ in limits) else None
    return tuple(_limited(interval, limit) for interval in _walk(ecosystem, _bounds(ecosystem, known)))


@lru_cache(maxsize=10_000)
def _listed(ecosystem: str, versions: tuple[str, ...]) -> frozenset[Key]:
    return frozenset(parsed.key for version in versions if (parsed := parse(ecosystem, version)) is not None)


def _bounds(ecosystem: str, known: Range) -> list[_Bound]:
    """Readable bounds but limits, in order; an unreadable ``introduced`` means from the beginning, an unreadable end is left out."""
    edges = _edges(known)
    found = [bound for event in edges if (bound := _bound(ecosystem, event))]
    if edges and not any(kind == "introduced" for _, kind, _ in found):
        found.append((None, "introduced", "0"))
    return sorted(found, key=_position)


def _edges(known: Range) -> list[Event]:
    return [event for event in known.events if event.kind != "limit"]


def _position(bound: _Bound) -> tuple[bool, Key]:
    return (bound[0] is not None, bound[0] or ())


def _bound(ecosystem: str, event: Event) -> _Bound | None:
    if event.kind == "introduced" and event.version == "0":
        return None, event.kind, event.version
    parsed = parse(ecosystem, event.version)
    if parsed is None:
        return (None, event.kind, event.version) if event.kind in ("introduced", "limit") else None
    return parsed.key, event.kind, event.version


def _walk(ecosystem: str, bounds: list[_Bound]) -> Iterator[Interval]:
    """Open at ``introduced``, close at the next end. Where both meet in one version, an open stretch closes before the next one opens."""
    is_open, start = False, None
    for _, group in groupby(bounds, key=_position):
        for key, kind, text in sorted(group, key=_introduced, reverse=not is_open):
            if kind == "introduced":
                is_open, start = True, start if is_open else key
            elif is_open:
                is_open = False
                yield from _closed(ecosystem, start, key, kind, text)
    if is_open:
        yield Interval(start=start)


def _introduced(bound: _Bound) -> bool:
    return bound[1] == "introduced"


def _closed(ecosystem: str, start: Key | None, end: Key | None, kind: str, text: str) -> Iterator[Interval]:
    if kind == "last_affected":
        parsed = parse(ecosystem, text)
        yield Interval(start=start, end=end, includes_end=True, local_end=parsed is not None and parsed.local)
    elif start is None or end is None or start != end:
        yield Interval(start=start, end=end, fix=text)


def _limited(interval: Interval, limit: Key | None) -> Interval:
    if limit is None or (interval.end is not None and (interval.end < limit or (interval.end == limit and not interval.includes_end))):
        return interval
    return Interval(start=interval.start, end=limit)
