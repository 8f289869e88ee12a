"""A container engine: the one that answers already, else a ``dockerd`` of our own on its own socket, gone again afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "security-scan-e2e-"
_STORAGE_DRIVERS = ("overlay2", "vfs")  # vfs works everywhere and copies every layer; overlay2 is several times faster where it works
_START_SECONDS = 60
_STOP_SECONDS = 30


class EngineError(RuntimeError):
    """The engine, or a command given to it, failed; the text holds what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """``host`` is the value of DOCKER_HOST; ``ours`` says whether we started it (and may overwrite its images)."""

    host: str
    ours: bool

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DOCKER_HOST": self.host, "DOCKER_BUILDKIT": "0"}

    def docker(self, *arguments: str) -> str:
        """Standard output of ``docker ARGUMENTS``; raises EngineError with what it said when it fails."""
        done = self.attempt(*arguments)
        if done.returncode:
            raise EngineError(f"docker {' '.join(arguments)}: exit {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``docker ARGUMENTS``, whatever its exit code."""
        return subprocess.run(["docker", *arguments], env=self.environment, capture_output=True, text=True, check=False)


def reachable() -> Engine | None:
    """The engine that DOCKER_HOST, or the default socket, leads to."""
    if shutil.which("docker") is None:
        return None
    engine = Engine(host=os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"), ours=False)
    return engine if _answers(engine) else None


def startable() -> bool:
    """Whether this user could start an engine here: root, with ``dockerd`` or the means to install it."""
    return os.geteuid() == 0 and any(shutil.which(program) for program in ("dockerd", "apt-get"))


@contextlib.contextmanager
def running_engine() -> Iterator[Engine]:
    """The engine that answers already, or our own for as long as the block lasts."""
    existing = reachable()
    if existing:
        yield existing
        return
    install("docker.io", "dockerd")
    if shutil.which("docker") is None:  # newer Debian packages the client on its own
        install("docker-cli", "docker")
    sweep()
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    (root / "owner").write_text(str(os.getpid()))
    try:
        with _daemon(root):
            yield _ours(root)
    finally:
        _clear(root)


def install(package: str, program: str) -> None:
    """Debian's ``package``, where ``program`` is missing."""
    if shutil.which(program):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
        done = subprocess.run(["apt-get", "-q", *command], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EngineError(f"apt-get {' '.join(command)}: exit {done.returncode}\n{done.stderr[-4000:]}")


def sweep() -> None:
    """Remove what an earlier run of ours left behind because it was killed."""
    for root in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = root / "owner"
        if owner.exists() and not Path("/proc", owner.read_text()).exists():
            _clear(root)


def _ours(root: Path) -> Engine:
    return Engine(host=f"unix://{root}/docker.sock", ours=True)


@contextlib.contextmanager
def _daemon(root: Path) -> Iterator[None]:
    """A daemon that answers, with the best storage driver that works here."""
    for driver in _STORAGE_DRIVERS:
        with _launch(root, driver) as daemon:
            try:
                if _wait_for(_ours(root), daemon):
                    yield
                    return
            finally:
                _end_processes(root)
    raise EngineError(f"dockerd does not start:\n{(root / 'log').read_text()[-4000:]}")


def _launch(root: Path, driver: str) -> subprocess.Popen[bytes]:
    command = ["dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none", f"--storage-driver={driver}"]
    command += [f"--data-root={root}/data", f"--exec-root={root}/exec", f"--pidfile={root}/pid", f"--host=unix://{root}/docker.sock"]
    with (root / "log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)


def _wait_for(engine: Engine, daemon: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and daemon.poll() is None:
        if _answers(engine):
            return True
        time.sleep(0.2)
    return False


def _answers(engine: Engine) -> bool:
    return engine.attempt("version", "--format", "{{.Server.Version}}").returncode == 0


def _clear(root: Path) -> None:
    _end_processes(root)
    _unmount(root)
    shutil.rmtree(root)


def _end_processes(root: Path) -> None:
    """Containers first (their shims outlive the daemon), then the daemon, then whatever is left of it."""
    containers = _ours(root).attempt("ps", "--all", "--quiet").stdout.split()
    if containers:
        _ours(root).attempt("rm", "--force", *containers)
    _signal(_processes_of(root), signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while _processes_of(root) and time.monotonic() < deadline:
        time.sleep(0.1)
    _signal(_processes_of(root), signal.SIGKILL)


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def _processes_of(root: Path) -> list[int]:
    """The daemon, its containerd and shims: whatever has our private directory among its arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{root}/".encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return [process for process in found if process != os.getpid()]


def _unmount(root: Path) -> None:
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for mount in reversed([mount for mount in mounts if mount.startswith(f"{root}/")]):
        subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True)
