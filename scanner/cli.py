"""Arguments, environment and streams in; exit code out. The only catch-all and the only writer of the program."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

from scanner import __version__, action, cli_project, deadline, reporters, streams, unfinished
from scanner.errors import ConfigError, OutputError, ScannerError
from scanner.policy import CLEAN, INCOMPLETE, USAGE
from scanner.settings import Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMATS = f"What goes to stdout: {', '.join(reporters.formats())}. Default: github in a GitHub job, else console."


class World:
    """The outside as one value: environment and streams, so that a test can give its own."""

    def __init__(self, env: Mapping[str, str], out: TextIO, err: TextIO) -> None:
        self.env = env
        self.out = out
        self.err = err


class DefaultScan(click.Group):
    """A group whose default command is ``scan``: ``security-scan src`` scans ``src``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``scan`` in front where no command is named."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h", "--version")):
            args = ["scan", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultScan, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="security-scan %(version)s")
def program() -> None:
    """Audit dependencies and look for secrets; exit 1 when something blocks, 3 when something could not be checked."""


@program.command()
@click.argument("path", default="")
@click.option("--config", default="", metavar="FILE", help="Default: PATH/.security-scan.yml where it exists.")
@click.option("--fail-on", default="", metavar="LEVEL", help="none, low, moderate, high or critical. Default: high.")
@click.option("--unknown-severity", default="", metavar="block|warn", help="Advisories that nobody has scored. Default: block.")
@click.option("--only", multiple=True, type=click.Choice(["dependencies", "secrets"]), help="Repeatable.")
@click.option("--advisories", default="", metavar="auto|online|offline", help="Where advisories come from. Default: auto.")
@click.option("--advisory-db", default="", metavar="PATH", help="A directory or zip of OSV records, or a database built by 'db import'.")
@click.option("--osv-url", default="", metavar="URL", help="The OSV service or a mirror of it.")
@click.option("--npm-registry", default="", metavar="URL", help="Ask this registry's bulk audit endpoint too.")
@click.option("--base", default="", metavar="REF", help="Mark what was introduced since merge-base(REF, HEAD).")
@click.option(
    "--history", is_flag=False, flag_value="all", default=None, metavar="[RANGE]",
    help="Also look for secrets in all commits; --history=RANGE: in these.",
)
@click.option("--block-existing", default="", metavar="true|false", help="Whether what the base already has blocks. Default: true.")
@click.option("--policy-from", default="", metavar="auto|base|head", help="Whose policy judges a pull request. Default: auto.")
@click.option("--baseline", default="", metavar="FILE", help="Default: PATH/.secrets.baseline where it exists.")
@click.option("--include-dev", "include_dev", flag_value="true", default="", help="Audit development dependencies (default).")
@click.option("--exclude-dev", "include_dev", flag_value="false", help="Leave development dependencies out.")
@click.option("--resolve", default="", metavar="auto|never", help="Unpinned requirements: resolve them, or not. Default: auto.")
@click.option("--as-of", default="", metavar="DATE", help="Judge with the advisories published by that day.")
@click.option("--shard", default="", metavar="I/N", help="The I-th of N equal parts of the work.")
@click.option("--jobs", default="", metavar="N", help="Worker processes. Default: CPU count.")
@click.option("--timeout", default="", metavar="SECONDS", help="The whole scan; what is not done by then is a problem. Default: 1800.")
@click.option("-f", "--format", "format", default="", metavar="FORMAT", help=FORMATS)
@click.option("-o", "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="Repeatable; also written.")
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict and what blocks.")
@click.option("-v", "--verbose", is_flag=True, help="Also what was accepted, skipped and rejected, and why.")
@click.option("--no-progress", "progress", flag_value="false", default="", help="No progress bar.")
@click.pass_obj
def scan(world: World, /, quiet: bool, verbose: bool, **said: object) -> int:  # noqa: FBT001 -- click's own calling form
    """Scan PATH (default: the current folder)."""
    from scanner.commands import scan as command

    chosen: dict[str, Any] = {name: value for name, value in said.items() if value not in ("", (), None)}
    if said["history"] == "":
        chosen["history"] = "all"
    inputs = action.options(world.env) if action.on_github(world.env) else Options()
    given = {name: getattr(inputs, name) for name in Options.__struct_fields__} | chosen
    outputs = (*inputs.outputs, *chosen.get("outputs", ()))
    options = Options(**{**given, "outputs": outputs, "detail": verbose - quiet})
    if wanted := action.reports_to_merge(world.env):
        from scanner.commands import merge as together

        return together.run(together.named(wanted), options, world.env, world.out, world.err)
    return command.run(options, world.env, world.out, world.err)


@program.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT.json...")
@click.option("-f", "--format", "format", default="", metavar="FORMAT", help=FORMATS)
@click.option("-o", "--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="Repeatable; also written.")
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict and what blocks.")
@click.option("-v", "--verbose", is_flag=True, help="Also what was accepted and skipped, and why.")
@click.pass_obj
def merge(world: World, /, reports: tuple[str, ...], format: str, outputs: tuple[str, ...], quiet: bool, verbose: bool) -> int:  # noqa: A002, FBT001 -- click's own calling form
    """Put the JSON reports of all shards together and decide."""
    from scanner.commands import merge as command

    return command.run(reports, Options(format=format, outputs=outputs, detail=verbose - quiet), world.env, world.out, world.err)


@program.group()
def db() -> None:
    """The local advisory database (OSV): make, renew, describe."""


@db.command("update")
@click.option("--url", default="", metavar="URL", help="Where the per-ecosystem zips are; default: OSV's own.")
@click.option("--db", "path", default="", metavar="FILE", help="The database; default: SECURITY_SCAN_DB or the user's data folder.")
@click.pass_obj
def db_update(world: World, /, url: str, path: str) -> int:
    """Download OSV's zips and build the database."""
    from scanner.commands import db as command

    return command.update(url, path, world.env, world.out)


@db.command("import")
@click.argument("sources", nargs=-1, required=True)
@click.option("--db", "path", default="", metavar="FILE", help="The database; default: SECURITY_SCAN_DB or the user's data folder.")
@click.pass_obj
def db_import(world: World, /, sources: tuple[str, ...], path: str) -> int:
    """Build the database from zips, directories, files or git checkouts of OSV records."""
    from scanner.commands import db as command

    return command.import_(sources, path, world.env, world.out)


@db.command("info")
@click.option("--db", "path", default="", metavar="FILE", help="The database; default: SECURITY_SCAN_DB or the user's data folder.")
@click.pass_obj
def db_info(world: World, /, path: str) -> int:
    """Say how many records there are and how old they are."""
    from scanner.commands import db as command

    return command.info(path, world.env, world.out)


@program.group()
def rules() -> None:
    """The secret rules."""


@rules.command("list")
@click.pass_obj
def rules_list(world: World, /) -> int:
    """The rules that apply in the current folder, one a line."""
    from scanner.commands import rules as command

    return command.show(world.out)


@rules.command("test")
@click.argument("file", default="")
@click.pass_obj
def rules_test(world: World, /, file: str) -> int:
    """Prove a rule file, or a config file's patterns, by their own examples."""
    from scanner.commands import rules as command

    return command.test(file or ".security-scan.yml", world.out)


@program.command()
@click.argument("what", type=click.Choice(["config", "report"]))
@click.pass_obj
def schema(world: World, /, what: str) -> int:
    """Print a JSON Schema, for editors and consumers."""
    from scanner.commands import schema as command

    return command.run(what, world.out)


program.add_command(cli_project.init)
program.add_command(cli_project.staged)
program.add_command(cli_project.baseline)


def main(
    argv: Sequence[str] | None = None, env: Mapping[str, str] | None = None, out: TextIO | None = None, err: TextIO | None = None
) -> int:
    """Run the program; every end of it is one of the documented exit codes (0 clean, 1 findings, 2 usage, 3 incomplete)."""
    if env is None:
        deadline.obey_cancellation()
        _forget_certificates_that_are_not_there()
    gc.set_threshold(20_000, 50, 100)  # the values of a scan hold no cycles: looking for them costs a tenth of it
    world = World(os.environ if env is None else env, out or streams.ready(sys.stdout), err or streams.ready(sys.stderr))
    try:
        return _done(list(sys.argv[1:] if argv is None else argv), world)
    except click.exceptions.NoArgsIsHelpError as error:
        streams.unwritten(f"{error.format_message()}\n", world.err)
        return USAGE
    except (ConfigError, click.ClickException) as error:
        return _fail(world, "configuration", error if isinstance(error, ScannerError) else ConfigError(error.format_message()), USAGE)
    except ScannerError as error:
        return _fail(world, "incomplete", error, INCOMPLETE)
    except (KeyboardInterrupt, click.Abort):
        return _fail(world, "interrupted", ScannerError("the scan was stopped before it was done"), INCOMPLETE)
    except MemoryError:
        return _fail(world, "memory", ScannerError("the scan ran out of memory", hint="give the job more, or use fewer --jobs"), INCOMPLETE)
    except Exception as error:  # noqa: BLE001 -- a bug must never look like a clean scan, nor like a finding
        return _fail(world, "internal error", unfinished.bug(error), INCOMPLETE)


def _done(args: list[str], world: World) -> int:
    """Run the command: its exit code. Raises what it raises, and OutputError where it could not say what it was asked for."""
    try:
        code: int = program.main(args, prog_name="security-scan", standalone_mode=False, obj=world) or CLEAN
    except click.exceptions.Exit as done:
        code = done.exit_code
    except SystemExit:  # click's answer to a reader who has gone, by the exit code that here means findings
        raise OutputError("cannot be written: nobody reads it", subject=streams.THE_LOG) from None
    for error in streams.unwritten("", world.out) if code == CLEAN else ():
        raise error
    return code


def _forget_certificates_that_are_not_there() -> None:
    """The git library looks for certificates when it is loaded, and is not loaded where these name none; it is never asked to use any."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if name in os.environ and not os.path.exists(os.environ[name]):
            del os.environ[name]


def cut_off(end: deadline.End) -> int:
    """Speak for the process that scanned, which could not say how it ended: exit code 3."""
    world = World(os.environ, streams.ready(sys.stdout), streams.ready(sys.stderr))
    return _fail(world, "incomplete", unfinished.cause(end), INCOMPLETE)


def _fail(world: World, title: str, error: ScannerError, code: int) -> int:
    unfinished.say(title, error, code, world.env, world.out, world.err)
    return code
