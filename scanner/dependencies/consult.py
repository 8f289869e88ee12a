"""Ask every source about every version: coordinates and sources in, candidate advisories and what nobody answered out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.advisories import Answer
from scanner.errors import SourceError
from scanner.models import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scanner.advisories import Coordinate, Source
    from scanner.models import Advisory

NOBODY = "no advisory source"


class Consulted(Struct, frozen=True, kw_only=True):
    """What the sources said together.

    ``answered_by`` names, for each coordinate, the sources that answered in full; ``failures`` gives, for each without any, the reason of
    each service. ``candidates`` is what is known, in full or in part; nothing has no entry. ``dates`` says how fresh each source is.
    """

    candidates: Mapping[Coordinate, tuple[Advisory, ...]] = {}
    answered_by: Mapping[Coordinate, tuple[str, ...]] = {}
    failures: Mapping[Coordinate, Mapping[str, str]] = {}
    dates: Mapping[str, str] = {}
    notices: tuple[Notice, ...] = ()


def consult(coordinates: Sequence[Coordinate], sources: Sequence[Source], fallbacks: Sequence[Source] = ()) -> Consulted:
    """Ask ``sources`` about everything, ``fallbacks`` about what none of them answered.

    A failure that another source makes good is a Notice; retries are one too.
    """
    answers = [_ask(source, coordinates) for source in sources]
    for source in fallbacks:
        missing = [c for c in coordinates if not any(c in answer.advisories for answer in answers)]
        answers.append(_ask(source, missing))
    return combine(coordinates, [answer for answer in answers if answer.advisories or answer.unanswered])


def combine(coordinates: Sequence[Coordinate], answers: Sequence[Answer]) -> Consulted:
    """Several answers as one: advisories united, failures kept where nobody answered."""
    candidates: dict[Coordinate, tuple[Advisory, ...]] = {}
    answered_by: dict[Coordinate, tuple[str, ...]] = {}
    failures: dict[Coordinate, Mapping[str, str]] = {}
    told = [known for answer in answers for known in (answer.advisories, answer.partial)]
    names: dict[tuple[str, ...], tuple[str, ...]] = {}  # of very many packages most are answered for by the same few, or fail alike
    alike: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
    for coordinate in coordinates:
        found = [known[coordinate] for known in told if known.get(coordinate)]
        if found:
            candidates[coordinate] = tuple(dict.fromkeys(advisory for group in found for advisory in group))
        answered = tuple([answer.source for answer in answers if coordinate in answer.advisories])
        if answered:
            answered_by[coordinate] = names.setdefault(answered, answered)
        else:
            reasons = _reasons(coordinate, answers)
            failures[coordinate] = alike.setdefault(tuple(reasons.items()), reasons)
    return Consulted(
        candidates=candidates,
        answered_by=answered_by,
        failures=failures,
        dates={answer.source: answer.date for answer in answers},
        notices=tuple(_notices(answers, answered_by)),
    )


def _reasons(coordinate: Coordinate, answers: Sequence[Answer]) -> Mapping[str, str]:
    found = {answer.source: answer.unanswered[coordinate] for answer in answers if coordinate in answer.unanswered}
    return found or {NOBODY: f"none of the configured sources answers for {coordinate.ecosystem}"}


def join(parts: Sequence[Consulted]) -> Consulted:
    """Answers about different ecosystems side by side."""
    if len(parts) == 1:
        return parts[0]
    return Consulted(
        candidates={c: found for part in parts for c, found in part.candidates.items()},
        answered_by={c: names for part in parts for c, names in part.answered_by.items()},
        failures={c: reasons for part in parts for c, reasons in part.failures.items()},
        dates={name: date for part in parts for name, date in part.dates.items()},
        notices=tuple(dict.fromkeys(notice for part in parts for notice in part.notices)),
    )


def _ask(source: Source, coordinates: Sequence[Coordinate]) -> Answer:
    """One source's answer about the ecosystems it knows; here its unit of work ends, a failure becomes the reason of every coordinate."""
    wanted = [coordinate for coordinate in coordinates if coordinate.ecosystem in source.ecosystems]
    if not wanted:
        return Answer(source=source.name, advisories={}, unanswered={})
    try:
        answer = source.query(wanted)
    except SourceError as error:
        return Answer(source=source.name, advisories={}, unanswered=dict.fromkeys(wanted, str(error)))
    silent = {c: "left out of the answer" for c in wanted if c not in answer.advisories and c not in answer.unanswered}
    return replace(answer, unanswered={**answer.unanswered, **silent}) if silent else answer


def _notices(answers: Iterable[Answer], answered_by: Mapping[Coordinate, tuple[str, ...]]) -> Iterable[Notice]:
    for answer in answers:
        yield from (Notice(subject=answer.source, reason=reason) for reason in answer.notices)
        saved: dict[str, int] = {}
        for coordinate, reason in answer.unanswered.items():
            if coordinate in answered_by:
                saved[reason] = saved.get(reason, 0) + 1
        for reason, count in saved.items():
            yield Notice(subject=answer.source, reason=f"{reason}; {_packages(count)} checked with another source instead")
        if answer.retries:
            more = f" and {len(answer.retries) - 1} more" if len(answer.retries) > 1 else ""
            yield Notice(subject=answer.source, reason=f"retried: {answer.retries[0]}{more}")


def _packages(count: int) -> str:
    return f"{count} package{'' if count == 1 else 's'}"
