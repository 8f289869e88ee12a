"""The team's own patterns: an entry of ``secrets.patterns`` -> a proven Rule; rules and bytes -> what they match, in linear time."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ConfigError
from scanner.secrets import Rule, matcher, measures, rules
from scanner.secrets.found import Found
from scanner.secrets.sight import Sight, conditions
from scanner.secrets.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

NEAR = 512


def rule(pattern: msgspec.Struct | dict[str, object], subject: str, line: int = 0) -> Rule:
    """The rule that an entry means, its regex runnable and its examples proven. Raises ConfigError that says what would be right."""
    entry = pattern if isinstance(pattern, dict) else msgspec.to_builtins(pattern)
    made = rules.check(rules.parse(entry, subject=subject, line=line), subject=subject, line=line)
    prove(made, subject, line)
    return made


def prove(made: Rule, subject: str, line: int = 0) -> None:
    """Each ``match`` example must be found and no ``ignore`` example may be; else ConfigError names the example by its place."""
    team = Team((msgspec.structs.replace(made, paths=(), exclude=()),))
    for wanted, examples in ((True, made.examples.match), (False, made.examples.ignore)):
        for place, text in enumerate(examples, 1):
            if any(team.find(Sight("example", text.encode()), Tally())) is not wanted:
                kind, fault = ("match", "is not found") if wanted else ("ignore", "is found")
                hint = "change the example, the regex, the entropy or the allow list"
                raise ConfigError(f"rule {made.id}: example {kind} {place} {fault}", subject=subject, line=line, hint=hint)


class Team:
    """Rules of a team, compiled together. What they match is the secret: no judgement beyond what the rule itself says."""

    def __init__(self, own: tuple[Rule, ...]) -> None:
        self._rules = own
        self._matcher = matcher.build([rule.regex.encode() for rule in own])

    def find(self, sight: Sight, tally: Tally) -> Iterator[Found]:
        """Every match whose path, keywords, entropy and allow list agree."""
        for item, start, end in self._places(sight.data):
            value = sight.data[start:end].decode("utf-8", "replace")
            reason = conditions(item, value) if sight.applies(item) else "not in the rule's paths, or none of its keywords in the file"
            if reason is None:
                yield Found(rule=item, severity=item.severity, start=start, end=end, value=value, detector=item.id)
            else:
                tally.reject(sight.path, item.id, reason)

    def knows(self, data: bytes) -> bool:
        """Whether any of the regexes matches at all."""
        return bool(self._matcher.ends(data))

    def _places(self, data: bytes) -> Iterator[tuple[Rule, int, int]]:
        last = (-1, 0)
        for number, end in _last_ends(self._matcher.ends(data)):
            rule = self._rules[number]
            yield rule, _start(rule.regex, data, last[1] if last[0] == number else 0, end), end
            last = (number, end)


def _last_ends(ends: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """``(id, end)`` without the ends that are one byte before another end of the same id: where the longest match ends."""
    known = set(ends)
    return (hit for hit in sorted(known) if (hit[0], hit[1] + 1) not in known)


def _start(regex: str, data: bytes, low: int, end: int) -> int:
    """Where the match that ends at ``end`` begins: at the first possible byte of its line, else, over several lines, at the last one.

    hyperscan can report starts, but that part of it is known to crash; so it is asked again, about a few bytes, a bounded number of times.
    """
    first = max(low, data.rfind(b"\n", max(0, end - 1 - NEAR), end - 1) + 1, end - NEAR)
    here = _anchored(regex)
    for start in range(first, end):
        if _ends_at(here, (data[start - 1 : start] or b"\n") + data[start : end + 1], end - start + 1):
            return start
    return _last_start(_alone(regex), data, max(low, end - measures.LONGEST), end)


def _last_start(alone: matcher.Matcher, data: bytes, low: int, end: int) -> int:
    high = end
    while high - low > 1:
        middle = (low + high) // 2
        if _ends_at(alone, data[middle : end + 1], end - middle):
            low = middle
        else:
            high = middle
    return low


def _ends_at(one: matcher.Matcher, data: bytes, end: int) -> bool:
    return any(found == end for _, found in one.ends(data))


@cache
def _alone(regex: str) -> matcher.Matcher:
    return matcher.build([regex.encode()])


@cache
def _anchored(regex: str) -> matcher.Matcher:
    """Matches only from the second byte of a text on; the first one is there for ``\\b`` and ``^``."""
    return matcher.build([b"\\A(?s:.)(?:" + regex.encode() + b")"])
