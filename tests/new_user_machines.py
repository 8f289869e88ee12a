"""Where a newcomer can sit: here with nothing of this machine's owner, or in a bare container; a script in, words and exit code out."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tests.e2e import base_image
from tests.e2e import engine as engines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.e2e.engine import Engine

KEPT = (
    *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "LANG"),
    *("PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST"),
)
NAME = "security-scan-newcomer"


class Machine(Protocol):
    """``home`` is the newcomer's folder on it; ``bare`` says that even what Debian packages is not there yet."""

    home: str
    bare: bool

    def run(self, script: str, *, cwd: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a script as ``sh -e``."""
        ...

    def bring(self, folder: Path, to: str) -> None:
        """Put a folder of this machine there."""
        ...


class Here(NamedTuple):
    """This machine with an empty HOME: of its owner's there is only the package index and the interpreter that runs this."""

    home: str
    bare: bool = False

    def run(self, script: str, *, cwd: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        for config in (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
            if config.is_file():
                kept.setdefault("PIP_CONFIG_FILE", str(config))
        path = f"{Path(sys.executable).resolve().parent}:/usr/local/bin:/usr/bin:/bin"
        env = {**kept, "HOME": self.home, "PATH": path, **environment}
        return subprocess.run(["sh", "-e", "-c", script], cwd=cwd, env=env, capture_output=True, text=True, check=False)

    def bring(self, folder: Path, to: str) -> None:
        subprocess.run(["cp", "-r", str(folder), to], check=True)


class Container(NamedTuple):
    """A container of Debian's slim image as it is made: no Python, no make, no git."""

    engine: Engine
    home: str = "/root"
    bare: bool = True

    def run(self, script: str, *, cwd: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        said = [f"--env={name}={value}" for name, value in environment.items()]
        return self.engine.attempt("exec", f"--workdir={cwd}", *said, NAME, "sh", "-e", "-c", script)

    def bring(self, folder: Path, to: str) -> None:
        self.engine.docker("cp", str(folder), f"{NAME}:{to}")
        self.engine.docker("exec", NAME, "chown", "-R", "root:root", to)


@contextlib.contextmanager
def container() -> Iterator[Container]:
    """A new container of the base image, on an engine that is there already or our own; gone when the block ends."""
    with engines.running_engine() as engine, base_image.provided(engine):
        engine.docker("run", "--detach", "--rm", "--network=host", f"--name={NAME}", base_image.TAG, "sleep", "infinity")
        try:
            yield Container(engine)
        finally:
            engine.attempt("rm", "--force", NAME)
