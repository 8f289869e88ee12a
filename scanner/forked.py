"""A function in, a process that runs nothing else out: its id, and a pipe to what it writes."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def forked(serve: Callable[[int], None]) -> tuple[int, int]:
    """A process that does ``serve(writing end of a pipe)`` and ends with 0, with 1 where that raised: its id, and the reading end.

    Raises OSError where there is no room for one.
    """
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)  # so that writing ends, by SIGPIPE, when nobody listens any more
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        serve(writing)
        code = 0
    finally:
        os._exit(code)


def heard(child: int, answer: int) -> bytes | None:
    """All that such a process writes, when it has ended; None where it did not come to its end with 0, or that cannot be known."""
    try:
        with open(answer, "rb") as stream:
            said = stream.read()
        return None if os.waitpid(child, 0)[1] else said
    except OSError:  # somebody else has waited for it
        return None
