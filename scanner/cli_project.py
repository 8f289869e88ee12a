"""The commands that serve a project's own checkout, as click sees them: ``init``, ``staged`` and ``baseline``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scanner.settings import Options

if TYPE_CHECKING:
    from scanner.cli import World


@click.command()
@click.argument("path", default="")
@click.option("--diff", is_flag=True, help="Only show what would be written.")
@click.option("--action", default="", metavar="OWNER/NAME@COMMIT", help="The action as your organisation publishes it.")
@click.pass_obj
def init(world: World, /, path: str, diff: bool, action: str) -> int:  # noqa: FBT001 -- click's own calling form
    """Write a workflow and a starter .security-scan.yml for PATH; never overwrites an existing file."""
    from scanner.commands import init as command

    return command.show(path, action, world.out) if diff else command.write(path, action, world.out)


@click.command()
@click.argument("path", default="")
@click.option("--only", multiple=True, type=click.Choice(["dependencies", "secrets"]), help="Repeatable.")
@click.option("--fail-on", default="", metavar="LEVEL", help="none, low, moderate, high or critical. Default: high.")
@click.option("--advisories", default="", metavar="auto|online|offline", help="Where advisories come from. Default: auto.")
@click.option("--advisory-db", default="", metavar="PATH", help="A directory or zip of OSV records, or a database built by 'db import'.")
@click.option("--osv-url", default="", metavar="URL", help="The OSV service or a mirror of it.")
@click.option("-v", "--verbose", is_flag=True, help="Also what does not block.")
@click.pass_obj
def staged(world: World, /, verbose: bool, **said: object) -> int:  # noqa: FBT001 -- click's own calling form
    """Scan what is staged for the next commit, below PATH where one is given (for pre-commit); with nothing staged, the whole index."""
    from scanner.commands import staged as command

    return command.run(Options(**said, detail=0 if verbose else -1), world.env, world.out)  # type: ignore[arg-type]


@click.group()
def baseline() -> None:
    """.secrets.baseline, in detect-secrets' own format."""


_PATH = click.argument("path", default="")
_CONFIG = click.option("--config", default="", metavar="FILE", help="Default: PATH/.security-scan.yml where it exists.")
_BASELINE = click.option("--baseline", default="", metavar="FILE", help="Default: PATH/.secrets.baseline.")


@baseline.command("create")
@_PATH
@_CONFIG
@_BASELINE
@click.pass_obj
def baseline_create(world: World, /, **said: str) -> int:
    """Accept every secret that is in PATH today."""
    from scanner.commands import baseline as command

    return command.create(Options(**said), world.env, world.out)  # type: ignore[arg-type]


@baseline.command("prune")
@_PATH
@_CONFIG
@_BASELINE
@click.pass_obj
def baseline_prune(world: World, /, **said: str) -> int:
    """Forget the entries whose secret is gone."""
    from scanner.commands import baseline as command

    return command.prune(Options(**said), world.env, world.out)  # type: ignore[arg-type]
