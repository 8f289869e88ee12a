"""The random-looking strings in quotes that nothing names: what detect-secrets' entropy detectors and our judge both take for secrets.

There may be very many, nearly all of them nothing: the cheapest question comes first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.secrets import detect_secrets, judge, proposals
from scanner.secrets.judge.words import entropy
from scanner.secrets.judged import judged
from scanner.secrets.tally import MOST_PER_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scanner.secrets.compile import Part
    from scanner.secrets.found import Found
    from scanner.secrets.sight import Sight
    from scanner.secrets.tally import Tally

LONG = 16 * 1024
"""In bytes: it takes less time to look at the path than to look for strings in so long a text."""

_KEPT = 256
_ONE = {
    "Base64HighEntropyString": re.compile(rb"[A-Za-z0-9+/\\\-_=]+").fullmatch,
    "HexHighEntropyString": re.compile(rb"[0-9A-Fa-f]+").fullmatch,
}


class Strings:
    """What ``part`` proposes, judged; ``disabled`` are ids of rules that are not asked."""

    def __init__(self, part: Part, disabled: frozenset[str]) -> None:
        self._ends = part.matcher.ends
        self._asked = tuple(_Asked(proposals.STRINGS[number][0]) for number in part.numbers)
        self._disabled = disabled

    def find(self, sight: Sight, tally: Tally) -> Iterable[Found]:
        """Every string that is taken for a secret; no more of a rule than it takes to say that the text is full of them."""
        if len(sight.data) > LONG and judge.elsewhere(sight.path):
            return ()
        ends = self._ends(sight.data)
        return self._judged(sight, ends, tally) if ends and not judge.elsewhere(sight.path) else ()

    def _judged(self, sight: Sight, ends: list[tuple[int, int]], tally: Tally) -> Iterator[Found]:
        data, left = sight.data, MOST_PER_RULE
        for number, end in ends:
            asked = self._asked[number]
            start = data.rfind(data[end - 1 : end], 0, end - 1) + 1
            if reason := asked.reason(data[start : end - 1]) if end - start <= _KEPT else asked.judged_anew(data[start : end - 1]):
                if tally.explain:
                    tally.reject(sight.path, asked.rule.id, reason)
            elif asked.rule.id not in self._disabled:
                found = list(_detected(sight, asked, (start, end - 1), tally))
                yield from found
                left -= len(found)
                if left < 0:
                    return tally.full(sight.path, asked.rule)


class _Asked:
    """The detector of detect-secrets on whose behalf a proposal is made, and the rule that stands for it."""

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self.rule = detect_secrets.rule(proposals.DEFAULT[plugin])
        self.reason = lru_cache(maxsize=8_192)(self.judged_anew)

    def judged_anew(self, value: bytes) -> str | None:
        """Why a string alone says that it is no secret. The same strings come again and again: ``reason`` keeps what was said of them."""
        if not _ONE[self.plugin](value):
            return "between two different quotes"
        if reason := judge.string(self.rule, value):
            return reason
        text = value.decode("utf-8", "replace")
        return judge.plain(text) if entropy(text) >= proposals.LEAST_ENTROPY[self.plugin] else "not random enough"


def _detected(sight: Sight, asked: _Asked, span: tuple[int, int], tally: Tally) -> Iterator[Found]:
    """The judge first, who is cheaper than the detector."""
    kind, value = proposals.DEFAULT[asked.plugin], sight.data[span[0] : span[1]].decode("utf-8", "replace")
    for item in judged(sight, sight.around(asked.rule, span, span, {}), span, kind, tally):
        if kind in detect_secrets.kinds(sight.path, *sight.line(span[0], span[1] + 1), asked.plugin, value):
            yield item
