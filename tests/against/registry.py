"""A loopback npm registry of tiny packages: name -> version -> dependencies in, packuments and tarballs out."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

Packages = dict[str, dict[str, dict[str, str]]]


@contextlib.contextmanager
def serve(packages: Packages) -> Iterator[str]:
    """The base URL of the registry until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = _answer(packages, unquote(self.path.partition("?")[0]).strip("/"), url)
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _answer(packages: Packages, path: str, url: str) -> bytes:
    name, dash, file = path.partition("/-/")
    if name not in packages:
        return b""
    if dash:
        version = file.removeprefix(f"{name}-").removesuffix(".tgz")
        return _tarball(name, version, packages[name][version])
    versions = {version: _manifest(name, version, needs) | _dist(name, version, needs, url) for version, needs in packages[name].items()}
    last = list(packages[name])[-1]
    return json.dumps({"name": name, "dist-tags": {"latest": last}, "versions": versions, "time": {}}).encode()


def _manifest(name: str, version: str, needs: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "version": version, "dependencies": needs}


def _dist(name: str, version: str, needs: dict[str, str], url: str) -> dict[str, Any]:
    data = _tarball(name, version, needs)
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    shasum = hashlib.sha1(data).hexdigest()
    return {"dist": {"tarball": f"{url}/{name}/-/{name}-{version}.tgz", "integrity": integrity, "shasum": shasum}}


def _tarball(name: str, version: str, needs: dict[str, str]) -> bytes:
    text = json.dumps(_manifest(name, version, needs)).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as pack:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(text)
        pack.addfile(entry, io.BytesIO(text))
    return gzip.compress(buffer.getvalue(), mtime=0)
