"""Wrapped text: a place in a file's bytes that looks like base64, hex or URL encoding of telling words -> the run and what it says.

The engine looks for what telling words look like when they are wrapped, in base64's three alignments; so nothing is decoded in vain.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = (
    "AKIA", "ASIA", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "sk_live_", "rk_live_", "sk-proj-", "sk-ant-", "xoxb-", "xoxp-",
    "AIza", "npm_", "hvs.", "shpat_", "dop_v1_", "-----BEGIN ", "password", "passwd", "Password", "PASSWORD", "secret", "SECRET",
    "token", "TOKEN", "api_key", "apikey", "API_KEY", "private_key", "postgres://", "mongodb", "mysql://", "amqp://", "redis://",
    "https://",
)
LONGEST = 65_536
"""In bytes: of how much text around a trigger what is wrapped there is looked at; windows of a file overlap by as much."""
DEPTH = 2
_MARGIN = LONGEST // 8

_RUNS = {
    "base64": re.compile(rb"[A-Za-z0-9+/_-]+={0,2}"),
    "hex": re.compile(rb"[0-9A-Fa-f]+"),
    "url": re.compile(rb"[^\s\"'<>`\\]+"),
}
_INSIDE = {
    "base64": b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-",
    "hex": b"0123456789abcdefABCDEF",
    "url": bytes(sorted(frozenset(range(33, 256)) - frozenset(b"\"'<>`\\"))),
}
_STEPS = {"base64": 4, "hex": 2, "url": 1}
_STEP = 4096
_SOURCE_MAP, _NEAR = b"sourceMappingURL=", 80
"""A source map holds the source once more, where what is secret stands too."""
_URL = r"(?i)%3A%2F%2F[^\s%:/@\"']{1,60}%3A|(?:passw(?:or)?d|secret|token|api_?key)(?:%22)?%3[AD]"


class Unwrapped(NamedTuple):
    """A run of wrapped text, by its byte offsets, the kind of wrapping, and its content."""

    start: int
    end: int
    kind: str
    data: bytes


@cache
def triggers() -> list[tuple[str, str]]:
    """``(kind, regex)``: what wrapped words look like, for the engine to search."""
    found = [("base64", "|".join(sorted({re.escape(text) for word in WORDS for text in _aligned(word)})))]
    digits = {text for word in WORDS for text in (word.encode().hex(), word.encode().hex().upper()) if len(text) >= 8}
    return [*found, ("hex", "|".join(sorted(digits))), ("url", _URL)]


def unwrap(data: bytes, kind: str, ends: list[int]) -> Iterator[Unwrapped]:
    """The runs at the given ends of trigger matches, each once, where they say some text. Of a run that is longer than ``LONGEST`` the
    stretches around the triggers, one after the other."""
    done, begin, last = -1, 0, 0
    for end in sorted(ends):
        if end <= done:
            continue
        if (first := _begin(data, kind, end, last)) > last:
            begin = first
        last, start = end, _start(begin, end)
        match = _RUNS[kind].match(data, start, start + LONGEST)
        if not match or match.end() < end:
            continue
        begun, done = max(start, done), _done(data, kind, match)
        if data.find(_SOURCE_MAP, max(0, begin - _NEAR), begin) >= 0:
            done = len(data) - len(data[start:].lstrip(_INSIDE[kind]))
        elif content := _content(kind, match.group()):
            yield Unwrapped(begun, done, kind, content)


def _begin(data: bytes, kind: str, end: int, least: int) -> int:
    """Where the run begins that holds the byte before ``end``; ``least`` where all bytes from there on belong to it."""
    high = end - 1
    while high > least:
        low = max(least, high - _STEP)
        if rest := data[low:high].rstrip(_INSIDE[kind]):
            return low + len(rest)
        high = low
    return least


def _start(begin: int, end: int) -> int:
    """Where to begin to decode: with the run or, where that is far away, in step with it."""
    start = max(begin, end - LONGEST // 2)
    return start + (begin - start) % 4


def _done(data: bytes, kind: str, match: re.Match[bytes]) -> int:
    """Up to where triggers need no further look: what begins shortly before the end of a stretch may not be whole in it."""
    cut = match.end() - match.start() >= LONGEST - 1 and data[match.end() : match.end() + 1].strip(_INSIDE[kind]) == b""
    return match.end() - _MARGIN if cut else match.end()


def _content(kind: str, run: bytes) -> bytes:
    """What a run says; empty where that is no text. It may be out of step: behind other characters of its alphabet, or cut off before."""
    contents = (_decoded(kind, run[shift:]) for shift in range(_STEPS[kind]))
    return next(filter(_is_text, contents), b"")


def _decoded(kind: str, run: bytes) -> bytes:
    try:
        if kind == "hex":
            return bytes.fromhex(run[: len(run) - len(run) % 2].decode())
        if kind == "url":
            return unquote_to_bytes(run)
        plain = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        return base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + b"=" * (-len(plain) % 4 % 3))
    except (binascii.Error, ValueError):
        return b""


def _is_text(content: bytes) -> bool:
    """At least nine bytes in ten are text, and there is enough of it to hold a secret."""
    return len(content) >= 12 and len(content.translate(None, _CONTROL)) >= 0.9 * len(content)


_CONTROL = bytes(byte for byte in range(256) if (byte < 32 and byte not in b"\t\n\r") or byte > 126)


def _aligned(word: str) -> Iterator[str]:
    """The base64 characters that a word always gives, for each of the three places it can have in a group of bytes."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + word.encode()).decode().rstrip("=")
        first = -(-8 * before // 6)
        last = 8 * (before + len(word)) // 6
        if last - first >= 4:
            yield text[first:last]
