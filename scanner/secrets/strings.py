"""The random-looking strings in quotes that nothing names: what detect-secrets' entropy detectors and our judge both take for secrets.

There may be very many, nearly all of them nothing: the cheapest question comes first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.secrets import detect_secrets, judge, proposals
from scanner.secrets.judged import judged
from scanner.secrets.sight import entropy
from scanner.secrets.tally import MOST_PER_RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.secrets import Rule
    from scanner.secrets.compile import Part
    from scanner.secrets.found import Found
    from scanner.secrets.sight import Sight
    from scanner.secrets.tally import Tally


class Strings:
    """What ``part`` proposes, judged; ``disabled`` are ids of rules that are not asked."""

    def __init__(self, part: Part, disabled: frozenset[str]) -> None:
        self._ends = part.matcher.ends
        self._plugins = tuple(_plugin(number) for number in part.numbers)
        self._disabled = disabled

    def find(self, sight: Sight, tally: Tally) -> Iterator[Found]:
        """Every string that is taken for a secret; no more of a rule than it takes to say that the text is full of them."""
        data, ends = sight.data, self._ends(sight.data)
        if not ends or judge.elsewhere(sight.path):
            return
        left = MOST_PER_RULE
        for number, end in ends:
            plugin, rule = self._plugins[number]
            start = data.rfind(data[end - 1 : end], 0, end - 1) + 1
            if reason := judge.string(rule, data[start : end - 1]):
                if tally.explain:
                    tally.reject(sight.path, rule.id, reason)
            elif rule.id not in self._disabled:
                found = list(_detected(sight, plugin, rule, (start, end - 1), tally))
                yield from found
                left -= len(found)
                if left < 0:
                    return tally.full(sight.path, rule)


def _plugin(number: int) -> tuple[str, Rule]:
    """The detector of detect-secrets on whose behalf a proposal is made, and the rule that stands for it."""
    plugin = proposals.ALL[number][0]
    return plugin, detect_secrets.rule(proposals.DEFAULT[plugin])


def _detected(sight: Sight, plugin: str, rule: Rule, span: tuple[int, int], tally: Tally) -> Iterator[Found]:
    """The judge first, who is cheaper than the detector."""
    kind, value = proposals.DEFAULT[plugin], sight.data[span[0] : span[1]].decode("utf-8", "replace")
    if reason := _dull(plugin, value):
        return tally.reject(sight.path, rule.id, reason)
    for item in judged(sight, sight.around(rule, span, span, {}), span, kind, tally):
        if kind in detect_secrets.kinds(sight.path, *sight.line(span[0], span[1] + 1), plugin, value):
            yield item


@lru_cache(maxsize=32_768)
def _dull(plugin: str, value: str) -> str | None:
    """Why a string alone says that it is no secret. The same strings come again and again: what was said of them is kept."""
    return judge.plain(value) if entropy(value) >= proposals.LEAST_ENTROPY[plugin] else "not random enough"
