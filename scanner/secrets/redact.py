"""Texts that quote the scanned files in, the same texts without secrets out: names, versions, addresses and what a parser says."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import TYPE_CHECKING

from scanner.secrets import Options
from scanner.secrets.engine import Engine
from scanner.secrets.reading import OVERLAP, WINDOW
from scanner.secrets.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CUT = "…".encode()
_LOGIN = re.compile(rb"(?<=://)[^/@\s]+(?=@)")
_SHORTEST = 12
_TOGETHER = 1 << 20


def redacted(texts: Sequence[str]) -> tuple[str, ...]:
    """Each text with every value that a built-in rule takes for a secret, and every user and password of a URL, replaced by an ellipsis."""
    if all(len(text) < _SHORTEST for text in texts):
        return tuple(texts)
    engine = Engine(Options())
    return tuple([clean for group in _groups(texts) for clean in _clean(engine, group)])


def _groups(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in parts of about a megabyte: a lockfile may name very many packages."""
    group: list[str] = []
    room = _TOGETHER
    for text in texts:
        group.append(text)
        room -= len(text)
        if room < 0:
            yield group
            group, room = [], _TOGETHER
    yield group


def _clean(engine: Engine, texts: Sequence[str]) -> list[str]:
    """Of texts that are full of secrets the rules find the first thousand: they are looked at in halves, and one alone is not shown."""
    lines = [" ".join(text.split("\n")).encode("utf-8", "surrogatepass") for text in texts]
    data = b"\n".join(lines)
    tally = Tally()
    found = list(_found(engine, data, tally))
    if tally.problems or tally.notices:
        half = len(texts) // 2
        return [*_clean(engine, texts[:half]), *_clean(engine, texts[half:])] if half else [CUT.decode()]
    spans = sorted({*found} | {match.span() for match in _LOGIN.finditer(data)})
    out: list[str] = []
    at = 0
    for text, line in zip(texts, lines, strict=True):
        inside = [(max(start, at) - at, min(end, at + len(line)) - at) for start, end in spans if start < at + len(line) and end > at]
        out.append(_without(line, inside).decode("utf-8", "surrogatepass") if inside else text)
        at += len(line) + 1
    return out


def _found(engine: Engine, data: bytes, tally: Tally) -> Iterator[tuple[int, int]]:
    """Where secrets are. A NUL would make a file of the texts that is passed over, and a byte order mark move all places: both are blanks
    here. Places are told within a window: no piece is longer, and what stands at the end of one stands whole in the next."""
    plain = data.replace(b"\0", b" ").replace(BOM_UTF8, b" " * len(BOM_UTF8))
    for at in range(0, max(1, len(plain)), WINDOW - OVERLAP):
        for item in engine.text("", plain[at : at + WINDOW], tally):
            yield at + item.start, at + item.end


def _without(line: bytes, spans: Sequence[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for start, end in spans:
        if end > at:
            kept += [line[at : max(start, at)], CUT]
            at = end
    return b"".join((*kept, line[at:]))
