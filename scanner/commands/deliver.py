"""A verdict and what is wanted of it in; report files, the log, GitHub's outputs, summary and comment written; the exit code out."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct
from msgspec.structs import replace

from scanner import action, output, reporters, streams
from scanner.errors import OutputError
from scanner.policy import CLEAN, INCOMPLETE
from scanner.reporters import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scanner.event import Event
    from scanner.models import Verdict


COMMENT_S = 30.0
"""Seconds for the comment: half of what is left to a scan whose time is up, so that a slow API does not cost the job its verdict."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What goes to stdout in which detail (-1, 0, 1), and the files to write as ``(format, path)``."""

    format: str
    outputs: tuple[tuple[str, str], ...] = ()
    detail: int = 0


def deliver(verdict: Verdict, wanted: Wanted, happened: Event, env: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    """Tell everyone. A report that cannot be written is said on ``err`` and never leaves the job green."""
    written, failures = _write_files(verdict, wanted)
    failures += _tell_github(verdict, written, env)
    try:
        text = _rendered(wanted.format, verdict, _style(out, env, wanted.detail))
    except OutputError as error:
        failures.append(error)
        text = f"security-scan: {verdict.outcome.value}, {len(verdict.blocking)} blocking, {len(verdict.problems)} not checked\n"
    marked = wanted.format == "github"
    failures += streams.unwritten(text + (_annotated("error", "not written", failures) if marked else ""), out)
    uncommented = _comment(verdict, happened, env)
    streams.unwritten(_annotated("notice", "pull request comment", uncommented) if marked else "", out)
    streams.unwritten("".join(f"security-scan: {action.line(str(said), env)}\n" for said in (*failures, *uncommented)), err)
    return INCOMPLETE if failures and verdict.exit_code == CLEAN else verdict.exit_code


def _write_files(verdict: Verdict, wanted: Wanted) -> tuple[dict[str, str], list[OutputError]]:
    """The files that are there now, by format, and why the others are not."""
    written: dict[str, str] = {}
    failures: list[OutputError] = []
    for form, path in wanted.outputs:
        try:
            output.write(path, _rendered(form, verdict, Style(detail=1)), inside=os.getcwd())
            written[form] = path
        except OutputError as error:
            failures.append(error)
    return written, failures


def _tell_github(verdict: Verdict, written: Mapping[str, str], env: Mapping[str, str]) -> Iterable[OutputError]:
    if not action.on_github(env):
        return
    try:
        action.write_outputs(env, verdict, written)
    except OutputError as error:
        yield error
    try:
        if action.wants_summary(env):
            action.write_summary(env, _rendered("markdown", verdict, Style()))
    except OutputError as error:
        yield error


def _annotated(level: str, title: str, said: Iterable[object]) -> str:
    from scanner.reporters._annotations import Annotation, command

    return "".join(f"{command(Annotation(level=level, title=title, message=str(one)))}\n" for one in said)


def _rendered(form: str, verdict: Verdict, style: Style) -> str:
    """The report. Raises OutputError where a reporter fails, whatever it raises: a verdict is never lost with one of its reports."""
    if verdict.share and form != "json":  # what an entry accepts may be in another shard: ``merge`` reads the JSON and knows
        verdict = replace(verdict, stale=())
    try:
        return reporters.reporter(form).render(verdict, style)
    except Exception as error:  # noqa: BLE001 -- the unit of work ends here; the exception's own words may quote the scanned files
        reason = f"cannot be made ({type(error).__name__})"
        raise OutputError(reason, subject=f"the {form} report", hint="please report this; the verdict stands") from None


def _comment(verdict: Verdict, happened: Event, env: Mapping[str, str]) -> list[str]:
    """Keep the pull request's comment where the action is asked to; what goes wrong is said and changes nothing. A shard keeps none."""
    if not action.wants_comment(env) or not happened.pull_request or verdict.share:
        return []
    from scanner import comment
    from scanner.fetch import Limits, Session

    thread = comment.Thread(
        api_url=env.get("GITHUB_API_URL", "https://api.github.com"), repository=happened.repository, number=happened.pull_request,
        token=env.get("INPUT_TOKEN", ""),
    )
    notice = comment.keep(Session(Limits(deadline=time.monotonic() + COMMENT_S)), thread, verdict)
    return [f"{notice.subject}: {notice.reason}"] if notice else []


def _style(out: TextIO, env: Mapping[str, str], detail: int) -> Style:
    terminal = out.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if terminal else 100
    return Style(width=width, color=terminal and not env.get("NO_COLOR") and env.get("TERM") != "dumb", detail=detail)
