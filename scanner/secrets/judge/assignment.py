"""Is what is assigned here a secret? A linear model over a candidate's named features: ``weights.json``, made by ``make train``."""

from __future__ import annotations

import base64
import re
from functools import cache, lru_cache
from importlib.resources import files
from math import fsum
from typing import TYPE_CHECKING

import msgspec

from scanner.models import Severity
from scanner.secrets.judge import forms, memorable, words
from scanner.secrets.judge.features import family, features, key_name
from scanner.secrets.judge.judgement import Judgement, no
from scanner.secrets.judge.placeholder import placeholder
from scanner.secrets.judge.veto import elsewhere

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate


SHORT = 6
_SPELT = re.compile(rb"(?:\\x[0-9A-Fa-f]{2}){8,}").fullmatch
_BYTE = re.compile(rb"\\x([0-9A-Fa-f]{2})")
_SECRET = re.compile(rb"(?i)private|secret|passw|token|client_email").search
_READABLE, _LONG = 0.7, 500
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}").fullmatch
ODD = 5.75
_PHRASE = re.compile(r"(?i)mnemonic|(?:seed|secret|recovery|wallet)[_-]?(?:phrase|words)")
_MADE_UP = frozenset(("demo", "dummy", "example", "fake", "mock", "sample", "stub"))
_MARKUP = re.compile(r"<[A-Za-z][^<>]*$")
BADGE = re.compile(r"(?:badge|\.svg)[^\s\"'()]{0,60}$")
DESCRIBED = re.compile(r"\s*[\"']?(?:comment|description|doc|documentation|help|note|summary)[\"']?\s*[:=]\s*[\"']")
MINIFIED = 1000
_KEPT = 100
_WORDS = "reads like words"
COUNTED = re.compile(r"123456|654321")
USUAL = re.compile(r"passw|secret|admin|qwert|welcome|letmein|change|default|example|strong|test")
_LEET = str.maketrans("@431!05$7", "aaeiiosst")
TRIAL = re.compile(
    r"(?:^|[/._-])(?:tests?|testing|testdata|specs?|fixtures?|mocks?|stubs?|fakes?|e2e|cassettes|__tests__|examples?(?=[/-]|\.(?:json|ya?ml|xml)$))(?:[/._-]|$)",
    re.IGNORECASE,
)


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """Logits: ``bias`` and one weight a feature. Above ``likely`` a candidate is reported as moderate, above ``certain`` as high."""

    bias: float
    likely: float
    certain: float
    weights: dict[str, float]


def judge(candidate: Candidate) -> Judgement:
    """The veto's word, else the decision of the model with the feature that spoke loudest against it where it says no."""
    if reason := _formed(candidate):
        return Judgement(secret=True, severity=Severity.MODERATE if TRIAL.search(candidate.path) else Severity.HIGH, reason=reason)
    alone = hopeless(candidate.value.encode("utf-8", "replace"))
    reason = (alone and placeholder(candidate.value)) or elsewhere(candidate) or alone  # a word where code stands is code
    if reason:
        return no(reason)
    named = features(candidate)
    points = score(named)
    if points < model().likely or words.plain(candidate.value):
        reason = _made(candidate)
        return Judgement(secret=True, severity=Severity.MODERATE, reason=reason) if reason else no(_loudest(named))
    severity = Severity.HIGH if points >= model().certain else Severity.MODERATE
    return Judgement(secret=True, severity=min(severity, most(candidate)), reason="assigned like a secret")


def _made(candidate: Candidate) -> str | None:
    """What makes it a secret against the model's opinion."""
    if memorable.memorable(candidate):
        return "a password as people make them"
    return "a key full of signs" if memorable.dense(candidate) else None


def _formed(candidate: Candidate) -> str | None:
    """What makes it a secret by its form alone, as few as such texts are."""
    if forms.app_password(candidate.value):
        return "an app password as it is shown"
    phrase = forms.mnemonic(candidate.value) and _PHRASE.search(key_name(candidate))
    return "the words of a wallet's key" if phrase else None


def hopeless(value: bytes) -> str | None:
    """Why a value is no secret whatever it is assigned to. Short ones come again and again: what was said of them is kept."""
    return _again(value) if len(value) <= _KEPT else _hopeless(value)


@lru_cache(maxsize=16_384)
def _again(value: bytes) -> str | None:
    return _hopeless(value)


def _hopeless(value: bytes) -> str | None:
    """Most values are words: that is asked first."""
    text = value.decode("utf-8", "replace")
    return _WORDS if words.plain(text) and not memorable.signed(text) else placeholder(text) or _encoded(value)


def _encoded(value: bytes) -> str | None:
    """The same of the text that is base64 in it, as Kubernetes has its secrets, or that its bytes spell out as ``\\x6b``."""
    if value.startswith(b"\\x") and _SPELT(value):
        return _WORDS if words.cover(_BYTE.sub(_spoken, value).decode("latin-1")) > _READABLE else None
    if len(value) % 4 or not _BASE64(value):
        return None
    text = base64.b64decode(value).rstrip(b"\n")
    if len(text) > _LONG and text.startswith((b'{"', b"<?xml")):
        return None if _SECRET(text) else "a document"
    return _hopeless(text) if 2 < len(text) <= _KEPT and text.isascii() and text.decode().isprintable() else None


def _spoken(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode())


def most(candidate: Candidate) -> Severity:
    """The worst an assignment can be: in tests and made files, when short, an identifier or a plain word it never blocks a merge."""
    value = candidate.value
    parts = words.split(key_name(candidate))
    if not _MADE_UP.isdisjoint(parts):
        return Severity.MODERATE
    if len(value) < SHORT or TRIAL.search(candidate.path) or (parts and parts[-1] in words.vocabulary("identifier words")):
        return Severity.MODERATE
    if " " in value or not value.isascii() or forms.UUID.fullmatch(value) or COUNTED.search(value):
        return Severity.MODERATE
    if USUAL.search(value.lower().translate(_LEET)):
        return Severity.MODERATE
    if candidate.key.lower() == "nonce" and _MARKUP.search(candidate.before):  # a page's, which all its readers see
        return Severity.MODERATE
    if BADGE.search(candidate.before) or DESCRIBED.match(candidate.before) or _minified(candidate):
        return Severity.MODERATE
    odd = any(char.isdigit() for char in value) or words.surprise(value) >= ODD
    return Severity.HIGH if odd else Severity.MODERATE


def _minified(candidate: Candidate) -> bool:
    """Whether the value stands in code that a program made: what is secret there stands in its source too."""
    return family(candidate.path) == "code" and len(candidate.before) + len(candidate.after) > MINIFIED


def score(named: frozenset[str]) -> float:
    """The model's logit for a candidate with these features."""
    weights = model().weights
    return fsum((model().bias, *(weights.get(name, 0.0) for name in named)))  # the same in whatever order the features come


@cache
def model() -> Model:
    """The trained weights."""
    return msgspec.json.decode(files("scanner.secrets.judge").joinpath("weights.json").read_bytes(), type=Model)


def _loudest(named: frozenset[str]) -> str:
    weights = model().weights
    name = min(named, key=lambda item: (weights.get(item, 0.0), item))
    return f"unlikely: {name}"
