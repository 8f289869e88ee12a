"""The only door to HTTP: a URL in, the bytes of a whole and decoded JSON body out; every failure is a SourceError in plain words.

Proxies and CA bundles of the environment are honoured, ``.netrc`` is not; nothing is sent to another host but what the body needs.
"""

from __future__ import annotations

import gzip
import os
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from scanner._body import chunks, complaint
from scanner._failures import Asked, StatusError, Unreachable, host, status_error, words
from scanner.errors import SourceError

__all__ = ["Asked", "Limits", "Session", "StatusError", "Unreachable", "host"]

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    import requests

_NOTES = 200
_GOOD = frozenset({200, 206, 304})
_DOWNLOAD_S = 3600.0
_LATE = "the time for the scan was up before it answered"


class Limits(Struct, frozen=True, kw_only=True):
    """How long and how much: seconds to connect, between bytes and until a header ends, for one whole body; retries and their waits; bytes
    of a decoded body; redirects followed. ``deadline`` (``time.monotonic()`` seconds) ends them all: the whole scan has no more time.
    """

    connect_s: float = 10.0
    read_s: float = 30.0
    body_s: float = 120.0
    retries: int = 3
    backoff_s: float = 0.5
    retry_after_s: float = 30.0
    body_bytes: int = 64 * 1024 * 1024
    redirects: int = 5
    deadline: float = float("inf")

    def left(self, asked: Asked, url: str) -> Limits:
        """The limits of what is asked now. Raises SourceError where the time is up."""
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise asked.unreachable(_LATE, url)
        seconds = max(round(seconds, 1), 0.1)
        return replace(
            self, connect_s=min(self.connect_s, seconds), read_s=min(self.read_s, seconds), body_s=min(self.body_s, seconds)
        )


