"""Failures of HTTP in plain words: what the library raised or the service answered in, one line without a URL out."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from scanner.errors import SourceError

_WORDS = {
    400: "did not understand the question",
    401: "asks for a login",
    403: "refuses access",
    404: "has nothing there",
    405: "does not take this kind of request",
    410: "has retired this address",
    413: "found the question too large",
    429: "is asked too often",
}


class Asked(Struct, frozen=True, kw_only=True):
    """Whom we ask, for messages: the service's name, and what the user can do when it fails."""

    service: str
    hint: str = ""

    def at(self, url: str) -> str:
        """The service's name with the host that was asked."""
        return f"{self.service} ({host(url)})"

    def broken(self, reason: str, url: str) -> SourceError:
        """The error of a service that answered, but not as it should."""
        return SourceError(reason, subject=self.at(url), hint=self.hint)

    def unreachable(self, reason: str, url: str) -> Unreachable:
        """The error of a service that did not answer, or not in time."""
        return Unreachable(reason, subject=self.at(url), hint=self.hint)


class Unreachable(SourceError):
    """No answer came in time: asking the same service more will cost as much again."""


class StatusError(SourceError):
    """The service answered with an error status."""

    def __init__(self, status: int, reason: str, *, subject: str, hint: str) -> None:
        super().__init__(reason, subject=subject, hint=hint)
        self.status = status


def status_error(status: int, wait: str, said: str, url: str, asked: Asked) -> StatusError:
    """What an error status means; ``wait`` is the Retry-After header, ``said`` the service's own message."""
    what = _WORDS.get(status, "is out of order" if status >= 500 else "gave an unexpected answer")
    pause = f", asks to wait {wait[:40]} s" if wait.isdigit() else ""
    reason = f"{what} (HTTP {status}{pause})" + (f": {said}" if said else "")
    return StatusError(status, reason, subject=asked.at(url), hint=asked.hint)


def host(url: str) -> str:
    """The host of a URL with its port and nothing else (no user, no password), for messages."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        return "?"


def words(error: Exception, connect_s: float, read_s: float) -> str:
    """One line for what the library raised; never its own text, which may hold a URL with a password."""
    chain = _chain(error)
    if "NameResolutionError" in chain or "gaierror" in chain:
        return "its name cannot be resolved (DNS)"
    if "SSLError" in chain:
        return "TLS failed: " + ("its certificate is not trusted" if "SSLCertVerificationError" in chain else "no secure connection")
    if "ProxyError" in chain:
        return "the proxy cannot be used"
    if "ConnectTimeout" in chain:
        return f"no connection within {connect_s:g} s"
    if chain & {"ReadTimeoutError", "ReadTimeout", "TimeoutError"}:
        return f"no answer within {read_s:g} s"
    if "ConnectionRefusedError" in chain:
        return "connection refused"
    if chain & {"ConnectionError", "ProtocolError", "ChunkedEncodingError"}:
        return "the connection broke before an answer came"
    return "the address cannot be used: not an http or https URL"


def _chain(error: BaseException) -> set[str]:
    """Class names of an error and of everything it wraps."""
    seen: dict[int, BaseException] = {}
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen[id(one)] = one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return {type(one).__name__ for one in seen.values()}
