"""Two versions of a file in, out which bytes of the second one a secret must touch to be new in it; mostly there can be none at all."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from scanner.secrets import inline, judge, measures, reading, sight, spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scanner.secrets import Rule
    from scanner.secrets.compile import Compiled, Part
    from scanner.secrets.found import Found
    from scanner.secrets.team import Team

    Hits = list[tuple[int, int]]

EVERYTHING = (0, sys.maxsize)


class Change(NamedTuple):
    """A version of a file, the one before it, and the whole lines of the first between which both are the same."""

    path: str
    data: bytes
    before: bytes
    low: int
    high: int

    @property
    def gone(self) -> bytes:
        """What stood in the version before in the place of these lines."""
        return self.before[self.low : len(self.before) - (len(self.data) - self.high)]


class News:
    """Asks the rules in force, ``parts`` and the team's ``own``; ``placed`` gives the parts for files of a path."""

    def __init__(self, parts: Compiled, team: Team | None, own: tuple[Rule, ...], placed: Callable[[str], Iterable[Part]]) -> None:
        self._parts = parts
        self._team = team
        self._foreign = frozenset(rule.regex for rule in own)
        self._words = tuple(rule.keywords for rule in own if rule.keywords)
        self._placed = placed

    def span(self, change: Change) -> tuple[int, int] | None:
        """The bytes, of which a new finding's match holds some; None where there is no new one."""
        if change.low == change.high:
            return None
        if change.data[:2] in reading.UTF16 or reading.binary(change.before):
            return EVERYTHING  # places of findings are those of the text, or none of it was looked at before
        if any(word in change.gone for word in inline.WORDS):
            return EVERYTHING  # a comment on the line before may be what accepted a secret
        asked = self._asked(change)
        if (asked or self._words) and _wakes(self._keywords(asked), change):
            return EVERYTHING
        if not self._known(change) and not any(self._reaches(part, hits, change) for part, hits in asked):
            return None
        return (change.low - reading.MARK, change.high) if len(change.data) < reading.WINDOW else EVERYTHING

    def touches(self, item: Found, span: tuple[int, int]) -> bool:
        """Whether the match that found it may hold some of these bytes. How far one of the team's goes Python cannot tell."""
        around = measures.LONGEST
        if item.rule.regex not in self._foreign:
            shape = spans.shape(item.rule.regex)
            around = shape.width if shape.crosses else 0
        return item.start - around < span[1] and item.end + around > span[0]

    def _asked(self, change: Change) -> list[tuple[Part, Hits]]:
        """The parts that match anywhere in the file, and where."""
        hot = self._parts.hot
        hits = hot.matcher.ends(change.data)
        first = len(hot.numbers) + len(self._parts.wrapped)
        called = {one for number, _ in hits if number >= first for one in self._parts.words[number - first]} if hits else ()
        others = (*(self._parts.weak[one] for one in sorted(called)), *self._placed(change.path))
        asked = [(hot, hits), *((part, part.matcher.ends(change.data)) for part in others)] if others else [(hot, hits)]
        return [one for one in asked if one[1]]

    def _keywords(self, asked: list[tuple[Part, Hits]]) -> Iterator[tuple[str, ...]]:
        """Of each rule that matches somewhere, or may: one of these words must stand in the file."""
        yield from self._words
        for part, hits in asked:
            for number in {number for number, _ in hits if number < len(part.numbers)}:
                yield self._parts.rules[part.numbers[number]].keywords

    def _known(self, change: Change) -> bool:
        """Whether the team's rules match near the lines, or a random-looking string stands on them."""
        if self._team and self._team.knows(change.data[max(0, change.low - measures.LONGEST) : change.high + measures.LONGEST]):
            return True
        strings = self._parts.strings
        return bool(strings and strings.matcher.ends(change.data[change.low : change.high]) and not judge.elsewhere(change.path))

    def _reaches(self, part: Part, hits: Hits, change: Change) -> bool:
        """Whether one of these matches of a part can overlap the lines."""
        return any(change.low < end and end - self._width(part, number) < change.high for number, end in hits)

    def _width(self, part: Part, number: int) -> int:
        """How many bytes before its end a match of this id can reach into other lines; 0 for keywords, which are no matches."""
        if number < len(part.numbers):
            shape = spans.shape(self._parts.rules[part.numbers[number]].regex)
            return shape.width if shape.crosses else 1
        return measures.LONGEST if number < len(part.numbers) + len(self._parts.wrapped) else 0


def _wakes(keywords: Iterable[tuple[str, ...]], change: Change) -> bool:
    """Whether of some rule a keyword stands on the lines and none stood in the version before: its matches count from now on."""
    lines = change.data[change.low : change.high].lower()
    new = [words for words in map(sight.folded, keywords) if any(word in lines for word in words)]
    if not new:
        return False
    before = change.before.lower()
    return not all(any(word in before for word in words) for words in new)
