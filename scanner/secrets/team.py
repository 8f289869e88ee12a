"""The team's own patterns: an entry of ``secrets.patterns`` -> a proven Rule; rules and bytes -> what they match, in linear time."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ConfigError
from scanner.secrets import Rule, matcher, rules, spans
from scanner.secrets.found import Found
from scanner.secrets.sight import Sight, conditions
from scanner.secrets.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        self._exact = tuple(rule for rule in own if not matcher.refusal(rule.regex, spans=True))
        self._wide = tuple(rule for rule in own if rule not in self._exact)
        self._spans = _compiled(self._exact, starts=True)
        self._ends = _compiled(self._wide, starts=False)

    def find(self, sight: Sight, tally: Tally) -> Iterator[Found]:
        """Every match whose path, keywords, entropy and allow list agree."""
        for item, start, end in self._places(sight.data):
            value = sight.data[start:end].decode("utf-8", "replace")
            reason = conditions(item, value) if sight.applies(item) else "not in the rule's paths, or none of its keywords in the file"
            if reason is None:
                yield Found(rule=item, severity=item.severity, start=start, end=end, value=value, detector=item.id)
            else:
                tally.reject(sight.path, item.id, reason)

    def _places(self, data: bytes) -> Iterator[tuple[Rule, int, int]]:
        if self._spans:
            yield from ((self._exact[number], start, end) for number, start, end in self._spans.spans(data))
        if not self._ends:
            return
        last = (-1, 0)
        for number, end in _last_ends(self._ends.ends(data)):
            rule = self._wide[number]
            start = _start(_compiled((rule,), starts=False), data, last[1] if last[0] == number else 0, end)
            yield rule, start, end
            last = (number, end)


@cache
def _compiled(own: tuple[Rule, ...], *, starts: bool) -> matcher.Matcher | None:
    return matcher.build([rule.regex.encode() for rule in own], spans=starts) if own else None


def _last_ends(ends: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """``(id, end)`` without the ends that are one byte before another end of the same id: where the longest match ends."""
    known = set(ends)
    return (hit for hit in sorted(known) if (hit[0], hit[1] + 1) not in known)


def _start(alone: matcher.Matcher | None, data: bytes, low: int, end: int) -> int:
    """Where the last match that ends at ``end`` begins: hyperscan cannot say for very wide regexes, so it is asked again on less text."""
    low = max(low, end - spans.LONGEST)
    high = end
    while alone and high - low > 1:
        middle = (low + high) // 2
        if any(found == end - middle for _, found in alone.ends(data[middle:end])):
            low = middle
        else:
            high = middle
    return low
