"""What can be said of a candidate assignment, as named features: Candidate in, feature names out. The model weighs them."""

from __future__ import annotations

import re
from bisect import bisect_right
from math import log2
from typing import TYPE_CHECKING

from scanner.secrets.judge import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.secrets.candidate import Candidate


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
_ENTROPIES = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)
_LOOKED_UP = re.compile(
    r"(?i)\b(?:get\w*|env\w*|find\w*|by_\w+|querySelector|translate|t|_|i18n|label|input|assert\w*|describe|it|test|context|print\w*|echo|log\w*"
    r"|raise\w*|error)\s*\(\s*[\"'`]?[^\"'`()]*$"
)
_SETS_KEY = re.compile(r"(?i)(?:define|set\w*|put\w*|append\w*|add\w*)\s*\(\s*[\"'][\w.$-]*$")
_SETS = re.compile(r"(?:^|[._])(?:set|with|add|put)[A-Z_]")
_BUILT = re.compile(r"[\"'`]\s*(?:\+|\.format|%|\.\s|\|\|)")
_COMPARED = re.compile(r"[\"'`]?\s*[)\]]?\s*(?:=>|:|===?|!==?|\?)")
_NAME = re.compile(r"[A-Za-z0-9_.$-]*$")


def features(candidate: Candidate) -> frozenset[str]:
    """All that is true of the candidate, by name."""
    value, name, how = candidate.value, key_name(candidate), quoting(candidate)
    kind, operator, measures = family(candidate.path), _operator(candidate, name), _measures(value)
    return frozenset(
        (
            f"rule {candidate.rule.id}", how, f"file {kind}", f"operator {operator}",
            *(f"{measure} {result}" for measure, result in measures.items()),
            *_of_value(value), *_of_key(name, value), *_of_place(candidate, how),
            *_pairs(measures, candidate.rule.id, how, kind, operator),
        )
    )


def key_name(candidate: Candidate) -> str:
    """The whole name that the value is assigned to, also where the regex begins in the middle of it."""
    if not candidate.key:
        return ""
    head = _NAME.search(candidate.text[max(0, candidate.start - 60) : candidate.start])
    return (head.group() if head else "") + candidate.key


def quoting(candidate: Candidate) -> str:
    """``quoted`` or ``bare``."""
    before = candidate.text[candidate.value_start - 1 : candidate.value_start] if candidate.value_start else ""
    return "quoted" if before and before in "\"'`" else "bare"


def in_string(candidate: Candidate) -> bool:
    """Whether an unquoted value stands inside a longer string: an odd number of quotes before it on its line."""
    before = candidate.before
    return any((before.count(quote) - before.count("\\" + quote)) % 2 for quote in "\"'`")


def entropy(value: str) -> float:
    """Shannon entropy in bits per character; 0 for an empty value."""
    size = len(value)
    return -sum(n / size * log2(n / size) for n in (value.count(char) for char in set(value))) if size else 0.0


def extension(path: str) -> str:
    """The file's kind: what follows its last dot, or its name, in lower case."""
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[-1].lower()


def family(path: str) -> str:
    """``code``, ``config``, ``shell``, ``prose`` or ``other``."""
    kind = extension(path)
    for name in ("code", "config", "shell", "prose"):
        if kind in words.vocabulary(name):
            return name
    return "other"


def _measures(value: str) -> dict[str, str]:
    """Length, entropy and wordiness by interval; the first shape that fits, if any."""
    found = {
        "length": _bin(len(value), _LENGTHS),
        "entropy": _bin(entropy(value), _ENTROPIES),
        "surprise": _bin(words.surprise(value), _SURPRISES),
        "words": _bin(words.cover(value), _COVERS),
    }
    shape = next((name for name, regex in _SHAPES if regex.match(value)), "")
    return {**found, "shape": shape} if shape else found


def _of_value(value: str) -> Iterator[str]:
    if not value.isascii():
        yield "not ASCII"
    for char in "$%{}[]()<>:;=@!?#&*.,/\\+|~^":
        if char in value:
            yield f"has {char}"
    if value[:1] in "$%@:.#-/&*!?~+=":
        yield f"begins {value[:1]}"
    yield f"blanks {min(value.count(' '), 3)}"


def _of_key(name: str, value: str) -> Iterator[str]:
    parts = words.split(name)
    yield from (f"key {word}" for word in set(parts) if word in words.vocabulary("key words"))
    if parts:
        yield f"key ends {parts[-1]}" if parts[-1] in words.vocabulary("key words") else "key ends otherwise"
        yield f"key words {min(len(parts), 4)}"
    if parts and any(word in value.lower() for word in parts if len(word) > 2):
        yield "value holds the key"
    if name.isupper():
        yield "key in capitals"
    if "." in name:
        yield "key dotted"


def _of_place(candidate: Candidate, how: str) -> Iterator[str]:
    before, after = candidate.before, candidate.after
    kind = extension(candidate.path)
    if kind in {"json", "yml", "md", "log", "har", "properties", "example", "env", "html", "rst", "sh"}:
        yield f"file .{kind}"
    if how == "bare" and in_string(candidate):
        yield "inside a string"
    if before.lstrip().startswith(("#", "//", "*", "--", "/*", "<!--", ";", "rem ")):
        yield "comment"
    if after[:1] and after[0] in "([.+":
        yield "goes on"
    if _BUILT.match(after):
        yield "is built"
    if _COMPARED.match(after):
        yield "is a key or is compared"
    if _looked_up(before):
        yield "argument of a call"
    if len(before) + len(after) > 400:
        yield "long line"


def _looked_up(before: str) -> bool:
    """Whether the value is an argument of such a call; what its regex asks stands close to the last parenthesis."""
    opened = before.rfind("(")
    return opened > before.rfind(")") and _LOOKED_UP.search(before, max(0, opened - 200)) is not None


def _operator(candidate: Candidate, name: str) -> str:
    """What assigns; ``define("KEY", "value")`` and ``setPassword("value")`` are assignments too."""
    operator = candidate.groups.get("op") or candidate.groups.get("op2") or "none"
    before = candidate.text[max(0, candidate.start - 80) : candidate.start]
    if (operator == "," and _SETS_KEY.search(before)) or (operator == "(" and _SETS.search(name)):
        return "="
    return operator


def _pairs(value: dict[str, str], rule: str, how: str, kind: str, operator: str) -> Iterator[str]:
    """Combinations that mean more than their parts."""
    for measure in ("surprise", "shape", "words"):
        if measure in value:
            name = f"{measure} {value[measure]}"
            yield f"rule {rule}, {name}"
            yield f"{how}, file {kind}, {name}"
    if "shape" in value:
        yield f"shape {value['shape']}, surprise {value['surprise']}"
        yield f"shape {value['shape']}, length {value['length']}"
    yield f"{how}, file {kind}, operator {operator}"


def _bin(value: float, edges: tuple[float, ...]) -> str:
    """The half-open interval of ``edges`` a number falls in, by its lower edge."""
    below = bisect_right(edges, value)
    return f">={edges[below - 1]:g}" if below else f"<{edges[0]:g}"
