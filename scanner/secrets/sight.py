"""One window of a file as rules see it: may this rule look here, what stands around a match, where is the value in it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from scanner import globs
from scanner.secrets import matcher, spans
from scanner.secrets.candidate import Candidate
from scanner.secrets.judge.words import entropy

if TYPE_CHECKING:
    import re

    from scanner.secrets import Rule

LINE = 2000
AROUND = 800
NEAR = 512
CLOSE = 512


class Sight:
    """A path and bytes of its file; ``said`` are the keywords that stand in the file where these bytes are a part of it, else None."""

    __slots__ = ("_lower", "data", "path", "said")

    def __init__(self, path: str, data: bytes, said: frozenset[bytes] | None = None) -> None:
        self.path = path
        self.data = data
        self.said = said
        self._lower = b""

    def applies(self, rule: Rule, end: int = 0) -> bool:
        """Whether the rule's path globs and keywords let it look at this file; a keyword mostly stands before ``end``, a match's."""
        if rule.paths and not globs.matches(rule.paths, self.path):
            return False
        if rule.exclude and globs.matches(rule.exclude, self.path):
            return False
        words = folded(rule.keywords)
        if not words:
            return True
        near = self.data[max(0, end - NEAR) : end].lower()
        if any(word in near for word in words):
            return True
        return any(word in self._whole() for word in words) if self.said is None else not self.said.isdisjoint(words)

    def candidate(self, rule: Rule, match: re.Match[bytes]) -> Candidate:
        """A match as ``judge`` wants it."""
        groups = {name: text.decode("utf-8", "replace") for name, text in match.groupdict().items() if text is not None}
        return self.around(rule, match.span(), spans.shape(rule.regex).value(match), groups)

    def around(self, rule: Rule, match: tuple[int, int], value: tuple[int, int], groups: dict[str, str]) -> Candidate:
        """The bytes of a match and its value with the text around them, decoded."""
        low, high = self._lines(*match)
        cuts = (low, match[0], value[0], value[1], match[1], high)
        parts = [self.data[a:b].decode("utf-8", "replace") for a, b in pairwise(cuts)]
        start = len(parts[0])
        first = start + len(parts[1])
        last = first + len(parts[2])
        return Candidate(
            rule=rule, path=self.path, text="".join(parts), groups=groups,
            start=start, value_start=first, value_end=last, end=last + len(parts[3]),
        )

    def line(self, start: int, end: int) -> tuple[str, str]:
        """The line before that of a match, and its own; of long ones only the near part: what looks at them takes the square of it."""
        low = max(self.data.rfind(b"\n", max(0, start - CLOSE), start) + 1, start - CLOSE, 0)
        high = self.data.find(b"\n", end, end + CLOSE)
        above = max(self.data.rfind(b"\n", max(0, low - CLOSE), max(0, low - 1)) + 1, low - CLOSE, 0)
        own = self.data[low : high if high >= 0 else end + CLOSE]
        return self.data[above:low].decode("utf-8", "replace"), own.decode("utf-8", "replace")

    def _lines(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of the match's lines and some before and after them; less where lines are long."""
        low = max(start - LINE, 0)
        low = max(low, self.data.rfind(b"\n", low, start) + 1)
        far = max(low - AROUND, 0)
        if far and (cut := self.data.find(b"\n", far, low)) >= 0:
            far = cut + 1
        line_end = self.data.find(b"\n", end, end + LINE)
        if line_end < 0:
            return far, min(len(self.data), end + LINE)
        after = self.data.rfind(b"\n", line_end, line_end + AROUND)
        return far, len(self.data) if line_end + AROUND >= len(self.data) else after

    def _whole(self) -> bytes:
        if not self._lower:
            self._lower = self.data.lower()
        return self._lower


def conditions(rule: Rule, value: str) -> str | None:
    """Why the rule's own conditions on a value make it no secret; None when they are met."""
    if rule.entropy and entropy(value) < rule.entropy:
        return "less random than the rule asks for"
    if rule.allow and _allowed(rule.allow).ends(value.encode("utf-8", "replace")):
        return "allowed by the rule"
    return None


@cache
def folded(words: tuple[str, ...]) -> tuple[bytes, ...]:
    """Keywords as they are looked for in text in lower case."""
    return tuple(matcher.folded(word).encode() for word in words)


@cache
def _allowed(regexes: tuple[str, ...]) -> matcher.Matcher:
    return matcher.build([regex.encode() for regex in regexes])
