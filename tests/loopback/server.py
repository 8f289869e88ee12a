"""The HTTP part: routes, what was asked, and faults; one thread per connection, bound to 127.0.0.1."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import threading
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.loopback import npm, osv
from tests.loopback.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.loopback.faults import Fault


@dataclass(frozen=True)
class Request:
    """One request as it came: ``body`` decoded from gzip, header names in lower case, ``port`` the client's end of the connection."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    port: int = 0


@dataclass
class Server:
    """The running service: settings may be changed at any time."""

    records: Records
    page_size: int = 0
    bare_tokens: bool = False
    bulk_endpoint: bool = True
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    asked: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    zips: dict[str, bytes] = field(default_factory=dict)

    def count(self, part: str) -> int:
        """How many requests had ``part`` in their path."""
        return sum(part in request.path for request in self.requests)

    def archive(self, ecosystem: str) -> bytes:
        """The zip of all records of an ecosystem, as the OSV service publishes it; the same bytes every time."""
        if ecosystem not in self.zips:
            self.zips[ecosystem] = _pack(self.records, ecosystem)
        return self.zips[ecosystem]


@contextlib.contextmanager
def serve(records: Path | Records, *, port: int = 0, page_size: int = 0) -> Iterator[Server]:
    """Serve a directory of OSV records (or ``Records``) on 127.0.0.1 until the block ends."""
    server = Server(records if isinstance(records, Records) else Records.load(records), page_size=page_size)
    http = _Http(("127.0.0.1", port), type("Bound", (_Handler,), {"state": server}))
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    state: Server

    def do_GET(self) -> None:
        self._handle(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._handle(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)

    def _handle(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.state.requests.append(Request(self.command, self.path, headers, body, self.client_address[1]))
        for fault in self.state.faults:
            if fault.takes(self.path):
                fault.send(self)
                return
        if self.path.endswith("/all.zip"):
            self._file(self.state.archive(unquote(self.path.split("/")[-2])))
            return
        try:
            self._json(200, _answer(self.state, self.command, unquote(self.path), body))
        except osv.Refused as refused:
            self._json(refused.status, refused.body)

    def _json(self, status: int, answer: Any) -> None:
        self._send(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _file(self, data: bytes) -> None:
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == tag:
            self._send(304, b"", {"ETag": tag})
            return
        wanted = self.headers.get("Range", "")
        if wanted and self.headers.get("If-Range", tag) == tag:
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            span = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
            self._send(206 if start < len(data) else 416, data[start:], {"ETag": tag, **span})
            return
        self._send(200, data, {"ETag": tag, "Accept-Ranges": "bytes"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        zipped = status == 200 and len(body) > 400 and "gzip" in self.headers.get("Accept-Encoding", "") and "ETag" not in headers
        payload = gzip.compress(body, 1) if zipped else body
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(payload))}.items():
            self.send_header(name, value)
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(payload)
        self.wfile.flush()

    def log_message(self, *args: Any) -> None:
        """Quiet: what was asked stands in ``Server.requests``."""


def _answer(state: Server, method: str, path: str, body: bytes) -> Any:
    path = path.partition("?")[0]
    if method == "POST":
        return _posted(state, path, json.loads(body))
    if path.startswith("/v1/vulns/"):
        return osv.vuln(state.records, path.removeprefix("/v1/vulns/"))
    name = path.strip("/")
    if name not in state.asked and not any(state.records.named("npm", name)):
        raise osv.Refused(404, 5, "Not found")
    return npm.packument(state.records, name, state.asked[name])


def _posted(state: Server, path: str, body: Any) -> Any:
    if path == "/v1/query":
        return osv.query(state.records, body)
    if path == "/v1/querybatch":
        return osv.querybatch(state.records, body, state.page_size, bare_tokens=state.bare_tokens)
    if path.endswith("/security/advisories/bulk") and state.bulk_endpoint:
        for name, versions in body.items():
            state.asked[name].update(versions)
        return npm.bulk(state.records, body)
    if path.endswith(("/security/audits", "/security/audits/quick")):
        return npm.audits(state.records, body)
    raise osv.Refused(404, 5, "Not found")


def _pack(records: Records, ecosystem: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for identity, record in sorted(records.by_id.items()):
            if any(a["package"]["ecosystem"] == ecosystem for a in record.get("affected") or []):
                pack.writestr(zipfile.ZipInfo(f"{identity}.json", (2024, 1, 1, 0, 0, 0)), json.dumps(record), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
