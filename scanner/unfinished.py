"""A scan that came to no verdict: why, in; one line for the log, an annotation, the step's outputs and summary, out."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, TextIO

from scanner import __version__, action, streams
from scanner.errors import OutputError, ScannerError
from scanner.policy import INCOMPLETE
from scanner.reporters import _escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.deadline import End


def say(title: str, error: ScannerError, code: int, env: Mapping[str, str], out: TextIO, err: TextIO) -> None:
    """One line on ``err``; on GitHub also an annotation, a summary and, where nothing was decided, outputs that say ``incomplete``.

    What cannot be written is left: the exit code says it, too.
    """
    from scanner import redaction

    said = str(error) if type(error) is ScannerError else redaction.text(str(error))  # ours quote nothing, and memory may be short
    streams.unwritten(f"security-scan: {action.line(said, env)}\n", err)
    if not action.on_github(env):
        streams.unwritten("", out)
        return
    streams.unwritten(f"::error {_place(error, env)}title={_escape.property_value(title)}::{_escape.data(said)}\n", out)
    try:
        _leave_word(code, said, env)
    except OutputError as failed:
        streams.unwritten(f"security-scan: {action.line(str(failed), env)}\n", err)


def _place(error: ScannerError, env: Mapping[str, str]) -> str:
    """``file`` and ``line`` where the error is about a file, by its path in the repository."""
    if not error.line or not os.path.isfile(error.subject):
        return ""
    from scanner import checkout
    from scanner.names import display

    folder, name = os.path.split(error.subject)
    path = checkout.prefix(folder or ".", env.get("GITHUB_WORKSPACE") or os.getcwd()) + display(name)
    return f"file={_escape.property_value(path)},line={error.line},"


def cause(end: End) -> ScannerError:
    """What ended the process that scanned, in words, and what to do about it."""
    if end.asked:
        return ScannerError("the scan was stopped before it was done")
    if end.code == -signal.SIGALRM:
        said = "the scan was still busy a minute after its timeout, and was ended"
        return ScannerError(said, hint="please report this; --only and exclude show what keeps it")
    if end.code == -signal.SIGKILL:
        hint = "mostly for want of memory: give the job more, or use fewer --jobs"
        return ScannerError("the scan was killed from outside before it was done", hint=hint)
    by = signal.Signals(-end.code).name if end.code < 0 else f"exit code {end.code}"
    return ScannerError(f"the scan did not finish: {by}", hint="please report this; the job is not green")


def bug(error: Exception) -> ScannerError:
    """Where a bug struck, without the exception's own words: they may quote the scanned files."""
    import traceback

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "scanner" in frame.filename]
    where = ", ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in frames[-4:])
    return ScannerError(f"the scan did not finish: {type(error).__name__} at {where}", hint="please report this; the job is not green")


def _leave_word(code: int, said: str, env: Mapping[str, str]) -> None:
    """The step's outputs and its summary."""
    from scanner.models import Outcome, Run, Verdict
    from scanner.reporters import _gfm

    if action.wants_summary(env):
        what = "⚠️ Security scan incomplete" if code == INCOMPLETE else "❌ Security scan did not start"
        action.write_summary(env, f"## {what}: {_gfm.text(said)}\n")
    if code == INCOMPLETE:
        action.write_outputs(env, Verdict(outcome=Outcome.INCOMPLETE, exit_code=INCOMPLETE, run=Run(version=__version__, target="")), {})
