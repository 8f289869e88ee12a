"""``security-scan scan``: run the pipeline, write the reports, return the verdict's exit code."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from typing import TYPE_CHECKING, TextIO

from msgspec.structs import replace

from scanner import action, output, pipeline, reporters, review, settings
from scanner.errors import OutputError
from scanner.policy import CLEAN, INCOMPLETE
from scanner.reporters import Style
from scanner.reporters._escape import log_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.event import Event
    from scanner.models import Verdict
    from scanner.settings import Options, Settings


def run(options: Options, env: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    """Scan and report. Raises ConfigError; a report that cannot be written is said on ``err`` and never leaves the job green."""
    if not options.format and action.on_github(env):
        options = replace(options, format="github")
    world = pipeline.World(env=env, now=dt.datetime.now(dt.UTC), started=time.monotonic())
    looked_at = review.prepare(options, env)
    chosen = settings.build(options, env.get("npm_config_registry", ""), looked_at.document)
    verdict = pipeline.run(chosen, looked_at, world)
    failures = list(_write_files(verdict, chosen)) + list(_tell_github(verdict, chosen, env))
    out.write(reporters.reporter(chosen.format).render(verdict, _style(out, env, chosen)))
    for said in (*failures, *_comment(verdict, looked_at.happened, env)):
        err.write(f"security-scan: {log_line(str(said))}\n")
    return INCOMPLETE if failures and verdict.exit_code == CLEAN else verdict.exit_code


def _write_files(verdict: Verdict, chosen: Settings) -> list[OutputError]:
    failures = []
    for form, path in chosen.outputs:
        try:
            text = reporters.reporter(form).render(verdict, Style(detail=1))
            output.write(path, text, inside=os.getcwd())
        except OutputError as error:
            failures.append(error)
    return failures


def _tell_github(verdict: Verdict, chosen: Settings, env: Mapping[str, str]) -> list[OutputError]:
    if not action.on_github(env):
        return []
    failures = []
    try:
        action.write_outputs(env, verdict, dict(chosen.outputs))
        if action.wants_summary(env):
            action.write_summary(env, reporters.reporter("markdown").render(verdict, Style()))
    except OutputError as error:
        failures.append(error)
    return failures


def _comment(verdict: Verdict, happened: Event, env: Mapping[str, str]) -> list[str]:
    """Keep the pull request's comment where the action is asked to; what goes wrong is said and changes nothing."""
    if not action.wants_comment(env) or not happened.pull_request:
        return []
    from scanner import comment
    from scanner.fetch import Session

    thread = comment.Thread(
        api_url=env.get("GITHUB_API_URL", "https://api.github.com"), repository=happened.repository, number=happened.pull_request,
        token=env.get("INPUT_TOKEN", ""),
    )
    notice = comment.keep(Session(), thread, verdict)
    return [f"{notice.subject}: {notice.reason}"] if notice else []


def _style(out: TextIO, env: Mapping[str, str], chosen: Settings) -> Style:
    terminal = out.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if terminal else 100
    return Style(width=width, color=terminal and not env.get("NO_COLOR") and env.get("TERM") != "dumb", detail=chosen.detail)
