"""The door to HTTP, against a loopback server: what is sent, what is followed, when it ends."""

from __future__ import annotations

import io
import socket
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
import requests

from scanner import fetch
from scanner.errors import SourceError
from scanner.fetch import Asked, Limits, Session, StatusError
from tests.loopback import FAULTS, Fault, Records, Server, serve
from tests.loopback.faults import away, bomb, reply
from tests.loopback.tls import ANSWER, serve_tls

ASKED = Asked(service="the service", hint="try again")
QUICK = Limits(connect_s=1, read_s=1, body_s=2, retries=2, backoff_s=0.01, retry_after_s=2, body_bytes=1_000_000)
RECORD = {"id": "GHSA-aaaa-aaaa-aaaa", "affected": [{"package": {"ecosystem": "npm", "name": "left"}, "versions": ["1.0.0"]}]}
PATH = "/v1/vulns/GHSA-aaaa-aaaa-aaaa"


@pytest.fixture
def server():
    with serve(Records([RECORD])) as running:
        yield running


@pytest.fixture
def session():
    one = Session(QUICK)
    yield one
    one.close()


def test_get_and_post_return_the_body_as_it_was_sent(server: Server, session: Session) -> None:
    assert session.get(server.url + PATH, ASKED).startswith(b'{"id": "GHSA')
    question = b'{"package": {"name": "left", "ecosystem": "npm"}, "version": "1.0.0"}'
    assert session.post(f"{server.url}/v1/query", question, ASKED) == session.post(f"{server.url}/v1/query", question, ASKED, packed=True)
    assert [request.body for request in server.requests[1:]] == [question, question]
    assert "content-encoding" not in server.requests[1].headers
    assert server.requests[2].headers["content-encoding"] == "gzip"


def test_a_connection_is_used_again(server: Server, session: Session) -> None:
    for _ in range(5):
        session.get(server.url + PATH, ASKED)
    assert len({request.port for request in server.requests}) == 1


@pytest.mark.parametrize(
    ("fault", "words", "tries"),
    [
        ("400", "did not understand the question (HTTP 400): no", 1),
        ("401", "asks for a login (HTTP 401)", 1),
        ("403", "refuses access (HTTP 403)", 1),
        ("404", "has nothing there (HTTP 404)", 1),
        ("410", "has retired this address (HTTP 410)", 1),
        ("429", "is asked too often (HTTP 429)", 3),
        ("500", "is out of order (HTTP 500)", 3),
        ("502", "is out of order (HTTP 502)", 3),
        ("503", "is out of order (HTTP 503)", 3),
        ("429 with a long Retry-After", "asks to wait 86400 s", 1),
        ("429 with a broken Retry-After", "is asked too often (HTTP 429)", 3),
        ("204 without a body", "unexpected answer (HTTP 204)", 1),
        ("redirect loop", "redirects more than 5 times", 6),
        ("redirect to a file", "redirects to an unsafe address", 1),
        ("html with 200", "web page instead of JSON", 1),
        ("truncated gzip", "ends too early", 1),
        ("short body", "broke off in the middle", 1),
        ("empty body", "answered with nothing", 1),
        ("connection closed", "the connection broke before an answer came", 3),
        ("timeout", "no answer within 1 s", 2),
        ("slow drip", "sends so slowly", 1),
        ("slow drip of headers", "no answer within 1 s", 2),
    ],
)
def test_a_failure_is_one_line_with_service_host_and_next_step(
    server: Server, session: Session, fault: str, words: str, tries: int
) -> None:
    server.faults.append(Fault(FAULTS[fault]))
    started = time.monotonic()
    with pytest.raises(SourceError) as caught:
        session.get(server.url + PATH, ASKED)
    assert time.monotonic() - started < 6
    assert words in caught.value.reason
    assert str(caught.value).startswith(f"the service ({fetch.host(server.url)}): ")
    assert str(caught.value).endswith("(try again)")
    assert "\n" not in str(caught.value)
    assert len(server.requests) >= tries
    assert len(session.retried) <= QUICK.retries


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "429 with Retry-After", "connection closed"])
def test_what_passes_is_tried_again_and_noted(server: Server, session: Session, fault: str) -> None:
    server.faults.append(Fault(FAULTS[fault], times=1))
    assert session.get(server.url + PATH, ASKED)
    assert len(session.retried) == 1
    assert PATH in session.retried[0]


