"""``security-scan merge``: the JSON reports of all shards in, the report of one machine and its exit code out."""

from __future__ import annotations

from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scanner import __version__, action, event, merging, redaction, reporters, words
from scanner.commands.deliver import Wanted, deliver
from scanner.errors import ConfigError, ParseError
from scanner.reporters import json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scanner.settings import Options


def run(reports: Sequence[str], options: Options, env: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    """Merge and report as ``scan`` does; of ``options`` only format, outputs and detail count. Raises ConfigError."""
    wanted = Wanted(
        format=words.one_of("format", options.format, tuple(reporters.formats()), "github" if action.on_github(env) else "console"),
        outputs=tuple(map(words.output, options.outputs)), detail=options.detail,
    )  # fmt: skip
    verdict = redaction.verdict(merging.merge([_shard(name) for name in reports]))
    return deliver(verdict, wanted, event.read(env), env, out, err)


def named(patterns: str) -> tuple[str, ...]:
    """The reports that the ``merge`` input names: paths and globs, apart by blanks. Raises ConfigError where one names nothing."""
    found: dict[str, None] = {}
    for pattern in patterns.split():
        names = sorted(glob(pattern, recursive=True))
        if not names:
            raise ConfigError(f"merge: no report at {pattern}", hint="download the reports of all shards before this step")
        found |= dict.fromkeys(names)
    return tuple(found)


def _shard(name: str) -> merging.Shard:
    try:
        report = json.read(Path(name).read_bytes())
        if report.tool.version != __version__:
            reason = f"was written by version {report.tool.version}, this is {__version__}"
            raise ConfigError(reason, subject=name, hint="scan and merge with the same version")
        verdict = json.part(report)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", subject=name) from None
    except ParseError as error:
        raise ConfigError(error.reason, subject=name, hint=error.hint) from None
    if verdict is None or verdict.share is None:
        raise ConfigError("is the report of a whole scan, not of a shard", subject=name, hint="scan with --shard I/N")
    return merging.Shard(name=name, share=verdict.share, verdict=verdict)
