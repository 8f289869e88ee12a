"""What can go wrong with a service: each fault takes the request handler and sends, slowly, wrongly or not at all, its own answer."""

from __future__ import annotations

import gzip
import time
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

GOOD = b'{"results":[{"vulns":[{"id":"GHSA-loop-back-test","modified":"2024-01-01T00:00:00Z"}]}]}'


@dataclass
class Fault:
    """Send this instead of the answer: ``times`` requests long (0: always), for the routes that hold ``route`` in their path."""

    send: Callable[[BaseHTTPRequestHandler], None]
    route: str = ""
    times: int = 0
    served: int = field(default=0)

    def takes(self, path: str) -> bool:
        """Whether this request is ours; counts it."""
        if self.route not in path or (self.times and self.served >= self.times):
            return False
        self.served += 1
        return True


def reply(status: int, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer with this status, body and headers."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (("Content-Length", str(len(body))), ("Content-Type", "application/json"), *headers):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def html(handler: BaseHTTPRequestHandler) -> None:
    """A captive portal: HTML with status 200."""
    reply(200, b"<!DOCTYPE html><title>Sign in</title>", (("Content-Type", "text/html"),))(handler)


def truncated_gzip(handler: BaseHTTPRequestHandler) -> None:
    """A gzip stream that ends in the middle, its length as announced."""
    packed = gzip.compress(GOOD * 50)
    reply(200, packed[: len(packed) // 2], (("Content-Encoding", "gzip"),))(handler)


def short_body(handler: BaseHTTPRequestHandler) -> None:
    """Fewer bytes than Content-Length says, then the connection closes."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD) * 2))
    handler.end_headers()
    handler.wfile.write(GOOD)
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    """One byte every twentieth of a second: never idle long enough for a read timeout."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(1200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """The same with a header that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(1200):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Nothing at all, for a minute."""
    time.sleep(60)
    handler.close_connection = True


def close(handler: BaseHTTPRequestHandler) -> None:
    """The connection is closed without an answer."""
    handler.close_connection = True


def loop(handler: BaseHTTPRequestHandler) -> None:
    """Moved permanently, to itself."""
    reply(301, b"", (("Location", handler.path),))(handler)


def bomb(handler: BaseHTTPRequestHandler) -> None:
    """300 MB of blanks in 1 MB of gzip, one piece again and again, so that no time goes by; the sum at its end is wrong."""
    squeeze = zlib.compressobj(1, zlib.DEFLATED, 31)
    first, piece = (squeeze.compress(b" " * 1_000_000) + squeeze.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = first + piece * 299 + squeeze.flush()
    reply(200, packed, (("Content-Encoding", "gzip"),))(handler)


def away(url: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """A redirect to another place."""
    return reply(307, b"", (("Location", url),))


FAULTS: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {
    **{str(status): reply(status, b'{"code":13,"message":"no"}') for status in (400, 401, 403, 404, 410, 429, 500, 502, 503)},
    "429 with Retry-After": reply(429, b"{}", (("Retry-After", "1"),)),
    "429 with a long Retry-After": reply(429, b"{}", (("Retry-After", "86400"),)),
    "429 with a broken Retry-After": reply(429, b"{}", (("Retry-After", "soon"),)),
    "204 without a body": reply(204),
    "redirect loop": loop,
    "redirect to a file": reply(302, b"", (("Location", "file:///etc/passwd"),)),
    "html with 200": html,
    "truncated gzip": truncated_gzip,
    "short body": short_body,
    "truncated json": reply(200, GOOD[:-7]),
    "empty body": reply(200, b""),
    "json of another shape": reply(200, b'["surprise"]'),
    "json with another type inside": reply(200, b'{"results": 7, "lodash": 7}'),
    "json with nothing in it": reply(200, b'{"unexpected": true}'),
    "json null": reply(200, b"null"),
    "not utf-8": reply(200, b'{"results":["\xff\xfe"]}'),
    "deep json": reply(200, b"[" * 200_000),
    "connection closed": close,
    "timeout": hang,
    "slow drip": drip,
    "slow drip of headers": drip_headers,
}
