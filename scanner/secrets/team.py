"""The team's own patterns: an entry of ``secrets.patterns`` -> a proven Rule; rules and bytes -> what they match, in linear time."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ConfigError
from scanner.secrets import Rule, leftmost, matcher, rules
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
    """Each ``match`` example must be found and no ``ignore`` example may be; else ConfigError names the example by its place. It is one
    for a regex, too, of whose matches the engine cannot say where they begin."""
    if reason := leftmost.refusal(made.regex):
        raise rules.refused(made, reason, subject, line)
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
        self._matcher = _together(own)

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
        for number, ends in groupby(sorted(self._matcher.ends(data)), key=itemgetter(0)):
            rule = self._rules[number]
            for start, end in leftmost.spans(rule.regex, data, map(itemgetter(1), ends)):
                yield rule, start, end


def _together(own: tuple[Rule, ...]) -> matcher.Matcher:
    """One matcher of all regexes. Raises ConfigError where the engine runs each of them, but not all at once."""
    try:
        return matcher.build([rule.regex.encode() for rule in own])
    except matcher.Refused as error:
        hint = "shorten repetitions such as {1,1000}, or have fewer patterns"
        reason = f"the {len(own)} patterns cannot be run together: {str(error).rstrip('.')}"
        raise ConfigError(reason, subject="secrets.patterns", hint=hint) from None
