"""Everything a user may choose, as one frozen value: defaults < config file < action inputs and command-line options."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET, Struct, UnsetType

from scanner import config, excluded, gates, policy, reporters, words
from scanner.config import Document
from scanner.config_file import CONFIG_NAME, ConfigFile, Gate, Level, OnIncomplete, Pattern, Resolve, RuleSet
from scanner.errors import ConfigError
from scanner.models import Location, Severity, Suppression

if TYPE_CHECKING:
    import datetime as dt

OSV_URL = "https://api.osv.dev"
TIMEOUT_S = 1800


class Options(Struct, frozen=True, kw_only=True):
    """What a user said on the command line or through action inputs, as text; empty means not said."""

    path: str = ""
    config: str = ""
    fail_on: str = ""
    unknown_severity: str = ""
    only: tuple[str, ...] = ()
    advisories: str = ""
    advisory_db: str = ""
    osv_url: str = ""
    npm_registry: str = ""
    base: str = ""
    history: str | None = None
    block_existing: str = ""
    policy_from: str = ""
    baseline: str = ""
    include_dev: str = ""
    resolve: str = ""
    as_of: str = ""
    shard: str = ""
    jobs: str = ""
    timeout: str = ""
    format: str = ""
    outputs: tuple[str, ...] = ()
    python_audit: str = ""
    npm_audit: str = ""
    pnpm_audit: str = ""
    yarn_audit: str = ""
    secrets: str = ""
    patterns: str = ""
    detail: int = 0
    progress: str = ""


class Settings(Struct, frozen=True, kw_only=True):
    """The choices in force. ``root`` is absolute; ``target`` is the path as given; ``timeout_s`` counts from the start of the scan.

    ``switched_off`` are the audits that the config file or an input has switched off, not those that ``--only`` leaves out.
    """

    root: str
    target: str
    config_path: str = ""
    fail_on: Severity | None = Severity.HIGH
    unknown_blocks: bool = True
    unfixed_blocks: bool = True
    incomplete_fails: bool = True
    block_existing: bool = True
    audits: dict[str, policy.Gate] = {}
    switched_off: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_dev: bool = True
    resolve: bool = True
    allow_unaudited: tuple[str, ...] = ()
    rules: str = "default"
    disable: tuple[str, ...] = ()
    disable_lines: tuple[int, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    pattern_lines: tuple[int, ...] = ()
    allow: tuple[Suppression, ...] = ()
    advisories: str = "auto"
    advisory_db: str = ""
    osv_url: str = OSV_URL
    npm_registry: str = ""
    base: str = ""
    history: str | None = None
    policy_from: str = "auto"
    baseline: str = ""
    as_of: dt.date | None = None
    shard: tuple[int, int] | None = None
    jobs: int = 1
    timeout_s: int = TIMEOUT_S
    format: str = "console"
    outputs: tuple[tuple[str, str], ...] = ()
    detail: int = 0
    progress: bool = True


def build(options: Options, npm_config_registry: str = "", document: Document | None = None) -> Settings:
    """Options on top of the config file (``document`` where the caller has read one from elsewhere). Raises ConfigError."""
    folder = root(options.path)
    document = document or read_config(folder, options.config)
    chosen = document.config
    fail_on = _level("fail-on", options.fail_on, chosen.fail_on)
    audits, switched_off = gates.chosen(options, chosen, fail_on)
    return Settings(
        root=str(folder), target=options.path or ".", config_path=document.path, fail_on=fail_on,
        unknown_blocks=words.enum("unknown-severity", options.unknown_severity, chosen.unknown_severity, Gate.BLOCK) is Gate.BLOCK,
        unfixed_blocks=words.either(chosen.unfixed, Gate.BLOCK) is Gate.BLOCK,
        incomplete_fails=words.either(chosen.on_incomplete, OnIncomplete.FAIL) is OnIncomplete.FAIL,
        block_existing=words.flag("block-existing", options.block_existing, chosen.block_existing, "true"),
        audits=audits, switched_off=switched_off, exclude=_exclude(document),
        include_dev=words.flag("include-dev", options.include_dev, chosen.dependencies.include_dev, "true"),
        resolve=words.enum("resolve", options.resolve, chosen.dependencies.resolve, Resolve.AUTO) is Resolve.AUTO,
        allow_unaudited=words.either(chosen.dependencies.allow_unaudited, ()),
        rules=words.either(chosen.secrets.rules, RuleSet.DEFAULT).value,
        disable=words.either(chosen.secrets.disable, ()),
        disable_lines=tuple(document.line(f"secrets.disable[{n}]") for n in range(len(words.either(chosen.secrets.disable, ())))),
        patterns=(*chosen.secrets.patterns, *config.patterns(options.patterns, "input patterns")),
        pattern_lines=tuple(document.line(f"secrets.patterns[{n}]") for n in range(len(chosen.secrets.patterns))),
        allow=_allow(document),
        advisories=words.one_of("advisories", options.advisories, ("auto", "online", "offline"), "auto"),
        advisory_db=words.existing("advisory-db", options.advisory_db),
        osv_url=words.url("osv-url", options.osv_url) or OSV_URL,
        npm_registry=words.url("npm-registry", options.npm_registry or npm_config_registry),
        base=options.base, history=options.history,
        policy_from=words.one_of("policy-from", options.policy_from, ("auto", "base", "head"), "auto"),
        baseline=words.existing("baseline", options.baseline), as_of=words.date("as-of", options.as_of),
        shard=words.shard(options.shard), jobs=words.number("jobs", options.jobs, _cpus()),
        timeout_s=timeout(options, chosen),
        format=words.one_of("format", options.format, tuple(reporters.formats()), "console"),
        outputs=tuple(map(words.output, options.outputs)),
        detail=options.detail, progress=words.flag("progress", options.progress, UNSET, "true"),
    )


def root(path: str) -> Path:
    """The folder to scan, absolute; empty means the current one. Raises ConfigError."""
    folder = Path(path or ".")
    if not folder.exists():
        raise ConfigError(f"no such path: {path}", hint="give the directory to scan")
    if not folder.is_dir():
        raise ConfigError(f"not a directory: {path}", hint="give the directory to scan")
    return folder.absolute()


def timeout(options: Options, chosen: ConfigFile) -> int:
    """Seconds for the whole scan. Raises ConfigError."""
    return words.number("timeout", options.timeout, words.either(chosen.timeout, TIMEOUT_S))


def read_config(folder: Path, name: str) -> Document:
    """The config file ``name``, or the one in ``folder`` where there is one, else the defaults. Raises ConfigError."""
    path = Path(name) if name else folder / CONFIG_NAME
    if not name and not os.path.lexists(path):
        return Document(path="", config=ConfigFile(), lines={})
    if not name:
        refuse_link_out(path, folder, "--config")
    return config.parse(read_text(path), _shown(path, folder))


def _shown(path: Path, folder: Path) -> str:
    """The config file's place as seen from the scanned folder (``../../ci/scan.yml``), or as it was named where they share no checkout."""
    from scanner import checkout

    real, inside = path.parent.resolve() / path.name, folder.resolve()
    top = Path(checkout.home(str(folder)) or os.getcwd())
    together = real.is_relative_to(inside) or (real.is_relative_to(top) and inside.is_relative_to(top))
    return os.path.relpath(real, inside) if together else str(path)


