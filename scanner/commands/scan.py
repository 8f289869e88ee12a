"""``security-scan scan``: run the pipeline, write the reports, return the verdict's exit code."""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import TYPE_CHECKING, TextIO

from msgspec.structs import replace

from scanner import action, deadline, pipeline, review, settings
from scanner.commands._progress import bar
from scanner.commands.deliver import Wanted, deliver
from scanner.config_file import ConfigFile
from scanner.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.settings import Options


def run(options: Options, env: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    """Scan and report. Raises ConfigError; a report that cannot be written is said on ``err`` and never leaves the job green."""
    if not options.format and action.on_github(env):
        options = replace(options, format="github")
    try:
        return _scan(options, env, out, err)
    except ConfigError as error:
        named = os.path.normpath(os.path.join(options.path, error.subject))
        if error.line and os.path.isfile(named):  # a file of the scanned folder, which need not be the one where the program was started
            error.subject = named
        raise


def _scan(options: Options, env: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    started = time.monotonic()
    with deadline.hard(settings.timeout(options, ConfigFile())):  # the config file, which may say another, is read within
        looked_at = review.prepare(options, env, started)
        chosen = settings.build(options, env.get("npm_config_registry", ""), looked_at.document)
    end = started + chosen.timeout_s
    with deadline.hard(deadline.left(end)), bar(err, env, chosen.progress) as progress:
        world = pipeline.World(env=env, now=dt.datetime.now(dt.UTC), started=started, progress=progress)
        verdict = pipeline.run(chosen, looked_at, world)
    wanted = Wanted(format=chosen.format, outputs=chosen.outputs, detail=chosen.detail)
    with deadline.hard(deadline.left(end)):
        return deliver(verdict, wanted, looked_at.happened, env, out, err)
