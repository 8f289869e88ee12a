"""``security-scan staged``: what the next commit would bring, scanned before it is made; for pre-commit and git's own hooks."""

from __future__ import annotations

import datetime as dt
import os
import time
from posixpath import basename
from typing import TYPE_CHECKING, TextIO

from msgspec.structs import replace

from scanner import checkout, pipeline, reporters, review, settings, staged
from scanner.at_base import BASELINE_NAME
from scanner.config_file import CONFIG_NAME
from scanner.policy import CLEAN
from scanner.reporters import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.settings import Options

POLICY = frozenset({CONFIG_NAME, BASELINE_NAME})
INCLUDED = (".txt", ".in", ".pip", ".toml", ".cfg")
"""Ends of the names of files that a manifest may include, besides those that a format claims."""


def run(options: Options, env: Mapping[str, str], out: TextIO) -> int:
    """Scan what is staged, of ``options.path`` alone where one is given, and report to ``out``. Raises ConfigError, WorkspaceError."""
    with staged.checkout(str(settings.root(options.path)), _look(options)) as (folder, changed):
        if not changed:
            out.write("security-scan: the next commit changes nothing that this hook looks at\n")
            return CLEAN
        here = checkout.below(os.path.realpath(options.path), os.getcwd()) if options.path else ""
        return _scan(replace(options, path=folder), env, out, here)


def _scan(options: Options, env: Mapping[str, str], out: TextIO, here: str) -> int:
    world = pipeline.World(env=env, now=dt.datetime.now(dt.UTC), started=time.monotonic())
    looked_at = review.prepare(options, {})
    built = settings.build(options, env.get("npm_config_registry", ""), looked_at.document)
    verdict = pipeline.run(replace(built, target="staged files", jobs=1), looked_at, world)
    # what an entry accepts may be in the files that this commit leaves alone
    verdict = replace(verdict, stale=(), run=replace(verdict.run, here=here))
    out.write(reporters.reporter("console").render(verdict, Style(detail=built.detail)))
    return verdict.exit_code


def _look(options: Options) -> staged.Look:
    """Which files of the index are looked at: what the commit changes for secrets; every manifest and what it may include for dependencies,
    since a lockfile is read together with its manifest. One that the commit takes away leaves dependencies that nobody can audit.
    """
    secrets, dependencies = (not options.only or half in options.only for half in ("secrets", "dependencies"))
    claims = _claims() if dependencies else []

    def manifest(path: str) -> bool:
        return any(claimed(path) for claimed in claims)

    def wanted(path: str, changed: bool) -> bool:  # noqa: FBT001 -- the form that ``checkout`` calls
        if path in POLICY or (changed and secrets):
            return True
        return dependencies and (basename(path).endswith(INCLUDED) or manifest(path))

    return staged.Look(wanted, manifest, options.path)


def _claims() -> list[Callable[[str], bool]]:
    from scanner import lockfiles

    return [one.claims for one in lockfiles.formats().values()]
