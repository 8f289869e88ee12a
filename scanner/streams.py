"""Standard output and error, which may be full, closed or not there at all: text in, why it could not be written out."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from typing import TextIO, cast

from scanner.errors import OutputError

THE_LOG = "the log"


class _Absent(io.TextIOBase):
    """In place of a stream that was closed before the program began (``>&-``): nothing that is said there is ever taken for said."""

    def write(self, _: str, /) -> int:
        raise OutputError("cannot be written: it is closed", subject=THE_LOG)

    def flush(self) -> None:
        self.write("")


def ready(stream: TextIO | None) -> TextIO:
    """The stream, made to write any text whatever the locale says; where there is none, one that takes nothing."""
    if stream is None:
        return cast("TextIO", _Absent())
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def unwritten(text: str, stream: TextIO) -> list[OutputError]:
    """Write, now; at most one error: why that cannot be. What then stays in the stream's buffer is not tried again at the program's end."""
    try:
        stream.write(text)
        stream.flush()
    except (OutputError, OSError, ValueError) as error:
        _forget(stream)
        return [error if isinstance(error, OutputError) else OutputError(f"cannot be written: {_why(error)}", subject=THE_LOG)]
    return []


def _why(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or "it is closed"


def _forget(stream: TextIO) -> None:
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
