"""Texts whose form alone says that they are no secret: dates, versions, algorithms, colours. Candidate in, yes or no out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.secrets.judge import words

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
UNREAD = 4.8
_PHRASES = frozenset((12, 15, 18, 21, 24))
_PHRASE_WORD = re.compile("[a-z]{3,8}")
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}")
_VERSION = re.compile(
    r"[0-2](?:\.[0-9]{1,9}){4,}"
    r"|=?[~^v]?[0-9]{1,4}(?:\.[0-9]{1,4}){1,3}(?:[.+-]?(?:a|b|c|rc|alpha|beta|dev|post|pre|snapshot|final|release)[0-9.]*)?",
    re.IGNORECASE,
)
_FORM = re.compile(r"(?:^|[ :=/'\"])%[sdr](?:$|[ :,./'\"])|%\([a-z_]+\)[sdr]|\{[0-9]?\}")
_BYTES = re.compile(
    r"(?:\\(?:x[0-9A-Fa-f]{2}|0[0-9]{0,2}|u[0-9A-Fa-f]{4}|[nrt0e])|\[[0-9;]{1,5}m){1,7}|#[0-9A-Fa-f]{3,8}"
    r"|(?:rgb|hsl)a?\([0-9., %]+\)|[0-9.]{1,6}(?:px|r?em|vh|vw|pt|ms)"
)
_ALGORITHM = re.compile(
    r"(?:(?:id|with|and|ssh|rsa(?:es|ssa)?|oaep|ec|ecdh(?:e|1pu)?|es|ecdsa|eddsa|ed(?:25519|448)|x(?:25519|448|509)|dsa|dss|hmac|sha[0-9]*|shake[0-9]*|"
    r"md[2456]|aes[0-9]*|[ac][0-9]{3}(?:gcm|cbc)?(?:kw)?|[hrep]s[0-9]{3}k?|cbc|gcm|ccm|ctr|ecb|cfb|ofb|cts|siv|kw|pbes[0-9]|pbkdf[0-9]|"
    r"pkcs[0-9#]*(?:v[0-9]*|padding)?|padding|nopadding|chacha[0-9]*|poly[0-9]*|3?des(?:ede)?[0-9]?|rc[0-9]|blowfish|camellia[0-9]*|rfc[0-9]{3,5}|nfk?[cd]|fips[0-9]*|"
    r"curve(?:25519|448)|nistp[0-9]{3}|p(?:224|256|384|521)|secp[0-9]{3}[rk][0-9]|scrypt|bcrypt|argon2(?:id|i|d)?|scram|mldsa|mlkem|[0-9]{2,4})"
    r"(?:[-_/+., ]|$))+",
    re.IGNORECASE,
)
_PART = re.compile(r"[A-Za-z][\w.-]*")
_DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9](?:[T ][0-9:.]{5,15}(?:Z|[+-][0-9:]{4,5})?)?")
_DATE_FORM = re.compile(r"(?=.*(?:YY|yy|MM|DD|dd|HH|hh|mm|ss))[YyMDdHhmsSaAEGwkKzZ:./, -]{3,}")


def app_password(value: str) -> bool:
    """Whether it is four times four letters that are no words, as Google shows the passwords it makes for applications."""
    return bool(_APP_PASSWORD.fullmatch(value)) and words.surprise(value) >= UNREAD


def mnemonic(value: str) -> bool:
    """Whether it is as many words as a wallet's key is told in (BIP 39), nearly all of them different."""
    parts = value.split(" ")
    return len(parts) in _PHRASES and len(set(parts)) >= len(parts) - 2 and all(map(_PHRASE_WORD.fullmatch, parts))


def version(candidate: Candidate) -> bool:
    """Whether it is the number of a version, or an object identifier."""
    return bool(_VERSION.fullmatch(candidate.value))


def form(candidate: Candidate) -> bool:
    """Whether something is put into the text when the program runs."""
    return bool(_FORM.search(candidate.value))


def few_bytes(candidate: Candidate) -> bool:
    """Whether it is nothing but a few bytes: escaped ones, a colour, a measure."""
    return bool(_BYTES.fullmatch(candidate.value))


def algorithm(candidate: Candidate) -> bool:
    """Whether it names nothing but algorithms, as ``RSA-OAEP-256``."""
    return bool(_ALGORITHM.fullmatch(candidate.value)) and not candidate.value.isdigit()


def label(candidate: Candidate) -> bool:
    """Whether it keeps keys for one purpose apart from those for another: names with colons between them, an algorithm's among them."""
    parts = candidate.value.split(":")
    return len(parts) > 2 and all(map(_PART.fullmatch, parts)) and any(map(_ALGORITHM.fullmatch, parts))


def date(candidate: Candidate) -> bool:
    """Whether it is a date, or how one is to be written."""
    return bool(_DATE.fullmatch(candidate.value) or _DATE_FORM.fullmatch(candidate.value))
