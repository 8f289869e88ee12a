"""``security-scan baseline``: accept the secrets that are there today, or forget those that are gone; detect-secrets' own format."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec.structs import replace

from scanner import leaks, output, pipeline, settings, workspace
from scanner.at_base import BASELINE_NAME
from scanner.errors import ConfigError, WorkspaceError
from scanner.secrets import baseline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.secrets import Entry
    from scanner.settings import Options


def create(options: Options, env: Mapping[str, str], out: TextIO) -> int:
    """Write a baseline of every secret in the tree; what people said of entries of the old one is kept. Raises ScannerError."""
    path = _path(options)
    found = _found(options, env)
    old = baseline.read(settings.read_text(path), str(path)) if path.exists() else None
    output.write(str(path), baseline.create(found, dt.datetime.now(dt.UTC), old))
    return _tell(out, f"{path}: {_count(found)} accepted; read them before you commit the file (detect-secrets audit {path.name})")


def prune(options: Options, env: Mapping[str, str], out: TextIO) -> int:
    """Take the entries whose secret is gone out of the baseline; nothing is added. Raises ScannerError."""
    path = _path(options)
    if not path.exists():
        raise ConfigError(f"no baseline: {path}", hint="make one: security-scan baseline create")
    old = baseline.read(settings.read_text(path), str(path))
    text = baseline.prune(old, _found(options, env), dt.datetime.now(dt.UTC))
    output.write(str(path), text)
    kept = baseline.read(text, str(path))
    return _tell(out, f"{path}: {_count(kept.results)} of {_count(old.results)} entries kept")


def _path(options: Options) -> Path:
    return Path(options.baseline) if options.baseline else settings.root(options.path) / BASELINE_NAME


def _found(options: Options, env: Mapping[str, str]) -> Mapping[str, tuple[Entry, ...]]:
    """What a baseline says of every secret of the tree. A file that cannot be read is an error: its entries would be lost."""
    chosen = settings.build(replace(options, baseline=""), env.get("npm_config_registry", ""))
    listing = workspace.list_files(chosen.root, chosen.exclude)
    result = leaks.entries(chosen, listing, pipeline.team_rules(chosen), time.monotonic() + chosen.timeout_s)
    for problem in (*listing.problems, *result.problems):
        raise WorkspaceError(f"{problem.reason}: nothing was written", subject=problem.subject, hint=problem.hint)
    return result.entries


def _count(entries: Mapping[str, tuple[Entry, ...]]) -> int:
    return sum(map(len, entries.values()))


def _tell(out: TextIO, text: str) -> int:
    out.write(f"{text}\n")
    return 0
