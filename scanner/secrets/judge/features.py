"""What can be said of a candidate assignment, as named features: Candidate in, feature names out. The model weighs them."""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.secrets.judge import shapes, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scanner.secrets.candidate import Candidate


_LOOKED_UP = re.compile(
    r"(?i)\b(?:get\w*|env\w*|find\w*|by_\w+|querySelector|translate|t|_|i18n|label|input|assert\w*|describe|it|test|context|print\w*|echo|log\w*"
    r"|raise\w*|error)\s*\(\s*[\"'`]?[^\"'`()]*$"
)
_SETS_KEY = re.compile(
    r"(?i)(?:define|set\w*|put\w*|append\w*|add(?:header|property|param\w*|secret)?|get|\w*env|getproperty|string(?:var)?p?|option|header|field|property|config"
    r"|override)\s*\(\s*(?:&[\w.]+,\s*)?[\"'][\w.$-]*$"
)
_SETS = re.compile(r"(?:^|[._])(?:set|with|put)[A-Z_]")
_BUILT = re.compile(r"[\"'`]\s*(?:\+|\.format|%|\.\s|\|\|)")
_COMPARED = re.compile(r"[\"'`]?\s*(?:[)\]]\s*)?(?:=>|:|===?|!==?|\?)")
_NAME = string.ascii_letters + string.digits + "_.$-"
_LISTED_BEFORE = re.compile(r"[\"'`]\s*,\s*[bu]?[\"'`][\w.$-]*$")
_LISTED_AFTER = re.compile(r"[\"'`]\s*,\s*[bu]?[\"'`]")
_EQUALS = (".equals", ".equalsIgnoreCase", ".contentEquals")
_ACCOUNT = re.compile(
    r"(?i)\b(?:user(?:_?name)?|login|host(?:name)?|server|e?mail|database|db_?name|port|client_?id|account|uid|uname)\b[\"']?\s*(?:=>|[:=(,])"
)
_PASSWORD_ABROAD = re.compile(
    r"(?i)contrase(?:ñ|n)as?|passwort|passord|mot_?de_?passe|wachtwoord|kennwort|senha|heslo|salasana|lozinka|adgangskode|kodeord|jelsz[oó]|l[öo]senord"
    r"|kata_?sandi|parool|(?<![a-z])(?:parol|parola|[sş]ifre|geslo|has[lł]o|mdp)(?![a-z])|(?-i:(?<=[a-z])Mdp)"
)
_KEY_ABROAD = re.compile(r"(?<![A-Za-z])[cC]lave(?![a-z])|(?<=[a-z])Clave(?![a-z])|(?<![A-Za-z])CLAVE(?![A-Za-z])")
_NEAR, _FAR = 3, 500
_LONGEST_NAME = 60


def features(candidate: Candidate) -> frozenset[str]:
    """All that is true of the candidate, by name."""
    value, name, how = candidate.value, key_name(candidate), quoting(candidate)
    kind, operator, measures = family(candidate.path), _operator(candidate, name), shapes.measures(value)
    return frozenset(
        (
            f"rule {candidate.rule.id}", how, f"file {kind}", f"operator {operator}",
            *(f"{measure} {result}" for measure, result in measures.items()),
            *shapes.traits(value), *_of_key(name, value), *_of_place(candidate, how), *_of_lines(candidate),
            *_pairs(measures, how, kind, operator),
        )
    )


def key_name(candidate: Candidate) -> str:
    """The whole name that the value is assigned to, also where the regex begins in the middle of it."""
    if not candidate.key:
        return ""
    above = candidate.text[max(0, candidate.start - _LONGEST_NAME) : candidate.start]
    return _translated(above[len(above.rstrip(_NAME)) :] + candidate.key)


@lru_cache(maxsize=4096)
def _translated(name: str) -> str:
    """The name with what is a password or a key in another language said in English, as the model and the lists of words know it."""
    return _KEY_ABROAD.sub("key", _PASSWORD_ABROAD.sub("password", name))


def quoting(candidate: Candidate) -> str:
    """``quoted`` or ``bare``."""
    before = candidate.text[candidate.value_start - 1 : candidate.value_start] if candidate.value_start else ""
    return "quoted" if before and before in "\"'`" else "bare"


def in_string(candidate: Candidate) -> bool:
    """Whether an unquoted value stands inside a longer string: an odd number of quotes before it on its line."""
    before = candidate.before
    return any((before.count(quote) - before.count("\\" + quote)) % 2 for quote in "\"'`")


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
    if not candidate.text[candidate.text.rfind("\n", 0, candidate.start) + 1 : candidate.start].rstrip(_NAME).strip(" \t\"'"):
        yield "begins the line"
    if not after.strip("\"'`,;) "):
        yield "ends the line"


def _of_lines(candidate: Candidate) -> Iterator[str]:
    """What the lines around it say: secrets stand next to the user, the host and the like that they belong to."""
    text, low, high = candidate.text, candidate.value_start, candidate.value_end
    for _ in range(_NEAR + 1):
        low = max(text.rfind("\n", 0, low), 0)
        high = found if (found := text.find("\n", high + 1)) >= 0 else len(text)
    low, high = max(low, candidate.start - _FAR), min(high, candidate.value_end + _FAR)
    if _ACCOUNT.search(text, low, candidate.start) or _ACCOUNT.search(text, candidate.value_end, high):
        yield "next to an account or a host"
    if text.count(candidate.value) > 1:
        yield "again nearby"


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
    if operator == "(" and name.endswith(_EQUALS):
        return "=="
    if operator == "," and (_LISTED_BEFORE.search(before) or _LISTED_AFTER.match(candidate.after)):
        return "of a list"
    return operator


def _pairs(value: Mapping[str, str], how: str, kind: str, operator: str) -> Iterator[str]:
    """Combinations that mean more than their parts."""
    for measure in ("surprise", "shape", "words"):
        if measure in value:
            yield f"{how}, file {kind}, {measure} {value[measure]}"
    yield f"{how}, file {kind}, operator {operator}"