def refuse_link_out(path: Path, folder: Path, option: str) -> None:
    """Raise ConfigError where a policy file that nobody named leads out of the tree."""
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigError("is a link out of the tree", subject=str(path), hint=f"name the file with {option}")


def read_text(path: Path) -> str:
    """A policy file's text. Raises ConfigError for one that is no UTF-8 text or no regular file."""
    try:
        if not path.is_file():
            raise ConfigError("cannot be read: not a file", subject=str(path), hint="check the option that names it")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8 text", subject=str(path), hint="save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", subject=str(path), hint="check its permissions") from None


def _allow(document: Document) -> tuple[Suppression, ...]:
    return tuple(
        Suppression(
            by="config", id=entry.id, reason=entry.reason, expires=entry.expires, package=entry.package, version=entry.version,
            path=entry.path, fingerprint=entry.fingerprint,
            location=Location(path=document.path, line=document.line(f"allow[{index}]")),
        )
        for index, entry in enumerate(document.config.allow)
    )


def _exclude(document: Document) -> tuple[str, ...]:
    patterns = words.either(document.config.exclude, ())
    if (wrong := excluded.unreadable(patterns)) is None:
        return patterns
    key, hint = f"exclude[{wrong}]", "write it as in a .gitignore, such as vendor/**"
    raise ConfigError(f"{key}: '{patterns[wrong]}' is not a gitignore pattern", subject=document.path, line=document.line(key), hint=hint)


def _level(key: str, word: str, chosen: Level | UnsetType) -> Severity | None:
    return gates.severity(words.enum(key, word, chosen, Level.HIGH))


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
