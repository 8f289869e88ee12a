"""Tokens of every built-in rule, as many as wanted: each with its text and the characters that were drawn for it."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from scanner.secrets import examples, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 6
"""A run of this many characters of a value is a leak."""


_FIXED = re.compile(r"[A-Za-z0-9+/=]{20,}")
"""The value of an example that cannot be drawn anew: a checksum holds it together."""


class Planted(NamedTuple):
    """One example of a rule: ``text`` as it would stand in a file, ``drawn`` the random parts of its value."""

    rule: str
    text: str
    drawn: tuple[str, ...]


def planted(wanted: int) -> Iterator[Planted]:
    """``wanted`` of them: each rule in turn with its first example, then the next one of each, each drawn anew every time."""
    by_rule = [(rule.id, rule.examples.match) for rule in rules.builtin()]
    most = max(len(templates) for _, templates in by_rule)
    for number in count():
        for name, templates in by_rule:
            if wanted <= 0:
                return
            if number % most < len(templates):
                wanted -= 1
                yield drawn(templates[number % most], number)._replace(rule=name)


def drawn(template: str, number: int) -> Planted:
    """The template's text with the random parts written down; ``number`` varies them."""
    stream = examples._characters(f"{template}\0{number}")
    parts: list[str] = []

    def fill(place: examples.re.Match[str]) -> str:
        text = examples._fill(place, stream)
        if place[1] or place[3] or place[4]:
            parts.append(text)
        return text

    text = examples._PLACE.sub(fill, template)
    return Planted("", text, tuple(part for part in parts or _FIXED.findall(text) if len(part) >= SHOWN))


def grams(parts: tuple[str, ...]) -> set[str]:
    """Every run of ``SHOWN`` characters."""
    return {part[at : at + SHOWN] for part in parts for at in range(len(part) - SHOWN + 1)}


def leaked(output: str, secret: set[str]) -> set[str]:
    """Which of the runs stand in the output."""
    return {output[at : at + SHOWN] for at in range(len(output) - SHOWN + 1)} & secret
