"""The end of a scan that does not end by itself: seconds in, the end of its process out, and another process that says so."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

GRACE_S = 60
PATIENCE_S = 5


class End(NamedTuple):
    """How the process that scanned ended: its exit code, or the negative number of the signal that ended it; whether that was asked for."""

    code: int
    asked: bool


@contextlib.contextmanager
def hard(seconds: float) -> Iterator[None]:
    """End the process (SIGALRM, no report, never green) when the block has not ended ``GRACE_S`` after ``seconds``.

    Work that asks for the time ends before and says what it left out. This is for what cannot be asked: one call into a library that does
    not come back, which no exception, no thread and no signal handler of Python interrupts: the kernel keeps the time. The process that
    waits (``watched``) keeps none: what runs outside of such a block may last for ever.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def left(end: float) -> float:
    """Seconds until ``end`` (monotonic); 0 where that is past."""
    return max(end - time.monotonic(), 0.0)


def obey_cancellation() -> None:
    """Let SIGTERM end the program as Ctrl-C does: temporary files are removed, and the exit code says that the scan was not done.

    As the first process of a container, the program would not be ended by SIGTERM at all.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def watched() -> End | None:
    """None in a new process, which is to scan. This one waits for it, hands signals on to it, and ends with its exit code (0 to 3).

    Returns only where the other process ended in no such way: killed by the kernel for want of memory, by its own clock, by a library that
    crashes. Somebody who is still there can then say so, with the exit code that is documented for it.
    """
    if sys.platform != "linux":
        return None
    heard = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, heard)  # what comes meanwhile waits
    here = os.getpid()
    child, reading = _parted()
    if child > 0:
        return _passed_on(_wait(child, heard))
    if child == 0:
        _end_with(here, reading)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return None


def _parted() -> tuple[int, int]:
    """Fork: the new process's id (0 within it, -1 where there is no room for one) and, there, the end of a pipe that closes with us."""
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:  # then nobody watches
        child = -1
    if child <= 0:
        os.close(writing)
    if child != 0:
        os.close(reading)
    return child, reading


def _passed_on(end: End) -> End:
    if 0 <= end.code <= 3:
        os._exit(end.code)
    return end


def _wait(child: int, heard: set[signal.Signals]) -> End:
    """Until ``child`` has ended. Who is asked to stop and does not within ``PATIENCE_S`` is ended; Ctrl-C it has heard of by itself."""
    asked = False
    while True:
        told = signal.sigtimedwait(heard, PATIENCE_S) if asked else signal.sigwaitinfo(heard)
        if told is None:
            os.kill(child, signal.SIGKILL)
        elif told.si_signo != signal.SIGCHLD:
            asked = True
            if told.si_code <= 0:  # sent by a process, not by the terminal to everyone in front of it
                os.kill(child, told.si_signo)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return End(os.waitstatus_to_exitcode(status), asked)


def _end_with(parent: int, reading: int) -> None:
    """Have the kernel end this process (SIGIO) when the other end of the pipe closes: with the process that waits, whatever ended that."""
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(reading, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_RDONLY)
    if os.getppid() != parent:  # it closed already
        os._exit(3)
