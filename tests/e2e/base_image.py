"""The base image that the Dockerfile names, made on this machine: Debian by ``mmdebstrap``, plus what this machine's registries need."""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e import engine as engines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.engine import Engine

TAG = "debian:trixie-slim"
_SUITE = "trixie"
_RAW = "security-scan-e2e-raw"
_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "e2e"
_CA = "/usr/local/share/machine-ca.pem"
_CERTIFICATE_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_PIP_KEYS = ("index-url", "extra-index-url", "trusted-host", "proxy", "default-timeout", "timeout")
_APT_KEYS = ("Acquire::Check-Valid-Until", "Acquire::Check-Date", "Acquire::http::Proxy", "Acquire::https::Proxy")
_DOCKERFILE = f"""\
FROM {_RAW}
COPY machine-ca.pem {_CA}
COPY machine-ca.pem /etc/ssl/certs/ca-certificates.crt
COPY pip.conf /etc/pip.conf
COPY apt.conf /etc/apt/apt.conf.d/99machine
"""


@contextlib.contextmanager
def provided(engine: Engine) -> Iterator[None]:
    """``TAG`` exists for as long as the block lasts: somebody else's engine has or pulls its own, else one is made here."""
    if not engine.ours and (engine.attempt("image", "inspect", TAG).returncode == 0 or engine.attempt("pull", TAG).returncode == 0):
        yield
        return
    _make(engine)
    try:
        yield
    finally:
        if not engine.ours:  # ours goes as a whole
            engine.attempt("image", "rm", TAG, _RAW)


def _make(engine: Engine) -> None:
    engine.docker("import", "--change", 'CMD ["bash"]', str(_tarball()), _RAW)
    with tempfile.TemporaryDirectory(prefix=engines.PREFIX) as context:
        _write_context(Path(context))
        engine.docker("build", "--tag", TAG, context)


def _tarball() -> Path:
    """Debian's smallest variant, made once and kept in the project's cache."""
    kept = _CACHE / f"{_SUITE}.tar"
    if not kept.exists():
        engines.install("mmdebstrap", "mmdebstrap")
        _CACHE.mkdir(parents=True, exist_ok=True)
        part = _CACHE / f"{_SUITE}.{os.getpid()}.part.tar"
        done = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", _SUITE, part], capture_output=True, text=True, check=False)
        if done.returncode:
            part.unlink(missing_ok=True)
            raise engines.EngineError(f"mmdebstrap: exit {done.returncode}\n{done.stderr[-4000:]}")
        part.rename(kept)
    return kept


def _write_context(context: Path) -> None:
    (context / "Dockerfile").write_text(_DOCKERFILE)
    shutil.copyfile(_certificates(), context / "machine-ca.pem")
    (context / "pip.conf").write_text(_pip_configuration())
    (context / "apt.conf").write_text(_apt_configuration())


def _certificates() -> Path:
    named = [os.environ.get(variable) for variable in _CERTIFICATE_VARIABLES]
    candidates = [*named, ssl.get_default_verify_paths().cafile, "/etc/ssl/certs/ca-certificates.crt"]
    for candidate in candidates:
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    raise engines.EngineError("no bundle of CA certificates on this machine")


def _pip_configuration() -> str:
    """What this machine's pip is told about its index, without what only exists on this machine's disk."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    settings = {"cert": _CA}
    for key, _, value in (line.partition("=") for line in lines):
        words = [word for word in str(ast.literal_eval(value)).split() if not word.startswith("file:")]
        name = key.rsplit(".", 1)[-1]
        if name in _PIP_KEYS and words:
            settings[name] = " ".join(words)
    return "[global]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())


def _apt_configuration() -> str:
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout.splitlines()
    return "".join(f"{line}\n" for line in dump if line.split(" ", 1)[0] in _APT_KEYS)
