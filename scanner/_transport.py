"""urllib3's half of a request, imported when first needed: when to try again, and a watch on endless headers."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import InvalidHeader, MaxRetryError, ResponseError
from urllib3.util.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from urllib3.connectionpool import ConnectionPool
    from urllib3.response import BaseHTTPResponse, HTTPResponse

RETRIED = frozenset({408, 429, 500, 502, 503, 504})


class PatientRetry(Retry):
    """Backs off with jitter, obeys Retry-After up to ``ceiling_s``, gives up at once beyond it or ``total_s`` after the first failure,
    or where ``deadline`` would pass meanwhile."""

    ceiling_s: float = 30.0
    total_s: float = 60.0
    since: float = 0.0
    deadline: float = float("inf")
    note: Callable[[str], None]

    @classmethod
    def make(
        cls, *, retries: int, backoff_s: float, ceiling_s: float, total_s: float, deadline: float, note: Callable[[str], None]
    ) -> PatientRetry:
        """``note`` is told of every retry, as one line."""
        retry = cls(
            total=retries,
            redirect=0,
            other=0,
            allowed_methods=None,
            status_forcelist=RETRIED,
            backoff_factor=backoff_s,
            backoff_jitter=backoff_s,
            backoff_max=ceiling_s,
            raise_on_status=False,
            raise_on_redirect=False,
        )
        retry.ceiling_s, retry.total_s, retry.deadline, retry.note = ceiling_s, total_s, deadline, note
        return retry

    def new(self, **kw: Any) -> PatientRetry:
        """Urllib3 copies itself for every attempt; our own fields go along."""
        copy = super().new(**kw)
        copy.ceiling_s, copy.total_s, copy.deadline, copy.note = self.ceiling_s, self.total_s, self.deadline, self.note
        copy.since = self.since or time.monotonic()
        return copy

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds, or None where the header is absent or unreadable."""
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> PatientRetry:
        """Raise MaxRetryError where another try is not worth the wait."""
        after = super().increment(method, url, response, error, _pool, _stacktrace)
        wait = (self.get_retry_after(response) if response else None) or 0.0
        then = time.monotonic() + (wait or after.get_backoff_time())
        late = then - after.since > self.total_s or then > self.deadline
        if wait > self.ceiling_s or late:
            raise MaxRetryError(_pool, url or "", error or ResponseError("too long a wait"))  # type: ignore[arg-type]
        what = f"HTTP {response.status}" if response else type(error).__name__
        self.note(f"{method} {(url or '').partition('?')[0]}: {what}, try {len(after.history) + 1}")
        return after


class _WatchedHTTP(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _watch(self.sock, self.timeout):
            return super().getresponse()


class _WatchedHTTPS(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _watch(self.sock, self.timeout):
            return super().getresponse()


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPS


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


@contextlib.contextmanager
def _watch(sock: socket.socket, seconds: float | None) -> Iterator[None]:
    """A read timeout counts from byte to byte; this one counts the whole header, and cuts the connection."""
    fired = threading.Event()
    timer = threading.Timer(seconds or 60.0, _cut, (sock, fired))
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if not fired.is_set():
            raise
    finally:
        timer.cancel()
    if fired.is_set():
        raise TimeoutError("the header did not end")


def _cut(sock: socket.socket, fired: threading.Event) -> None:
    fired.set()
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
