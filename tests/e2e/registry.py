"""A real container registry on loopback, Debian's, gone with the block."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING

from tests.e2e import engine as engines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START_SECONDS = 20
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class Registry:
    """``address`` is ``127.0.0.1:PORT``, which every engine takes for a registry that needs no TLS."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"

    def digest(self, repository: str, reference: str) -> str:
        """The digest of a manifest by its tag or by itself; empty for one that is not there."""
        connection = http.client.HTTPConnection(self.address, timeout=10)
        with contextlib.closing(connection):
            connection.request("HEAD", f"/v2/{repository}/manifests/{reference}", headers={"Accept": _MANIFEST})
            answer = connection.getresponse()
            return answer.getheader("Docker-Content-Digest", "") if answer.status == 200 else ""

    def push(self, engine: engines.Engine, image: str, repository: str) -> str:
        """Put a local image there; its digest."""
        target = f"{self.address}/{repository}:latest"
        engine.docker("tag", image, target)
        engine.docker("push", "--quiet", target)
        engine.docker("image", "rm", target)
        return self.digest(repository, "latest")


    def forget(self, engine: engines.Engine) -> None:
        """Take what came from here out of somebody else's engine; ours goes as a whole."""
        if not engine.ours:
            held = engine.docker("image", "ls", "--quiet", f"--filter=reference={self.address}/*", f"--filter=reference={self.address}/*/*")
            if held:
                engine.attempt("image", "rm", "--force", *held.split())


def obtainable() -> bool:
    """Whether it is there, or this user may install it."""
    return shutil.which("docker-registry") is not None or (os.geteuid() == 0 and shutil.which("apt-get") is not None)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Registry]:
    """With its blobs below ``folder``."""
    engines.install("docker-registry", "docker-registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir()
    settings = {"version": 0.1, "storage": {"filesystem": {"rootdirectory": str(folder)}}, "http": {"addr": f"127.0.0.1:{port}"}}
    (folder / "config.yml").write_text(json.dumps(settings))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", str(folder / "config.yml")], stdout=log, stderr=log)
    try:
        _wait(port, folder / "log")
        yield Registry(port)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise engines.EngineError(f"docker-registry does not start:\n{log.read_text()[-2000:]}")
