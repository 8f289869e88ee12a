"""Example templates of the built-in rules -> example text, so that no rule file holds a string any scanner would trip over.

``gh{}p_{alnum:36}`` becomes a token. ``{}`` stands for nothing and breaks up a prefix; ``{class:N}`` for N characters of a class,
``{uuid}`` for a random UUID, ``{check:crc32:N}`` for N base-62 characters and their checksum, ``{b64:TEXT}`` for the base64 form of
TEXT. Any other brace is literal. The same template always gives the same text; two places in one template give different characters.
Only the examples of the built-in files are expanded: the examples of a user's own patterns are taken literally.
"""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE62 = digits + ascii_uppercase + ascii_lowercase

CLASSES = {
    "alnum": BASE62,
    "letter": ascii_letters,
    "lower": ascii_lowercase,
    "upper": ascii_uppercase,
    "digit": digits,
    "hex": digits + "abcdef",
    "hexupper": digits + "ABCDEF",
    "lowernum": ascii_lowercase + digits,
    "uppernum": ascii_uppercase + digits,
    "base32": ascii_uppercase + "234567",
    "bech32": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "base64": BASE62 + "+/",
    "base64url": BASE62 + "-_",
    "word": BASE62 + "_",
}


def expand(template: str) -> str:
    """The text a template stands for; ``{class}`` without a number is one character of the class."""
    stream = _characters(template)
    return _PLACE.sub(lambda place: _fill(place, stream), template)


def base62_crc32(text: str) -> str:
    """CRC32 of an ASCII text in base 62, six digits, as GitHub and npm end their tokens (github.blog, April 2021: token formats)."""
    number, out = crc32(text.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        out = BASE62[digit] + out
    return out.rjust(6, "0")


_NAMES = "|".join(CLASSES)
_PLACE = re.compile(rf"\{{(?:({_NAMES})(?::(\d+))?|(uuid)|check:crc32:(\d+)|b64:([^}}]*))?\}}")


def _fill(place: re.Match[str], stream: Iterator[int]) -> str:
    name, count, uuid, checked, plain = place.groups()
    if name:
        return _pick(CLASSES[name], int(count or 1), stream)
    if uuid:
        parts = [_pick(CLASSES["hex"], n, stream) for n in (8, 4, 3, 3, 12)]
        return f"{parts[0]}-{parts[1]}-4{parts[2]}-a{parts[3]}-{parts[4]}"
    if checked:
        body = _pick(BASE62, int(checked), stream)
        return body + base62_crc32(body)
    return base64.b64encode(plain.encode()).decode() if plain is not None else ""


def _pick(alphabet: str, count: int, stream: Iterator[int]) -> str:
    return "".join(alphabet[next(stream) % len(alphabet)] for _ in range(count))


def _characters(seed: str) -> Iterator[int]:
    """An endless stream of numbers drawn from the template itself: the same on every machine and version of Python."""
    block = sha256(seed.encode()).digest()
    while True:
        for at in range(0, 32, 2):
            yield int.from_bytes(block[at : at + 2], "big")
        block = sha256(block).digest()
