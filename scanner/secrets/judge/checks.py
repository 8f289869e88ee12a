"""Checks that a format allows beyond its regex: Candidate in, Judgement out. A rule names its check in ``checksum``."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.models import Severity
from scanner.secrets.examples import base62_crc32
from scanner.secrets.judge import assignment, features, forms, memorable, placeholder, stated, veto, words
from scanner.secrets.judge.judgement import Judgement, no

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.secrets.candidate import Candidate

STRONG, GUESSED = 10, 0.5
_BODY = re.compile(r"KEY-----[^-]*[A-Za-z0-9+/]{12}")
SAMPLE_SUBJECT = "1234567890"
LOCAL = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal)\b")
SAMPLE_HOST = re.compile(
    r"(?:[\w-]+\.)*(?:example|test|invalid)\b|(?:[\w-]+\.)*example\.(?:com|org|net)\b|(?:my|your|some)?[-_]?(?:host|hostname|server|domain)\b"
)


def crc32_base62(candidate: Candidate) -> Judgement:
    """The last six characters are the CRC32 of those before them. A wrong sum means a made-up token: not worth a blocked merge."""
    body = candidate.value[candidate.rule.prefix :]
    if base62_crc32(body[:-6]) == body[-6:]:
        return _yes(candidate, "its checksum is right")
    return Judgement(secret=True, severity=Severity.MODERATE, reason="the format of a token, but its checksum is wrong")


def basic_auth(candidate: Candidate) -> Judgement:
    """Base64 of ``user:password`` (RFC 7617) whose password is no placeholder."""
    text = _decoded(candidate.value)
    if text is None or ":" not in text or not text.isprintable():
        return no("does not decode to user:password")
    user, _, password = text.partition(":")
    if not user or len(password) < 3:
        return no("no password in it")
    return _password(candidate, password)


def password(candidate: Candidate) -> Judgement:
    """A value that stands where a password stands; in tests it does not block a merge."""
    return _tried(candidate, _password(candidate, candidate.value))


def url_password(candidate: Candidate) -> Judgement:
    """The password of a URL; a machine-local host or a sample host makes it less."""
    host = candidate.text[candidate.value_end + 1 : candidate.value_end + 80]
    found = _password(candidate, candidate.value)
    if not found.secret:
        return found
    if SAMPLE_HOST.match(host):
        return no("sample host") if words.surprise(candidate.value) < 5 else replace(found, severity=Severity.MODERATE)
    value = candidate.value
    elsewhere = not LOCAL.match(host) and not assignment.TRIAL.search(candidate.path)
    odd = _random(value) and (any(map(str.isdigit, value)) or words.surprise(value) >= assignment.ODD)
    strong = len(value) >= 8 and elsewhere and odd
    return Judgement(secret=True, severity=Severity.HIGH if strong else Severity.MODERATE, reason="a password in a URL")


def json_web_token(candidate: Candidate) -> Judgement:
    """Three parts whose header is a JSON object with an algorithm (RFC 7519); an unsigned or empty one is none."""
    head, payload, signature = [*candidate.value.split("."), "", ""][:3]
    header = _object(head)
    if header is None or not ({"alg", "typ", "kid", "enc", "cty"} & header.keys()):
        return no("its header is not a token's")
    if "enc" in header or header.get("alg") == "none":
        return no("an encrypted token" if "enc" in header else "an unsigned token")
    claims = _object(payload)
    if claims is not None and claims.get("role") == "service_role":
        return Judgement(secret=True, severity=Severity.CRITICAL, reason="a service-role token")
    if claims is None:
        return Judgement(secret=True, severity=Severity.LOW, reason="a token whose payload is not JSON")
    if len(signature) < 16:
        return Judgement(secret=True, severity=Severity.LOW, reason="a token without a signature")
    if assignment.TRIAL.search(candidate.path) or claims.get("sub") == SAMPLE_SUBJECT:
        return Judgement(secret=True, severity=Severity.MODERATE, reason="a token in tests, or a sample")
    return _yes(candidate, "its header and payload are a token's")


def pem(candidate: Candidate) -> Judgement:
    """A PEM block with enough key in it, and none of the marks of an abridged one."""
    body = _literal(candidate).split("-----END")[0]
    if "..." in body or "…" in body or placeholder.repeated(re.sub(r"[^A-Za-z0-9+/]", "", body[-80:])):
        return no("abridged or a sample")
    runs = re.findall(r"[A-Za-z0-9+/=]{12,}", body)
    if sum(map(len, runs)) < 60:
        return no("too short for a key")
    return _yes(candidate, "a private key")


def _literal(candidate: Candidate) -> str:
    """A block from its beginning, up to the end of its string where some of the key stands in that and nothing is joined to it."""
    text = candidate.text[candidate.start : candidate.start + 1500]
    quote = candidate.text[: candidate.start][-1:]
    if quote and quote in "\"'`" and (found := re.match(rf"([^{quote}]*){quote}\s{{0,20}}[,;)\]}}]", text)):
        return found[1] if _BODY.search(found[1]) else text
    return text


def dumped_hash(candidate: Candidate) -> Judgement:
    """A password hash counts where it is data: in dumps and configuration, not in code, tests of hash functions or their documentation."""
    kind = features.family(candidate.path)
    if kind in {"code", "prose"} and features.extension(candidate.path) not in {"csv", "log"}:
        return no("a hash in code or documentation")
    return _yes(candidate, "a password hash in data")


def opaque(candidate: Candidate) -> Judgement:
    """A token without a format of its own: it must look random."""
    value = candidate.value
    reason = placeholder.placeholder(value) or ("a kind of resource" if veto.resource(candidate) else None)
    if reason:
        return no(reason)
    if words.cover(value) > 0.6 and words.surprise(value) < 4.5:
        return no("reads like words")
    if not _random(value):
        return no("not random enough for a token")
    return _tried(candidate, _sure(candidate, "a random value where a token stands"))


def argument(candidate: Candidate) -> Judgement:
    """A value that only its place calls a secret: it must look random, or like a password as people make them."""
    value = candidate.value
    reason = placeholder.placeholder(value)
    if reason:
        return no(reason)
    if forms.app_password(value):
        return _sure(candidate, "an app password as it is shown")
    if not value.isascii() or " " in value or stated.THING.match(value):
        return no("another kind of text")
    if memorable.value(value):
        return _yes(candidate, "a password as people make them")
    if not _random(value) or words.cover(value) > 0.6 or len(value) < 6:
        return no("not random enough")
    return _sure(candidate, "a random value where a secret stands")


def base32(candidate: Candidate) -> Judgement:
    """A one-time password seed: letters A to Z and 2 to 7 that do not read like a constant's name."""
    value = candidate.value.rstrip("=")
    if words.cover(value) > 0.7 or words.entropy(value) < 2.8 or placeholder.placeholder(value):
        return no("reads like words")
    if not re.search("[2-7]", value) and words.surprise(value) < 5.5:
        return no("reads like a name")
    return _yes(candidate, "a base32 seed")


