"""A Python package index (PEP 503) on loopback, and the package managers that lock from it, each in an environment of its own."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.conftest import ROOT
from tests.unit.dependencies.test_resolve import wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSIONS = {
    "poetry": ("poetry==2.5.1",),
    "pdm": ("pdm==2.26.4", "hishel==1.0.0", "unearth==0.18.3"),  # later ones of the two have another form
    "pipenv": ("pipenv==2026.10.3",),
}


class Index(NamedTuple):
    """Wheels in a folder, and the address they are served at."""

    folder: Path
    url: str

    def publish(self, name: str, version: str, requires: str = "") -> None:
        """Put the smallest wheel there is into the index."""
        home = self.folder / "simple" / name
        home.mkdir(parents=True, exist_ok=True)
        wheel(home, name, version, requires)
        links = (f'<a href="{one.name}#sha256={hashlib.sha256(one.read_bytes()).hexdigest()}">{one.name}</a>' for one in home.glob("*.whl"))
        (home / "index.html").write_text(f"<!doctype html><html><body>{'<br>'.join(links)}</body></html>")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Quiet."""


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Index]:
    """An empty index until the block ends."""
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield Index(folder, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


def installed(name: str) -> Path:
    """A package manager in its pinned version, put into ``.cache`` by the first process that asks."""
    folder = ROOT / ".cache" / name
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "bin" / name
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.is_file():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            python = str(folder / "bin" / "python")
            subprocess.run([python, "-m", "pip", "install", "-q", *VERSIONS[name]], check=True)
    return program
