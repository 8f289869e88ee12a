"""Two sources as one: what the first leaves unanswered, the second is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.advisories import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scanner.advisories import Coordinate, Source
    from scanner.models import Advisory


class Fallback:
    """``first``, and ``second`` for what ``first`` did not answer."""

    def __init__(self, first: Source, second: Source) -> None:
        self.name = first.name
        self.ecosystems = first.ecosystems
        self._first = first
        self._second = second

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        """Both answers as one; the failure of the first is a notice where the second made it good."""
        answer = self._first.query(coordinates)
        missing = sorted(at for at in set(coordinates) if at not in answer.advisories)
        if not missing:
            return answer
        other = self._second.query(missing)
        failed = {at: _both(at, answer, other) for at in missing if at not in other.advisories}
        helped = bool(other.advisories) or bool(other.partial)
        return Answer(
            source=_names(answer, other) if helped else answer.source,
            advisories={**answer.advisories, **other.advisories},
            unanswered=failed,
            partial={at: _united(at, answer.partial, other.partial) for at in failed if at in answer.partial or at in other.partial},
            date=min(filter(None, (answer.date if answer.advisories else "", other.date)), default="") if helped else answer.date,
            retries=answer.retries,
            notices=(*answer.notices, *other.notices, *_made_good(answer, other)),
        )


def _names(answer: Answer, other: Answer) -> str:
    return f"{answer.source}, {other.source}" if answer.advisories else other.source


def _both(at: Coordinate, answer: Answer, other: Answer) -> str:
    reasons = (one.unanswered.get(at, "") for one in (answer, other))
    return "; ".join(reason for reason in reasons if reason) or f"{answer.source}: left out of the answer"


def _united(at: Coordinate, *parts: Mapping[Coordinate, tuple[Advisory, ...]]) -> tuple[Advisory, ...]:
    return tuple(dict.fromkeys(one for part in parts for one in part.get(at, ())))


def _made_good(answer: Answer, other: Answer) -> list[str]:
    """One line for each failure of the first that the second made good."""
    saved: dict[str, int] = {}
    for at in other.advisories:
        reason = answer.unanswered.get(at, f"{answer.source}: left out of the answer")
        saved[reason] = saved.get(reason, 0) + 1
    count = {reason: f"{number} package{'s' if number > 1 else ''}" for reason, number in saved.items()}
    return [f"{reason}; {count[reason]} looked up in the {other.source} of {other.date[:10]} instead" for reason in saved]
