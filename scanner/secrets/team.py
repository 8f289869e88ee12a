"""The team's own patterns: an entry of ``secrets.patterns`` -> a proven Rule; rules and bytes -> what they match, in linear time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ConfigError
from scanner.secrets import Rule, matcher, rules
from scanner.secrets.found import Found
from scanner.secrets.sight import Sight, conditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.secrets.tally import Tally


def rule(pattern: msgspec.Struct | dict[str, object], subject: str, line: int = 0) -> Rule:
    """The rule that an entry means, its regex runnable and its examples proven. Raises ConfigError that says what would be right."""
    entry = pattern if isinstance(pattern, dict) else msgspec.to_builtins(pattern)
    made = rules.check(rules.parse(entry, subject=subject, line=line), subject=subject, line=line)
    prove(made, subject, line)
    return made


def prove(made: Rule, subject: str, line: int = 0) -> None:
    """Each ``match`` example must be found and no ``ignore`` example may be; else ConfigError names the example by its place."""
    team = Team((made,))
    for wanted, examples in ((True, made.examples.match), (False, made.examples.ignore)):
        for place, text in enumerate(examples, 1):
            if bool(team.values(text.encode())) is not wanted:
                kind, fault = ("match", "is not found") if wanted else ("ignore", "is found")
                hint = "change the example, the regex, the entropy or the allow list"
                raise ConfigError(f"rule {made.id}: example {kind} {place} {fault}", subject=subject, line=line, hint=hint)


class Team:
    """Rules of a team, compiled together. What they match is the secret: no judgement beyond what the rule itself says."""

    def __init__(self, own: tuple[Rule, ...]) -> None:
        self._rules = own
        self._matcher = matcher.build([rule.regex.encode() for rule in own], spans=True)

    def find(self, sight: Sight, tally: Tally) -> Iterator[Found]:
        """Every match whose path, keywords, entropy and allow list agree."""
        for number, start, end in self._matcher.spans(sight.data):
            item = self._rules[number]
            value = sight.data[start:end].decode("utf-8", "replace")
            reason = conditions(item, value) if sight.applies(item) else "not in the rule's paths, or none of its keywords in the file"
            if reason is None:
                yield Found(rule=item, severity=item.severity, start=start, end=end, value=value, detector=item.id)
            else:
                tally.reject(sight.path, item.id, reason)

    def values(self, data: bytes) -> list[str]:
        """The values in a text, whatever its path."""
        found = []
        for number, start, end in self._matcher.spans(data):
            value = data[start:end].decode("utf-8", "replace")
            words = self._rules[number].keywords
            if conditions(self._rules[number], value) is None and (not words or any(w.lower().encode() in data.lower() for w in words)):
                found.append(value)
        return found
