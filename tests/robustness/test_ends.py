"""However the process that scans ends, the program ends with a documented exit code, one clear line and outputs that say it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner import unfinished
from scanner.deadline import End
from tests.robustness import child

Count = Callable[..., None]
DRIVER = """
import collections, ctypes, itertools, os, resource, signal, sys
sys.path.insert(0, {root!r})
from scanner import deadline, pipeline, review
from scanner.commands import scan
deadline.GRACE_S, deadline.PATIENCE_S = 0.5, 0.5

def instead(*_):
    os.write(2, b"started\\n")
    {call}

{place} = instead
from scanner.__main__ import main
sys.exit(main())
"""
ENDS = {
    "a native call that keeps the interpreter's lock": ("collections.deque(itertools.repeat(0), maxlen=0)", "a minute after its timeout"),
    "a native call that lets go of the lock": ("ctypes.CDLL(None).sleep(1000)", "a minute after its timeout"),
    "killed by the kernel": ("os.kill(os.getpid(), signal.SIGKILL)", "killed from outside"),
    "a library that crashes": ("resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); ctypes.string_at(0)", "SIGSEGV"),
    "a library that gives up": ("resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()", "SIGABRT"),
    "a library that exits": ("os._exit(77)", "exit code 77"),
}


def started(tmp_path: Path, call: str, *args: str, place: str = "pipeline.run") -> subprocess.Popen[str]:
    """A scan with ``call`` in place of its work, on GitHub."""
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "a.py").write_text("x = 1\n")
    (tmp_path / "driver.py").write_text(DRIVER.format(root=str(child.ROOT), call=call, place=place))
    env = child.environment(tmp_path / "home", GITHUB_ACTIONS="true", GITHUB_OUTPUT=str(tmp_path / "outputs"))
    return subprocess.Popen(
        [sys.executable, "-s", str(tmp_path / "driver.py"), ".", *args], cwd=tmp_path / "repo", env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_what_cannot_speak_is_spoken_for(tmp_path: Path, name: str, count: Count) -> None:
    call, said = ENDS[name]
    process = started(tmp_path, call, "--timeout", "1")
    out, err = process.communicate(timeout=20)
    assert process.returncode == 3
    lines = err.removeprefix("started\n").splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("security-scan: the scan ")
    assert said in lines[0]
    assert out.startswith("::error title=incomplete::")
    assert len(out.splitlines()) == 1
    outputs = (tmp_path / "outputs").read_text().splitlines()
    assert outputs[0].startswith("verdict<<")
    assert outputs[1] == "incomplete"
    count("processes lost")


@pytest.mark.parametrize("place", ["review.prepare", "scan.deliver"])
def test_what_comes_before_and_after_the_scan_is_watched_too(tmp_path: Path, place: str) -> None:
    process = started(tmp_path, "ctypes.CDLL(None).sleep(1000)", "--timeout", "1", "--only", "secrets", place=place)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 3
    assert "a minute after its timeout" in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_cancelled_job_ends_though_a_library_does_not_listen(tmp_path: Path, number: signal.Signals, count: Count) -> None:
    process = started(tmp_path, ENDS["a native call that keeps the interpreter's lock"][0])
    assert process.stderr is not None
    assert process.stderr.readline() == "started\n"
    began = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert process.returncode == 3
    assert err.strip() == "security-scan: the scan was stopped before it was done"  # below the line on which ^C stands
    count("processes lost")


def test_nothing_goes_on_when_the_one_that_waits_is_killed(tmp_path: Path, count: Count) -> None:
    process = started(tmp_path, "ctypes.CDLL(None).sleep(1000)")
    assert process.stderr is not None
    assert process.stderr.readline() == "started\n"
    process.kill()
    process.communicate(timeout=20)  # the pipes close: the other process is gone too
    assert process.returncode == -signal.SIGKILL
    count("processes lost")


def test_a_machine_without_room_for_a_second_process_scans_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "driver.py").write_text(
        f"import os, sys\nsys.path.insert(0, {str(child.ROOT)!r})\n"
        "def fork():\n    raise BlockingIOError('no room')\n"
        "os.fork = fork\nfrom scanner.__main__ import main\nsys.exit(main())\n"
    )
    words = [sys.executable, "-s", str(tmp_path / "driver.py"), "--version"]
    done = subprocess.run(words, env=child.environment(tmp_path / "home"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("security-scan ")


def test_every_signal_has_its_words() -> None:
    for number in signal.valid_signals() - set(range(signal.SIGRTMIN, signal.SIGRTMAX + 1)):
        said = unfinished.cause(End(-number, asked=False))
        assert said.reason.startswith("the scan ")
        assert said.hint
        assert unfinished.cause(End(-number, asked=True)).reason == "the scan was stopped before it was done"
