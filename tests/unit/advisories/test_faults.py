"""Never silently green: every way a source can fail leaves its coordinates unanswered, with the service, the reason and the next step."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path

import pytest

from scanner.advisories import Answer
from scanner.advisories.database import LocalDatabase
from scanner.advisories.npm_registry import NpmRegistry
from scanner.advisories.osv import OsvService
from scanner.fetch import Limits, Session
from tests.loopback import FAULTS, Fault, Records, Server, serve
from tests.loopback.tls import serve_tls
from tests.unit.advisories.samples import npm, pypi, record

QUICK = Limits(connect_s=0.3, read_s=0.3, body_s=0.6, retries=1, backoff_s=0.01, retry_after_s=0.5)
ADDRESSES = {
    "refused": ("http://127.0.0.1:1", "connection refused"),
    "no such name": ("http://nowhere.example", "cannot be resolved"),
    "no address": ("nonsense", "not an http or https URL"),
    "another scheme": ("file:///etc/passwd", "not an http or https URL"),
}


@pytest.fixture
def server():
    with serve(Records([record(), record("GHSA-5555-5555-5555", "flask", "PyPI")])) as running:
        yield running


def osv(url: str, *coordinates) -> Answer:
    session = Session(QUICK)
    try:
        return OsvService(session, url=url).query(coordinates or (npm("left"), npm("clean"), pypi("flask")))
    finally:
        session.close()


def registry(url: str) -> Answer:
    session = Session(QUICK)
    try:
        return NpmRegistry(session, url=url).query([npm("left"), npm("clean")])
    finally:
        session.close()


def nothing_green(answer: Answer, *words: str) -> None:
    """No coordinate counts as answered, and each says why in one line with a next step."""
    assert answer.advisories == {}
    assert answer.unanswered
    for reason in answer.unanswered.values():
        assert all(word in reason for word in words), reason
        assert reason.endswith(")")
        assert "\n" not in reason
        assert len(reason) < 400


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_batch_that_fails(server: Server, fault: str) -> None:
    server.faults.append(Fault(FAULTS[fault], route="/querybatch"))
    answer = osv(server.url)
    nothing_green(answer, "OSV service (127.0.0.1:")
    assert set(answer.unanswered) == {npm("left"), npm("clean"), pypi("flask")}
    assert len(answer.retries) <= QUICK.retries


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_record_that_fails(server: Server, fault: str) -> None:
    server.faults.append(Fault(FAULTS[fault], route="/vulns/GHSA-2222"))
    answer = osv(server.url)
    assert set(answer.advisories) == {npm("clean"), pypi("flask")}
    assert set(answer.unanswered) == {npm("left")}
    assert "OSV service" in answer.unanswered[npm("left")]
    assert "GHSA-2222-3333-4444" in answer.unanswered[npm("left")]


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_registry_that_fails(server: Server, fault: str) -> None:
    server.faults.append(Fault(FAULTS[fault]))
    answer = registry(server.url)
    nothing_green(answer, "npm registry (127.0.0.1:")
    assert set(answer.unanswered) == {npm("left"), npm("clean")}


@pytest.mark.parametrize("name", sorted(ADDRESSES))
@pytest.mark.parametrize("ask", [osv, registry])
def test_an_address_that_fails(name: str, ask, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host, *args, **more):
        if host == "nowhere.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url, words = ADDRESSES[name]
    nothing_green(ask(url), words)


def test_tls_that_fails(server: Server) -> None:
    nothing_green(osv(server.url.replace("http:", "https:")), "TLS failed")


@pytest.mark.parametrize("ask", [osv, registry], ids=["OSV service", "npm registry"])
def test_a_certificate_that_nobody_trusts(tmp_path: Path, ask) -> None:
    with serve_tls(tmp_path, "IP:127.0.0.1") as imposter:
        nothing_green(ask(imposter.url), "TLS failed: its certificate is not trusted")
        assert imposter.requests == []


@pytest.mark.parametrize("content", [None, b"", b"SSGADV\x00\x01", b"SSGADV\x00\x09rest", b"PK\x03\x04", b"{", b"\x00" * 100])
def test_a_database_that_fails(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "adv.db"
    if content is not None:
        path.write_bytes(content)
    nothing_green(LocalDatabase(path, today=dt.date(2024, 6, 1)).query([npm("left"), pypi("flask")]))
