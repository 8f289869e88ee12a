"""What can be said of a value whatever it is assigned to, as named features: text in; intervals, shape and characters out."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from scanner.secrets.judge import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SHAPES = tuple(
    (name, re.compile(regex))
    for name, regex in (
        ("uuid", r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"),
        ("digits", r"[0-9]+$"),
        ("number", r"-?(?:0x[0-9a-fA-F]{1,8}|[0-9]+\.[0-9.]+)[fLl]?$"),
        ("hex", r"(?:[0-9a-f]{8,}|[0-9A-F]{8,})$"),
        ("lower", r"[a-z]+$"),
        ("upper", r"[A-Z]+$"),
        ("title", r"[A-Z][a-z]+$"),
        ("letters", r"[A-Za-z]+$"),
        ("lower+digits", r"[a-z]+[0-9]+$"),
        ("base32", r"[A-Z2-7]{16,}$"),
        ("lower mixed digits", r"[a-z0-9]+$"),
        ("letters mixed digits", r"[A-Za-z0-9]+$"),
        ("snake", r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+$"),
        ("constant", r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$"),
        ("kebab", r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)+$"),
        ("dotted", r"[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$"),
        ("base64", r"[A-Za-z0-9+/_-]{12,}={0,2}$"),
        ("url", r"[a-zA-Z][a-zA-Z0-9+.-]*:?//"),
        ("path", r"[.~]{0,2}/[\w.$-]|[\w.-]+(?:/[\w.-]+)+$|[A-Za-z]:\\"),
        ("file", r"[\w./-]+\.(?:pem|key|crt|txt|json|ya?ml|js|py|ts|html?|xml|php|rb|go|java|sh|cfg|md|png|svg|css|asc|jks|p12|pub)$"),
        ("e-mail", r"[^@\s]+@[\w-]+\.[\w.-]+$"),
        ("call", r"[\w.$:>-]*\w\(.*|.*\)$"),
        ("index", r"[\w.$]+\["),
        ("markup", r".*[<>]"),
        ("sentence", r".*\S\s+\S"),
        ("graphic", r".*[^A-Za-z0-9\s]"),
    )
)
_LENGTHS = (4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 33, 40, 41, 64, 65, 100)
_SURPRISES = (3.25, 3.75, 4.25, 4.75, 5.25, 5.75, 6.25, 7.0)
_COVERS = (0.01, 0.3, 0.5, 0.7, 0.9, 1.0)
_LETTERS = re.compile(r"[a-z]+")
_VOWELS = re.compile(r"[aeiouy]+")


@lru_cache(maxsize=1024)
def measures(value: str) -> Mapping[str, str]:
    """Length and wordiness by interval; the first shape that fits, if any."""
    found = {
        "length": _bin(len(value), _LENGTHS),
        "surprise": _bin(words.surprise(value), _SURPRISES),
        "words": _bin(words.cover(value), _COVERS),
    }
    shape = next((name for name, regex in _SHAPES if regex.match(value)), "")
    return {**found, "shape": shape} if shape else found


@lru_cache(maxsize=1024)
def traits(value: str) -> tuple[str, ...]:
    """What signs it holds and begins with, and what its characters are like, whatever they spell."""
    return tuple(_traits(value))


def _traits(value: str) -> Iterator[str]:
    if not value.isascii():
        yield "not ASCII"
    for char in "$%{}[]()<>:;=@!?#&*.,/\\+|~^":
        if char in value:
            yield f"has {char}"
    if value[:1] in "$%@:.#-/&*!?~+=":
        yield f"begins {value[:1]}"
    yield f"blanks {min(value.count(' '), 3)}"
    yield from _of_characters(value)


def _of_characters(value: str) -> Iterator[str]:
    kinds = "".join(map(_kind, value))
    digits = kinds.count("d")
    yield f"kinds {''.join(sorted(set(kinds)))}"
    yield f"changes of kind {min(sum(one != other for one, other in pairwise(kinds)), 8)}"
    yield f"digits {min(digits, 6)}"
    yield f"fifths of digits {5 * digits // max(1, len(value))}"
    letters = "".join(_LETTERS.findall(value.lower()))
    if letters:
        consonants = _VOWELS.split(letters)
        yield f"sixths of vowels {6 * (len(letters) - sum(map(len, consonants))) // len(letters)}"
        yield f"consonants in a row {min(max(map(len, consonants)), 6)}"


def _kind(char: str) -> str:
    """Digit, lower or upper case, blank or sign."""
    if char.isalpha():
        return "u" if char.isupper() else "l"
    return "d" if char.isdigit() else " " if char == " " else "s"


def _bin(value: float, edges: tuple[float, ...]) -> str:
    """The half-open interval of ``edges`` a number falls in, by its lower edge."""
    below = bisect_right(edges, value)
    return f">={edges[below - 1]:g}" if below else f"<{edges[0]:g}"