class Session:
    """Connections to a few services, for use by several threads. ``retried`` lists what was tried again, one line each."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.retried: list[str] = []
        self._http: requests.Session | None = None
        self._making = threading.Lock()

    def get(self, url: str, asked: Asked) -> bytes:
        """The JSON text at ``url``. Raises SourceError (StatusError where the service said no)."""
        with self._open("GET", url, asked, b"", {}) as response:
            return self._json(response, asked)

    def post(self, url: str, body: bytes, asked: Asked, *, packed: bool = False) -> bytes:
        """The JSON text that ``url`` answers to the JSON text ``body``; gzipped on the way out where ``packed``."""
        headers = {"Content-Type": "application/json"} | ({"Content-Encoding": "gzip"} if packed else {})
        with self._open("POST", url, asked, gzip.compress(body, 6) if packed else body, headers) as response:
            return self._json(response, asked)

    def call(self, method: str, url: str, asked: Asked, *, token: str, body: bytes = b"") -> bytes:
        """What an API that wants a token answers, possibly nothing. The token goes to that host alone, over TLS (or to this machine); no
        redirect is followed. Raises SourceError.
        """
        parts = _parts(url, asked)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise SourceError("is not https: no token is sent there", subject=asked.at(url), hint=asked.hint)
        headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if body else {})
        with self._checked(self._send(method, url, asked, body, headers), asked, frozenset({200, 201, 204})) as response:
            return self._whole(response, asked)

    def download(
        self, url: str, target: BinaryIO, asked: Asked, *, etag: str, start: int, began: Callable[[str], object]
    ) -> tuple[str, int]:
        """Append ``url``'s bytes to ``target``: ``(its ETag, status)``; ``began`` is told the ETag before the first byte.

        ``etag`` is of the copy at hand: whole where ``start`` is 0 (304: still good), else one that breaks off at ``start`` (206: went on
        from there; 200: ``target`` was emptied and filled anew).
        """
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": etag}
        elif etag:
            headers["If-None-Match"] = etag
        with self._open("GET", url, asked, b"", headers) as response:
            new, status = response.headers.get("ETag", ""), response.status_code
            if status == 304:
                return etag, status
            if status == 206 and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                raise asked.broken("answered with another part of the file", url)
            if status == 200:
                target.truncate(0)
            began(new)
            for chunk in chunks(response, _DOWNLOAD_S, asked):
                target.write(chunk)
            return new, status

    def close(self) -> None:
        """Let go of all connections."""
        if self._http is not None:
            self._http.close()

    def _open(self, method: str, url: str, asked: Asked, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """A response whose body is not read yet and whose status is 200, 206 or 304; redirects followed."""
        for _ in range(self.limits.redirects + 1):
            response = self._send(method, url, asked, body, headers)
            if response.status_code not in {301, 302, 303, 307, 308}:
                return self._checked(response, asked)
            response.close()
            url = _next(method, url, response, asked)
        raise SourceError(f"redirects more than {self.limits.redirects} times", subject=asked.at(url), hint=asked.hint)

    def _send(self, method: str, url: str, asked: Asked, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        import requests

        limits = self.limits.left(asked, url)
        session = self._session()
        try:
            return session.request(
                method,
                url,
                data=body or None,
                headers=headers,
                timeout=(limits.connect_s, limits.read_s),
                stream=True,
                allow_redirects=False,
                proxies=requests.utils.get_environ_proxies(url),
                verify=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True,
            )
        except (requests.RequestException, OSError, ValueError) as error:
            late = time.monotonic() >= self.limits.deadline
            raise asked.unreachable(_LATE if late else words(error, limits.connect_s, limits.read_s), url) from None

    def _session(self) -> requests.Session:
        with self._making:
            if self._http is None:
                self._http = self._connected()
            return self._http

    def _connected(self) -> requests.Session:
        import requests

        from scanner import __version__

        session = requests.Session()
        session.trust_env = False
        agent = f"security-scan-gate/{__version__}"
        session.headers.update({"Accept-Encoding": "gzip", "Accept": "application/json", "User-Agent": agent})
        adapter = _adapter(self.limits, self._note)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def _note(self, text: str) -> None:
        if len(self.retried) < _NOTES:
            self.retried.append(text)

    def _checked(self, response: requests.Response, asked: Asked, good: frozenset[int] = _GOOD) -> requests.Response:
        status = response.status_code
        if status in good:
            return response
        with response:
            said = complaint(response)
        raise status_error(status, response.headers.get("Retry-After", ""), said, response.url, asked)

    def _whole(self, response: requests.Response, asked: Asked) -> bytes:
        """The body, within the limits of time and size."""
        parts: list[bytes] = []
        size = 0
        for chunk in chunks(response, self.limits.left(asked, response.url).body_s, asked):
            size += len(chunk)
            if size > self.limits.body_bytes:
                raise asked.broken(f"sent more than {self.limits.body_bytes // 1_000_000} MB", response.url)
            parts.append(chunk)
        return b"".join(parts)

    def _json(self, response: requests.Response, asked: Asked) -> bytes:
        text = self._whole(response, asked)
        if text.lstrip()[:1] == b"<":
            raise asked.broken("answered with a web page instead of JSON: a proxy or a sign-in page may stand between", response.url)
        if not text.strip():
            raise asked.broken("answered with nothing", response.url)
        return text


def _adapter(limits: Limits, note: Any) -> Any:
    from requests.adapters import HTTPAdapter

    from scanner._transport import POOLS, PatientRetry

    retry = PatientRetry.make(
        retries=limits.retries, backoff_s=limits.backoff_s, ceiling_s=limits.retry_after_s, total_s=limits.body_s,
        deadline=limits.deadline, note=note,
    )  # fmt: skip
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=16, max_retries=retry)
    adapter.poolmanager.pool_classes_by_scheme = POOLS
    return adapter


def _parts(url: str, asked: Asked) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise SourceError("the address cannot be used: not an http or https URL", subject=asked.service, hint=asked.hint) from None


def _next(method: str, url: str, response: requests.Response, asked: Asked) -> str:
    """Where a redirect leads. A POST is sent again only where the status says so; never down from https, never to another scheme."""
    try:
        target = urljoin(url, response.headers.get("Location", ""))
        old, new = urlsplit(url), urlsplit(target)
    except ValueError:
        raise SourceError("redirects to what is no address", subject=asked.at(url), hint=asked.hint) from None
    if new.scheme not in {"http", "https"} or (old.scheme == "https" and new.scheme == "http"):
        raise SourceError("redirects to an unsafe address", subject=asked.at(url), hint=asked.hint)
    if method == "POST" and response.status_code in {301, 302, 303} and target != url:
        raise SourceError(f"has moved to {host(target)}", subject=asked.at(url), hint="give the new address in the settings")
    return target
