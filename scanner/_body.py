"""Reading a body: a response in, its decoded bytes out in pieces of bounded size, or a SourceError where it is slow, cut off or damaged."""

from __future__ import annotations

import time
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from scanner._failures import Asked


def chunks(response: requests.Response, seconds: float, asked: Asked) -> Iterator[bytes]:
    """The decoded body, in pieces of bounded size; for ``seconds`` at most."""
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding not in {"gzip", "identity", ""}:
        raise asked.broken(f"answered in an encoding nobody asked for ({encoding[:20]!r})", response.url)
    pieces = _raw(response, seconds, asked)
    return _gunzip(pieces, response, asked) if encoding == "gzip" else pieces


def _raw(response: requests.Response, seconds: float, asked: Asked) -> Iterator[bytes]:
    from urllib3.exceptions import HTTPError

    end = time.monotonic() + seconds
    try:
        while piece := response.raw.read1(65536, decode_content=False):
            yield piece
            if time.monotonic() > end:
                raise asked.unreachable(f"sends so slowly that the answer was not whole after {seconds:g} s", response.url)
    except (HTTPError, OSError):
        raise asked.broken("broke off in the middle of its answer", response.url) from None


def _gunzip(pieces: Iterator[bytes], response: requests.Response, asked: Asked) -> Iterator[bytes]:
    unzip = zlib.decompressobj(31)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                yield unzip.decompress(rest, 1 << 20)
                rest = unzip.unconsumed_tail
    except zlib.error:
        raise asked.broken("sent a damaged gzip stream", response.url) from None
    if not unzip.eof:
        raise asked.broken("sent a gzip stream that ends too early", response.url)


def complaint(response: requests.Response) -> str:
    """The message of an error body, one printable line; empty where there is none."""
    from urllib3.exceptions import HTTPError

    try:
        text = response.raw.read1(4096, decode_content=True).decode("utf-8", "replace")
    except (HTTPError, OSError):
        return ""
    _, found, rest = text.partition('"message":')
    said = rest.strip().strip('"').partition('"')[0] if found else ""
    return "".join(c for c in said if c.isprintable())[:200]
