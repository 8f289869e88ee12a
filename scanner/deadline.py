"""The end of a scan that does not end by itself: seconds in, the end of the process out; and what a cancelled job's signal becomes."""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GRACE_S = 60


@contextlib.contextmanager
def hard(seconds: float) -> Iterator[None]:
    """End the process (exit code 1, no report, never green) when the block has not ended ``GRACE_S`` after ``seconds``.

    Work that asks for the time ends before and says what it left out. This is for what cannot be asked: one call into a library that does
    not come back, which no exception and no signal handler of Python interrupts.
    """
    if sys.__stderr__ is None:
        yield
        return
    faulthandler.dump_traceback_later(seconds + GRACE_S, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def obey_cancellation() -> None:
    """Let SIGTERM end the program as Ctrl-C does: temporary files are removed, and the exit code says that the scan was not done.

    As the first process of a container, the program would not be ended by SIGTERM at all.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
