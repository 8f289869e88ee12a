"""Commands in; wall time, processor time and peak memory of the whole process tree out, taken by turns."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Contender:
    """A command and how to read its output: ``codes`` are the exit codes of a finished run, ``count`` says how many findings it printed."""

    name: str
    command: tuple[str, ...]
    cwd: Path
    env: dict[str, str]
    codes: tuple[int, ...] = (0,)
    count: Callable[[bytes], int] | None = None
    report: Path | None = None


@dataclass(frozen=True)
class Run:
    """Seconds and bytes of one run; ``peak`` is that of the largest process of the tree."""

    wall: float
    cpu: float
    peak: int
    output: bytes = b""


@dataclass
class Series:
    """The runs of one contender. ``total`` is the peak of the whole tree, shared pages counted once; 0 where it was not sampled."""

    name: str
    runs: list[Run] = field(default_factory=list)
    findings: int | None = None
    total: int = 0

    @property
    def wall(self) -> float:
        """Median seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """Median seconds of processor time, all processes together."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def peak(self) -> int:
        """Median of the largest process, in bytes."""
        return int(statistics.median(run.peak for run in self.runs))


def alternate(contenders: Sequence[Contender], rounds: int, *, folder: Path | None = None, sample: bool = False) -> list[Series]:
    """Each contender once to warm caches up, then ``rounds`` times by turns; ``sample`` adds a run of each that watches its memory.

    What is in ``folder`` is read before each of these runs: while another contender runs for a minute, some kernels forget it.
    """
    series = [Series(one.name) for one in contenders]
    for one, found in zip(contenders, series, strict=True):
        warm = once(one)
        found.findings = one.count(one.report.read_bytes() if one.report else warm.output) if one.count else None
    for _ in range(rounds):
        for one, found in zip(contenders, series, strict=True):
            if folder:
                subprocess.run(["find", str(folder), "-type", "f", "-exec", "cat", "{}", "+"], stdout=subprocess.DEVNULL, check=True)
            run = once(one)
            found.runs.append(Run(run.wall, run.cpu, run.peak))
    if sample:
        for one, found in zip(contenders, series, strict=True):
            found.total = watched(one)
    return series


def once(one: Contender) -> Run:
    """Run to the end. Raises RuntimeError where the command did not finish as it should: a broken run has no time."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile("r") as told:
        command = [sys.executable, "-I", "-S", str(_LAUNCH), told.name, *one.command]
        subprocess.run(command, cwd=one.cwd, env=one.env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=True)
        code, wall, cpu, peak = told.read().split()
        out.seek(0)
        output = out.read()
        if int(code) not in one.codes:
            err.seek(0)
            raise RuntimeError(f"{one.name} ended with {code}: {err.read()[-800:].decode(errors='replace')}")
    return Run(float(wall), float(cpu), int(peak), output)


def watched(one: Contender) -> int:
    """The highest proportional set size of the process tree, sampled some fifty times a second while it runs once more."""
    highest = 0
    process = subprocess.Popen(
        one.command, cwd=one.cwd, env=one.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    done = threading.Event()
    threading.Thread(target=lambda: (process.wait(), done.set()), daemon=True).start()
    while not done.wait(0.02):
        highest = max(highest, sum(map(_share, _tree(process.pid))))
    return highest


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _share(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
