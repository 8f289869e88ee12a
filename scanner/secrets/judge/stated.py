"""Checks of values that stand where nothing but a password or a key can: Candidate in, Judgement out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.secrets.judge import assignment, features, forms, memorable, placeholder, words
from scanner.secrets.judge.judgement import Judgement, no

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate

THING = re.compile(
    r"[\w.+-]+@[\w-]+\.|[a-zA-Z][\w+.-]*://|[./~]|[\w./-]+\.(?:pem|key|crt|txt|json|ya?ml|js|py|ts|html?|xml|sql|sh|log|gz)$|[\w-]+\(|.*[<>{}]"
)
_NAME = re.compile(r"[\w.:$ -]*")
_ALGORITHM = re.compile(r"(?i)hmac[-_]?(?:sha|md)")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_SHORT = re.compile(r"\b[A-Za-z]{1,2}\b")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,2}|[0-9]{1,3}")
_LETTER = re.compile(r"'(\\?.)'")
KNOWN = re.compile(r"(?i)vector|nist|(?:^|[/_.-])(?:kat|rfc\d+|wycheproof|crypto|ciphers?|aes|des)(?:[/_.-]|\d|$)")
SHORTEST, DISTINCT = 8, 6


def stated(candidate: Candidate) -> Judgement:
    """A literal where a call or a command takes a password: also one made of words, as long as they are not words of code alone."""
    value = candidate.value
    reason = placeholder.placeholder(value)
    if reason:
        return no(reason)
    if not value.isprintable() or THING.match(value) or value.count(" ") > 3 or _ALGORITHM.match(value) or forms.algorithm(candidate):
        return no("another kind of text")
    if _HEX.fullmatch(value) and placeholder.repeated(bytes.fromhex(value).decode("latin-1")):
        return no("bytes that count up")
    if _words(value) or (features.family(candidate.path) == "prose" and not memorable.value(value)):
        return no("reads like words")
    return Judgement(secret=True, severity=candidate.rule.severity, reason="a literal where a secret stands")


def key_bytes(candidate: Candidate) -> Judgement:
    """Bytes or characters of a key one by one: different ones that do not count up, and no published vector of a test."""
    if "pub" in features.key_name(candidate).lower():
        return no("a public value")
    letters, numbers = _LETTER.findall(candidate.value), _NUMBER.findall(candidate.value)
    codes = [ord(letter[-1]) for letter in letters] if letters else list(map(_number, numbers))
    if len(set(codes)) < min(DISTINCT, len(codes)) or max(codes, default=256) > 255:
        return no("not the bytes of a key")
    if placeholder.repeated(bytes(codes).decode("latin-1")) or placeholder.placeholder(bytes(codes).decode("latin-1")):
        return no("bytes that count up, or a sample")
    if KNOWN.search(candidate.path) or assignment.TRIAL.search(candidate.path):
        return no("a vector of a test")
    return Judgement(secret=True, severity=candidate.rule.severity, reason="the bytes of a key")


def _number(text: str) -> int:
    return int(text, 16 if text[:2].lower() == "0x" else 10)


def _words(value: str) -> bool:
    """Whether it is a name or a text of code: nothing but known words."""
    text = _SHORT.sub("", value)
    return not any(map(str.isdigit, value)) and bool(_NAME.fullmatch(value)) and words.cover(text) >= 0.95
