"""A candidate in, what is found out: the rule's own conditions first, the judge after them; a rejection is told where asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.secrets import judge
from scanner.secrets.found import Found
from scanner.secrets.sight import conditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.secrets.candidate import Candidate
    from scanner.secrets.sight import Sight
    from scanner.secrets.tally import Tally

BLOCKS = frozenset(("private-key-ssh2", "private-key-putty", "private-key-base64-pem"))
_REST = re.compile(r"(?s).*?(?=-{4,5} ?END|Private-MAC:|\n[ \t\r]*\n|\Z)")


def judged(sight: Sight, candidate: Candidate, span: tuple[int, int], detector: str, tally: Tally) -> Iterator[Found]:
    """The candidate as a finding of ``detector`` over the bytes of ``span``, or nothing."""
    rule = candidate.rule
    reason = conditions(rule, candidate.value)
    verdict = judge.judge(candidate) if reason is None else judge.Judgement(secret=False, reason=reason)
    if verdict.secret:
        yield Found(rule=rule, severity=verdict.severity, start=span[0], end=span[1], value=_whole(candidate), detector=detector)
    else:
        tally.reject(sight.path, rule.id, verdict.reason)


def _whole(candidate: Candidate) -> str:
    """The value, of a key in several lines with what follows it up to its end: all keys of a kind begin alike, and one that is accepted
    must not speak for another."""
    if candidate.rule.checksum != "pem" and candidate.rule.id not in BLOCKS:
        return candidate.value
    rest = _REST.match(candidate.text, candidate.value_end)
    return candidate.value + (rest[0] if rest else "")
