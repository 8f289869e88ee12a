"""Tokens of every built-in rule, as many as wanted: each with its text and the characters that were drawn for it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from scanner.secrets import examples, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 6
"""A run of this many characters of a value is a leak."""


class Planted(NamedTuple):
    """One example of a rule: ``text`` as it would stand in a file, ``drawn`` the random parts of its value."""

    rule: str
    text: str
    drawn: tuple[str, ...]


def planted(wanted: int) -> Iterator[Planted]:
    """``wanted`` of them, each rule in turn, each example drawn anew every time."""
    templates = [(rule.id, template) for rule in rules.builtin() for template in rule.examples.match if drawn(template, 0).drawn]
    for number in count():
        for name, template in templates:
            if wanted <= 0:
                return
            wanted -= 1
            made = drawn(template, number)
            yield Planted(name, made.text, made.drawn)


def drawn(template: str, number: int) -> Planted:
    """The template's text with the random parts written down; ``number`` varies them."""
    stream = examples._characters(f"{template}\0{number}")
    parts: list[str] = []

    def fill(place: examples.re.Match[str]) -> str:
        text = examples._fill(place, stream)
        if place[1] or place[3] or place[4]:
            parts.append(text)
        return text

    return Planted("", examples._PLACE.sub(fill, template), tuple(part for part in parts if len(part) >= SHOWN))


def grams(parts: tuple[str, ...]) -> set[str]:
    """Every run of ``SHOWN`` characters."""
    return {part[at : at + SHOWN] for part in parts for at in range(len(part) - SHOWN + 1)}


def leaked(output: str, secret: set[str]) -> set[str]:
    """Which of the runs stand in the output."""
    return {output[at : at + SHOWN] for at in range(len(output) - SHOWN + 1)} & secret
