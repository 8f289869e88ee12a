"""Texts that quote the scanned files in, the same texts without secrets out: names, versions, addresses and what a parser says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.secrets import Options
from scanner.secrets.engine import Engine
from scanner.secrets.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

CUT = "…".encode()
_LOGIN = re.compile(rb"(?<=://)[^/@\s]+(?=@)")
_SHORTEST = 12


def redacted(texts: Sequence[str]) -> tuple[str, ...]:
    """Each text with every value that a built-in rule takes for a secret, and every user and password of a URL, replaced by an ellipsis."""
    if all(len(text) < _SHORTEST for text in texts):
        return tuple(texts)
    lines = [" ".join(text.split("\n")).encode("utf-8", "surrogatepass") for text in texts]
    data = b"\n".join(lines)
    found = Engine(Options()).text("", data, Tally())
    spans = sorted({(item.start, item.end) for item in found} | {match.span() for match in _LOGIN.finditer(data)})
    out, at = [], 0
    for text, line in zip(texts, lines, strict=True):
        inside = [(max(start, at) - at, min(end, at + len(line)) - at) for start, end in spans if start < at + len(line) and end > at]
        out.append(_without(line, inside).decode("utf-8", "surrogatepass") if inside else text)
        at += len(line) + 1
    return tuple(out)


def _without(line: bytes, spans: Sequence[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for start, end in spans:
        if end > at:
            kept += [line[at : max(start, at)], CUT]
            at = end
    return b"".join((*kept, line[at:]))
