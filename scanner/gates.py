"""Which audits run and what each does to the job: what a user said and the config file in, a gate for each audit out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from scanner import words
from scanner.config_file import AuditEntry, Level
from scanner.errors import ConfigError
from scanner.models import Mode, Severity
from scanner.policy import Gate

if TYPE_CHECKING:
    from scanner.config_file import ConfigFile
    from scanner.settings import Options


class Gates(NamedTuple):
    """The gate of every audit, and which of those asked for the config file or an input has switched off."""

    audits: dict[str, Gate]
    switched_off: tuple[str, ...]


def chosen(said: Options, file: ConfigFile, fail_on: Severity | None) -> Gates:
    """The gates in force; ``--only`` switches the others off. Raises ConfigError, also where nothing is left to check."""
    audits = file.audits
    entries = {
        "python": (audits.python, said.python_audit), "npm": (audits.npm, said.npm_audit), "pnpm": (audits.pnpm, said.pnpm_audit),
        "yarn": (audits.yarn, said.yarn_audit), "secrets": (file.secrets.mode, said.secrets),
    }
    every = {name: _gate(name, entry, word, fail_on) for name, (entry, word) in entries.items()}
    left = {name: gate if _wanted(said, name) else replace(gate, mode=Mode.OFF) for name, gate in every.items()}
    if all(gate.mode is Mode.OFF for gate in left.values()):
        raise ConfigError("every audit is off: nothing would be checked", hint="switch one on, or leave the scan out")
    return Gates(left, tuple(name for name, gate in every.items() if gate.mode is Mode.OFF and _wanted(said, name)))


def severity(level: Level) -> Severity | None:
    """The threshold behind a word; None for ``none``."""
    return None if level is Level.NONE else Severity.MODERATE if level is Level.MEDIUM else Severity[level.name]


def _wanted(said: Options, audit: str) -> bool:
    return not said.only or ("secrets" if audit == "secrets" else "dependencies") in said.only


def _gate(name: str, entry: Mode | AuditEntry | UnsetType, word: str, fail_on: Severity | None) -> Gate:
    mode = entry.mode if isinstance(entry, AuditEntry) else entry
    level = entry.level if isinstance(entry, AuditEntry) else UNSET
    key = name if name == "secrets" else f"{name}-audit"
    return Gate(mode=words.enum(key, word, mode, Mode.BLOCK), level=fail_on if isinstance(level, UnsetType) else severity(level))
