"""``python -m tests.bench.services DIRECTORY SECONDS``: advisory services and a package index on loopback, as far away as networks are."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import lockfiles
from tests.loopback.server import serve

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

PINS = 300


class Distance:
    """A fault that only takes its time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def takes(self, path: str) -> bool:
        """Wait; the answer is the service's own."""
        time.sleep(self._seconds)
        return False


class Index:
    """A folder's files, below their own paths: what ``pip`` asks for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def takes(self, path: str) -> bool:
        """Whether it is one of pip's."""
        return path.startswith("/simple/")

    def send(self, handler: BaseHTTPRequestHandler) -> None:
        """The file, or that there is none."""
        path = self._folder / handler.path.strip("/")
        file = path / "index.html" if path.is_dir() else path
        body = file.read_bytes() if file.is_file() else b""
        handler.send_response(200 if body else 404)
        handler.send_header("Content-Type", "text/html" if file.suffix == ".html" else "application/octet-stream")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        handler.wfile.flush()


if __name__ == "__main__":
    with serve(Path(sys.argv[1])) as server:
        away: Any = Distance(float(sys.argv[2]))
        pages: Any = Index(lockfiles.index(PINS))
        server.faults += [away, pages]
        print(server.url, flush=True)
        threading.Event().wait()
