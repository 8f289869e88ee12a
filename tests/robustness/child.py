"""The program as its own process: arguments in; exit code, output, seconds, peak memory and (under strace) its system calls out."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
LAUNCHER = ROOT / "tests" / "bench" / "launch.py"
ADVISORIES = ROOT / "examples" / "advisories"
OFFLINE = ("--advisories", "offline", "--advisory-db", str(ADVISORIES))
CACHE = ROOT / ".cache" / "robustness"
MB = 1 << 20

_CALLS = (
    *("execve", "execveat", "connect", "bind", "sendto", "open", "openat", "openat2", "creat", "truncate", "mknod", "mknodat"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "link", "linkat", "symlink", "symlinkat"),
    *("chmod", "fchmodat", "chown", "lchown", "fchownat", "utimensat", "setxattr", "mount", "ptrace"),
    *("chdir", "clone", "clone3", "fork", "vfork"),
)
_LINE = re.compile(r"^(?P<pid>\d+) +(?P<call>\w+)\((?P<args>.*)\) += (?P<result>-?\d+|\?)")
_HALF = re.compile(r"^(?P<pid>\d+) +(?P<text>.*) <unfinished \.\.\.>$")
_REST = re.compile(r"^(?P<pid>\d+) +<\.\.\. \w+ resumed>(?P<text>.*)$")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_AT = re.compile(r"(?:\d+|AT_FDCWD)<([^>]*)>")
_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
_OPENING = frozenset({"open", "openat", "openat2"})
_ELSEWHERE = frozenset({"execve", "execveat", "connect", "bind", "sendto", "ptrace", "clone", "clone3", "fork", "vfork"})
_FORKING = frozenset({"clone", "clone3", "fork", "vfork"})


class _Call(NamedTuple):
    pid: str
    name: str
    args: str
    result: str

    @property
    def texts(self) -> list[str]:
        return [_plain(text) for text in _TEXT.findall(self.args)]


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a run ended: ``peak`` is the largest resident set of the process and its children in bytes."""

    code: int
    out: str
    err: str
    seconds: float
    peak: int

    @property
    def said(self) -> str:
        """Everything that was printed."""
        return self.out + self.err


@dataclass
class Trace:
    """System calls that succeeded: programs run (with their arguments), addresses connected to, paths opened, paths changed."""

    done: Done
    ran: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)


def environment(home: Path, **more: str) -> dict[str, str]:
    """A job's environment: nothing of the tester's but PATH; the compiled rules are kept from test to test."""
    home.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    own = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_CACHE_HOME": str(CACHE), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
    return {**own, **more}


def command(*args: str) -> list[str]:
    """The program as the image starts it (but for -E, which would take PYTHONDONTWRITEBYTECODE away)."""
    return [sys.executable, "-s", str(ROOT / "entrypoint.py"), *args]


def run(*args: str, cwd: Path, env: dict[str, str], limit_s: float = 60, before: tuple[str, ...] = ()) -> Done:
    """Run the program to its end; a run that hangs is killed and fails the test.

    A small launcher stands between, as a child's peak counts the size of the process that it was forked from.
    """
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile("r", encoding="ascii") as told:
        words = [sys.executable, "-I", "-S", str(LAUNCHER), told.name, *before, *command(*args)]
        process = subprocess.Popen(words, cwd=cwd, env=env, stdout=out, stderr=err, start_new_session=True)
        _wait(process, began + limit_s)
        out.seek(0)
        err.seek(0)
        texts = out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")
        code, _, _, peak = told.read().split()
    return Done(code=int(code), out=texts[0], err=texts[1], seconds=time.monotonic() - began, peak=int(peak))


def _wait(process: subprocess.Popen[bytes], end: float) -> None:
    try:
        process.wait(max(end - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        pytest.fail("the scan hangs")


def traced(*args: str, cwd: Path, env: dict[str, str], limit_s: float = 120) -> Trace:
    """The same under strace, children included; skips, loudly, where there is no strace."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed: apt-get install strace")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "calls"
        before = (strace, "-f", "-y", "--seccomp-bpf", "-v", "-s", "8192", "-e", f"trace={','.join(_CALLS)}", "-o", str(log))
        done = run(*args, cwd=cwd, env=env, limit_s=limit_s, before=before)
        if "ptrace" in done.err and "not permitted" in done.err:
            pytest.skip("strace may not trace here")
        return _read(done, log.read_text("utf-8", "backslashreplace"), cwd)


def _read(done: Done, log: str, cwd: Path) -> Trace:
    trace = Trace(done)
    calls = _calls(log)
    parents = {call.result: call.pid for call in calls if call.name in _FORKING}
    folders: dict[str, str] = {}
    for call in calls:
        folder = folders.setdefault(call.pid, folders.get(parents.get(call.pid, ""), str(cwd)))
        if call.result.startswith("-") and call.name != "connect":
            continue
        if call.name == "chdir":
            folders[call.pid] = os.path.join(folder, call.texts[0])
        else:
            _note(trace, call, folder)
    return trace


def _note(trace: Trace, call: _Call, folder: str) -> None:
    if at := _AT.match(call.args):
        folder = at[1]
    paths = {os.path.normpath(os.path.join(folder, text)) for text in call.texts}
    if call.name in ("execve", "execveat"):
        trace.ran.append(call.args)
    elif call.name == "connect":
        trace.connected.append(call.args)
    elif call.name in _OPENING and not _WRITING.search(call.args):
        trace.opened |= paths
    elif call.name not in _ELSEWHERE and "O_TMPFILE" not in call.args:  # a file without a name, gone with the process
        trace.changed |= paths


def _calls(log: str) -> list[_Call]:
    """Whole calls: two halves that another process came between are joined."""
    waiting: dict[str, str] = {}
    found = []
    for line in log.splitlines():
        if half := _HALF.match(line):
            waiting[half["pid"]] = half["text"]
            continue
        if rest := _REST.match(line):
            line = f"{rest['pid']} {waiting.pop(rest['pid'], '')}{rest['text']}"
        if whole := _LINE.match(line):
            found.append(_Call(whole["pid"], whole["call"], whole["args"], whole["result"]))
    return found


def _plain(text: str) -> str:
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1", "replace").decode("utf-8", "replace")
