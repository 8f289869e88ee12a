"""HTTPS on this machine, with a certificate that nobody signed but itself and that is made when it is needed: no key lies in the tree."""

from __future__ import annotations

import contextlib
import shutil
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWER = b'{"results": []}'


class Tls(NamedTuple):
    """The running server: ``certificate`` is what a client must trust, ``requests`` are the headers of what got through."""

    url: str
    certificate: Path
    requests: list[dict[str, str]]


@contextlib.contextmanager
def serve_tls(folder: Path, *names: str) -> Iterator[Tls]:
    """A server at 127.0.0.1 whose certificate is for ``names`` (``DNS:localhost``, ``IP:127.0.0.1``), its files in ``folder``."""
    requests: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    certificate, key = _made(folder, names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield Tls(f"https://127.0.0.1:{server.server_port}", certificate, requests)
        finally:
            server.shutdown()
            thread.join()


def _made(folder: Path, names: tuple[str, ...]) -> tuple[Path, Path]:
    """A certificate and its key, good for a day."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: there is no certificate to check")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    made = ("req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "1", "-subj", "/CN=test")
    places = ("-addext", f"subjectAltName={','.join(names)}", "-keyout", str(key), "-out", str(certificate))
    subprocess.run([openssl, *made, *places], check=True, capture_output=True)
    return certificate, key
