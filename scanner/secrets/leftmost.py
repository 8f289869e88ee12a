"""Where the matches of a team's regex are: the ends that hyperscan tells in, begins and ends out, each the longest from its place.

hyperscan can report where matches begin, but that part of it is known to crash; so it is asked again, about a few bytes before an end, a
bounded number of times.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from scanner.secrets import matcher, measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NEAR = 512
MOST_OVERLAPS = 200
_NEVER = r"[^\x00-\xff]"
_NEVER_MATCHES = "Pattern can never match"
_TOKEN = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.|\(\?#[^)]*\)|\[\^?\]?(?:\[:\^?\w+:\]|\\.|(?!\[:)[^\]\\])*\]|\^", re.DOTALL)


def spans(regex: str, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    """``(begin, end)`` of the matches that end at ``ends``, all that hyperscan tells, in that order. Of those that begin at one place the
    longest is told, and the next one begins behind it; where none does, matches overlap. That is sought for the first of them only."""
    last, overlaps = 0, 0
    for end in _last(ends):
        if end > last:
            start = _start(regex, data, last, end)
            if start < 0:
                overlaps += 1
                start = _last_start(_alone(regex), data, max(last if overlaps > MOST_OVERLAPS else 0, end - measures.LONGEST), end)
            last = max((end, *_ends_from(regex, data, start, start + measures.LONGEST)))
            yield start, last


def refusal(regex: str) -> str:
    """Why the engine cannot say where the matches of a regex begin; empty when it can."""
    reasons = (matcher.refusal(_at_line(regex)), matcher.refusal(_inside(regex)))
    return next((reason for reason in reasons if reason and not reason.startswith(_NEVER_MATCHES)), "")


def _last(ends: Iterable[int]) -> list[int]:
    """The ends that are not one byte before another: where the longest match ends."""
    known = set(ends)
    return [end for end in sorted(known) if end + 1 not in known]


def _start(regex: str, data: bytes, low: int, end: int) -> int:
    """The first byte of its line, from ``low`` on, at which the match that ends at ``end`` can begin; -1 where none is."""
    first = max(low, data.rfind(b"\n", max(0, end - 1 - NEAR), end - 1) + 1, end - NEAR)
    return next((start for start in range(first, end) if end in _ends_from(regex, data, start, end)), -1)


def _last_start(alone: matcher.Matcher, data: bytes, low: int, end: int) -> int:
    """The last byte, from ``low`` on, at which it can begin, whatever line that is in."""
    high = end
    while high - low > 1:
        middle = (low + high) // 2
        if any(found == end - middle for _, found in alone.ends(data[middle : end + 1])):
            low = middle
        else:
            high = middle
    return low


def _ends_from(regex: str, data: bytes, start: int, high: int) -> list[int]:
    """Where matches end that begin at ``start``, up to ``high``."""
    line = start == 0 or data[start - 1 : start] == b"\n"
    one = _anchored(regex, line=line)
    begin = start if line else start - 1
    return [begin + end for _, end in one.ends(data[begin : high + 1]) if begin + end <= high] if one else []


def _at_line(regex: str) -> str:
    """The regex for a text that begins where a line does."""
    return f"\\A(?:{regex})"


def _inside(regex: str) -> str:
    """The regex for a text that begins a byte before it, in a line; that byte is there for ``\\b``, and no line begins behind it."""
    return f"\\A(?s:.)(?:{_TOKEN.sub(_not_at_a_line, regex)})"


def _not_at_a_line(token: re.Match[str]) -> str:
    return _NEVER if token.group() in {"^", "\\A"} else token.group()


@cache
def _alone(regex: str) -> matcher.Matcher:
    return matcher.build([regex.encode()])


@cache
def _anchored(regex: str, *, line: bool) -> matcher.Matcher | None:
    """Ready to run; None where nothing can ever match, as no ``^`` does inside a line."""
    text = _at_line(regex) if line else _inside(regex)
    return None if matcher.refusal(text).startswith(_NEVER_MATCHES) else matcher.build([text.encode()])
