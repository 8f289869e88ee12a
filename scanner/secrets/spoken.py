"""The keywords of rules that stand in a text of several windows, in whichever of them: a rule asks for them in the file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scanner.secrets import matcher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.secrets import Rule
    from scanner.secrets.reading import Window


class Keywords:
    """All keywords of some rules. They are compiled when the first text is asked about."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._words = tuple(sorted({word for rule in rules for word in folded(rule)}))

    def said(self, windows: Iterable[Window]) -> tuple[frozenset[bytes], int]:
        """Those that stand in any of the windows, in lower case, and how many windows there were."""
        found: set[int] = set()
        count = 0
        for window in windows:
            found.update(number for number, _ in self._matcher.ends(window.data))
            count += 1
        return frozenset(self._words[number] for number in found), count

    @cached_property
    def _matcher(self) -> matcher.Matcher:
        return matcher.build([], once=[matcher.literal(word) for word in self._words])


def folded(rule: Rule) -> tuple[bytes, ...]:
    """A rule's keywords, in lower case."""
    return tuple(matcher.folded(word).encode() for word in rule.keywords)
