"""A candidate in, what is found out: the rule's own conditions first, the judge after them; a rejection is told where asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.secrets import judge
from scanner.secrets.found import Found
from scanner.secrets.sight import conditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.secrets.candidate import Candidate
    from scanner.secrets.sight import Sight
    from scanner.secrets.tally import Tally


def judged(sight: Sight, candidate: Candidate, span: tuple[int, int], detector: str, tally: Tally) -> Iterator[Found]:
    """The candidate as a finding of ``detector`` over the bytes of ``span``, or nothing."""
    rule = candidate.rule
    reason = conditions(rule, candidate.value)
    verdict = judge.judge(candidate) if reason is None else judge.Judgement(secret=False, reason=reason)
    if verdict.secret:
        yield Found(rule=rule, severity=verdict.severity, start=span[0], end=span[1], value=candidate.value, detector=detector)
    else:
        tally.reject(sight.path, rule.id, verdict.reason)