def test_retry_after_is_obeyed(server: Server, session: Session) -> None:
    server.faults.append(Fault(FAULTS["429 with Retry-After"], times=1))
    started = time.monotonic()
    session.get(server.url + PATH, ASKED)
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1/", "connection refused"),
        ("ftp://127.0.0.1/", "not an http or https URL"),
        ("nonsense", "not an http or https URL"),
        ("http://[::1", "not an http or https URL"),
        ("", "not an http or https URL"),
    ],
)
def test_an_address_that_cannot_be_used(session: Session, url: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        session.get(url, ASKED)


@pytest.mark.parametrize("url", ["https://[", "https://[::1", "nonsense"])
def test_an_address_that_cannot_be_used_gets_no_token(session: Session, url: str) -> None:
    with pytest.raises(SourceError, match=r"not an http or https URL|is not https"):
        session.call("GET", url, ASKED, token="t0ken")


def test_a_name_that_does_not_resolve(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*args: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(SourceError, match=r"nowhere\.example\): its name cannot be resolved \(DNS\)"):
        session.get("http://nowhere.example/", ASKED)


def test_tls_that_fails(server: Server, session: Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        port = plain.getsockname()[1]
        server.faults.clear()
        with pytest.raises(SourceError, match=r"TLS failed|no answer within|connection broke"):
            session.get(f"https://127.0.0.1:{port}/", ASKED)
    with pytest.raises(SourceError, match="TLS failed"):
        session.get(server.url.replace("http:", "https:"), ASKED)


HERE = "IP:127.0.0.1"


@pytest.mark.parametrize(
    ("names", "trusted", "words"),
    [
        ((HERE,), True, ""),
        ((HERE,), False, "its certificate is not trusted"),
        (("DNS:elsewhere.example",), True, "its certificate is not trusted"),
        (("DNS:elsewhere.example", "IP:127.0.0.2"), True, "its certificate is not trusted"),
    ],
    ids=["trusted", "nobody's", "another name's", "another address's"],
)
def test_a_certificate_is_checked(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, names: tuple[str, ...], *, trusted: bool, words: str
) -> None:
    """Who signed it and for whom; nothing is sent to the wrong one, not even the question."""
    with serve_tls(tmp_path, *names) as server:
        if trusted:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.certificate))
        if not words:
            assert session.get(server.url, ASKED) == ANSWER
            return
        with pytest.raises(SourceError) as caught:
            session.post(server.url, b'{"queries":[]}', ASKED)
        assert caught.value.reason == f"TLS failed: {words}"
        assert str(caught.value).startswith(f"the service ({fetch.host(server.url)}): ")
        assert server.requests == []


@pytest.mark.parametrize("token", ["", "t0ken"])
def test_a_body_beyond_the_limit_is_refused_in_bounded_memory(server: Server, session: Session, token: str) -> None:
    server.faults.append(Fault(bomb))
    tracemalloc.start()
    with pytest.raises(SourceError, match="more than 1 MB"):
        session.call("GET", server.url + PATH, ASKED, token=token) if token else session.get(server.url + PATH, ASKED)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000


def test_a_password_in_the_address_is_never_shown(server: Server, session: Session) -> None:
    word = "swor" + "dfish"
    address = server.url.replace("http://", f"http://anna:{word}@") + PATH
    server.faults.append(Fault(FAULTS["500"]))
    with pytest.raises(SourceError) as caught:
        session.get(address, ASKED)
    assert word not in str(caught.value) + "".join(session.retried)


def test_a_redirect_to_another_host_carries_no_login(server: Server, session: Session) -> None:
    with serve(Records([RECORD])) as other:
        server.faults.append(Fault(away(other.url.replace("127.0.0.1", "localhost") + PATH)))
        address = server.url.replace("http://", "http://anna:word@") + PATH
        assert session.get(address, ASKED)
        assert "authorization" in server.requests[0].headers
        assert "authorization" not in other.requests[0].headers


@pytest.mark.parametrize(("status", "allowed"), [(301, False), (302, False), (303, False), (307, True), (308, True)])
def test_a_post_is_sent_again_only_where_the_redirect_says_so(server: Server, session: Session, status: int, allowed: bool) -> None:
    server.faults.append(Fault(reply(status, b"", (("Location", "/v1/querybatch"),)), route="/old"))
    if allowed:
        assert session.post(f"{server.url}/old", b'{"queries":[]}', ASKED) == b'{"results": []}'
        assert [request.method for request in server.requests] == ["POST", "POST"]
    else:
        with pytest.raises(SourceError, match="has moved to 127"):
            session.post(f"{server.url}/old", b'{"queries":[]}', ASKED)


def test_netrc_is_not_read_and_proxies_are(server: Server, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login anna password word\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    session.get(server.url + PATH, ASKED)
    assert "authorization" not in server.requests[0].headers
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(StatusError):
        session.get("http://elsewhere.example/x", ASKED)
    assert server.requests[-1].path == "http://elsewhere.example/x"


def test_a_download_goes_on_where_it_broke_off(server: Server, session: Session) -> None:
    url = f"{server.url}/npm/all.zip"
    whole, noted = io.BytesIO(), []
    tag, status = session.download(url, whole, ASKED, etag="", start=0, began=noted.append)
    assert (status, noted) == (200, [tag])
    assert session.download(url, io.BytesIO(), ASKED, etag=tag, start=0, began=noted.append) == (tag, 304)
    rest = io.BytesIO(whole.getvalue()[:50])
    rest.seek(0, io.SEEK_END)
    assert session.download(url, rest, ASKED, etag=tag, start=50, began=noted.append) == (tag, 206)
    assert rest.getvalue() == whole.getvalue()
    again = io.BytesIO()
    assert session.download(url, again, ASKED, etag='"other"', start=50, began=noted.append) == (tag, 200)
    assert again.getvalue() == whole.getvalue()


def test_importing_the_door_does_not_import_requests() -> None:
    import subprocess

    code = "import sys, scanner.fetch, scanner.advisories.osv; sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("method", "status", "old", "location", "leads"),
    [
        ("GET", 302, "https://a.example/x", "/y", "https://a.example/y"),
        ("GET", 302, "https://a.example/x", "https://b.example/", "https://b.example/"),
        ("GET", 302, "http://a.example/x", "https://a.example/x", "https://a.example/x"),
        ("GET", 302, "http://a.example/x", "http://b.example/", "http://b.example/"),
        ("GET", 302, "https://a.example/x", "http://a.example/x", "an unsafe address"),
        ("GET", 302, "https://a.example/x", "file:///etc/passwd", "an unsafe address"),
        ("GET", 302, "http://a.example/x", "ftp://a.example/x", "an unsafe address"),
        ("GET", 302, "https://a.example/x", "https://[", "what is no address"),
        ("POST", 307, "https://a.example/x", "https://b.example/", "https://b.example/"),
        ("POST", 308, "https://a.example/x", "http://b.example/", "an unsafe address"),
        ("POST", 302, "https://a.example/x", "https://b.example/", "has moved to b.example"),
        ("POST", 301, "https://a.example/x", "/y", "has moved to a.example"),
    ],
)
def test_where_a_redirect_may_lead(method: str, status: int, old: str, location: str, leads: str) -> None:
    """Never down from TLS, never to another scheme, and a question only where the status asks for it again."""
    answer = requests.Response()
    answer.status_code = status
    answer.headers["Location"] = location
    if "://" in leads:
        assert fetch._next(method, old, answer, ASKED) == leads
    else:
        with pytest.raises(SourceError, match=leads):
            fetch._next(method, old, answer, ASKED)
