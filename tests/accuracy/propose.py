"""Every candidate of a tree with its line, before the judge has spoken: what training and the comparison of judges need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.secrets import matcher, rules, spans
from scanner.secrets.sight import Sight, conditions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scanner.secrets import Rule
    from scanner.secrets.candidate import Candidate


def candidates(root: Path, paths: Iterable[str]) -> Iterator[tuple[int, Candidate]]:
    """``(line, candidate)`` of every match that meets its rule's conditions."""
    known = rules.builtin()
    engine = matcher.build([rule.regex.encode() for rule in known])
    for path in paths:
        data = (root / path).read_bytes()
        ends: dict[int, list[int]] = {}
        for number, end in engine.ends(data):
            ends.setdefault(number, []).append(end)
        sight = Sight(path, data)
        for number, places in ends.items():
            yield from _of_rule(known[number], sight, places)


def _of_rule(rule: Rule, sight: Sight, ends: list[int]) -> Iterator[tuple[int, Candidate]]:
    if not sight.applies(rule):
        return
    for match in spans.matches(spans.shape(rule.regex), sight.data, ends):
        candidate = sight.candidate(rule, match)
        if conditions(rule, candidate.value) is None:
            yield sight.data.count(b"\n", 0, spans.shape(rule.regex).value(match)[0]) + 1, candidate