CHECKS: Mapping[str, Callable[[Candidate], Judgement]] = {
    "crc32-base62": crc32_base62,
    "basic-auth": basic_auth,
    "password": password,
    "url-password": url_password,
    "jwt": json_web_token,
    "opaque": opaque,
    "argument": argument,
    "base32": base32,
    "pem": pem,
    "dumped-hash": dumped_hash,
    "stated": stated.stated,
    "key-bytes": stated.key_bytes,
}


def _yes(candidate: Candidate, reason: str) -> Judgement:
    return Judgement(secret=True, severity=candidate.rule.severity, reason=reason)


def _sure(candidate: Candidate, reason: str) -> Judgement:
    """A moderate rule's value that nobody could guess blocks; not in tests, in prose or where ``assignment.most`` knows better."""
    value, severity = candidate.value, candidate.rule.severity
    strong = forms.app_password(value) or (len(value) >= STRONG and _random(value) and _mixed(value) and words.cover(value) < GUESSED)
    if strong and severity == Severity.MODERATE and features.family(candidate.path) != "prose":
        severity = assignment.most(candidate)
    return Judgement(secret=True, severity=severity, reason=reason)


def _tried(candidate: Candidate, found: Judgement) -> Judgement:
    """What stands in tests does not block a merge."""
    return replace(found, severity=min(found.severity, Severity.MODERATE)) if assignment.TRIAL.search(candidate.path) else found


def _mixed(value: str) -> bool:
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def _password(candidate: Candidate, value: str) -> Judgement:
    reason = placeholder.placeholder(value) or ("encrypted or public" if veto.ciphertext(candidate) else None)
    if reason:
        return no(reason)
    letters = not any(char.isdigit() for char in value)
    if letters and (not value.isascii() or words.plain(value) or (words.cover(value) > 0.7 and words.surprise(value) < 4.5)):
        return no("reads like words")
    return _sure(candidate, "a password where one stands")


def _random(value: str) -> bool:
    """Enough different characters, and letters that do not read like words."""
    return words.entropy(value) >= 2.5 and (words.surprise(value) >= 4.5 or sum(char.isdigit() for char in value) >= 4)


def _decoded(value: str) -> str | None:
    padded = value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4)
    try:
        return base64.b64decode(padded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _object(part: str) -> dict[str, object] | None:
    text = _decoded(part)
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError):  # the latter of what is nested very deeply
        return None
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else None
