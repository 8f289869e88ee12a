"""Passwords as people make them: words or names, mostly with a number or a sign. Candidate or value in, yes or no out.

Letter statistics take such a value for words; what tells it from an identifier is the number or the sign, words that no code is written in,
and where it stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.secrets.judge import features, words

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate

SHORTEST, LONGEST = 6, 32
_FOREIGN, _HALF, _LETTERS = 8, 0.5, 3
MOST_IN_CODE, RANDOM = 6, 4.5

_SHAPE = re.compile(r"[A-Za-z0-9!@#$%^&*?+_.-]+")
_NUMBER = re.compile(r"[0-9]{2,}")
_SIGN = re.compile(r"[!@#$%^&*?+]")
_COUNTED = re.compile(r"0123|1234|2345|3456|4567|5678|6789|4321|(?:^|[^0-9])(?:123|321)(?:[^0-9]|$)|([0-9])\1\1")
_USUAL = re.compile(
    r"(?i)pass|pwd|secret|token|key|auth|login|user|admin|root|guest|test|demo|example|sample|dummy|default|change|your|foo|bar|qwert|asdf|"
    r"hello|world|field|value|column|input|string|version|postgres|mysql|mongo|redis|oracle|docker|vagrant|local|hunter2|\.[+*]"
)
_NAMED = re.compile(
    r"(?i)(?:sha|md|aes|rsa|dsa|ecdsa|ed|curve|hmac|hs|rs|es|ps|base|utf|ucs|ascii|iso|latin|cp|windows|win|x|ipv|oauth|pkcs|argon|bcrypt|scrypt|"
    r"pbkdf|rc|des|v|tls|ssl|http|scram-sha|i|u|int|uint|float|fp|arm|amd|mp|h|p|s|n|python|java|node|ubuntu|debian)[-_.]?[0-9]+[-_.0-9a-z]*"
)
_LABEL = frozenset(("error", "field", "hint", "label", "message", "placeholder", "prompt", "text", "title", "update"))
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_ENDINGS = ("pass", "passcode", "passphrase", "passwd", "password", "psk", "psw", "pw", "pwd", "secret")
_DENSE = re.compile(r"[!-~]{32,128}")
_SIGNS = re.compile(r"[^A-Za-z0-9_./\\\"'`-]")
_KINDS = (re.compile("[0-9]"), re.compile("[a-z]"), re.compile("[A-Z]"))
_END = re.compile(r"[\s.,;)*|/`>-]*$")


def memorable(candidate: Candidate) -> bool:
    """Whether a password stands where a name or a statement says so: in configuration, in quotes in code, at the end of a line of text."""
    parts = words.split(features.key_name(candidate))
    last = parts[-2:-1] if parts[-2:] == ("secret", "key") else parts[-1:]
    kind = features.family(candidate.path)
    if kind == "prose" and last and last[0].endswith(_ENDINGS) and _digits(candidate.value):
        return bool(_END.match(candidate.after.lstrip("\"'`")))
    if (last and not last[0].endswith(_ENDINGS)) or not (value(candidate.value) or (last and _telling(candidate, parts))):
        return False
    if kind == "prose" and not _END.match(candidate.after.lstrip("\"'`")):
        return False
    return kind != "code" or features.quoting(candidate) == "quoted" or features.in_string(candidate)


def dense(candidate: Candidate) -> bool:
    """Whether a long random value is full of signs, as frameworks make keys: the model knows most signs from code."""
    parts, text = words.split(features.key_name(candidate)), candidate.value
    if features.quoting(candidate) != "quoted" or not parts or not parts[-1].endswith((*_ENDINGS, "key", "salt", "token")):
        return False
    kinds, signs = sum(bool(kind.search(text)) for kind in _KINDS), len(set(_SIGNS.findall(text)))
    return bool(_DENSE.fullmatch(text)) and kinds >= 2 and signs >= MOST_IN_CODE and words.entropy(text) >= RANDOM


def value(text: str) -> bool:
    """Whether a text is a word or a name with a number or sign, and none that stands for a password in examples."""
    if not _possible(text):
        return False
    return bool(_NUMBER.search(text)) or (any(map(str.isdigit, text)) and bool(_SIGN.search(text)))


def signed(text: str) -> bool:
    """Whether a text without a number has a sign in it, as passwords do, and none that ends a word that is called out to a reader."""
    if not _SIGN.search(text) or any(map(str.isdigit, text)) or not _possible(text):
        return False
    return bool(_SIGN.search(text.rstrip("!?"))) or any(map(str.isupper, text[1:]))


def _digits(text: str) -> bool:
    """Whether a text is as many digits as a code to log in with has, and not the usual ones."""
    return text.isdigit() and 6 <= len(text) <= 10 and len(set(text)) >= 4 and not _COUNTED.search(text)


def _foreign(text: str) -> bool:
    """Whether a text without numbers and signs is made of words that no code is written in."""
    if len(text) < _FOREIGN or any(map(str.isdigit, text)) or _SIGN.search(text) or not _possible(text):
        return False
    return not words.plain(text) and words.cover(text) < _HALF


def _telling(candidate: Candidate, parts: tuple[str, ...]) -> bool:
    """The same with a single digit, or with none, behind a name that is the password's own: not a neighbour in a list, not a label's."""
    text = candidate.value
    if candidate.rule.id == "assigned-argument" or not _LABEL.isdisjoint(parts) or _CONSTANT.fullmatch(text):
        return False
    return signed(text) or _foreign(text) or (any(map(str.isdigit, text)) and _possible(text))


def _possible(text: str) -> bool:
    """Whether it has the length and the characters, and is none of the usual samples."""
    if not SHORTEST <= len(text) <= LONGEST or not _SHAPE.fullmatch(text) or not text[0].isalnum():
        return False
    if _COUNTED.search(text) or _USUAL.search(text) or _NAMED.fullmatch(text):
        return False
    return sum(map(str.isalpha, text)) >= _LETTERS
