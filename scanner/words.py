"""How the words of options, action inputs and the config file are read: each gives a value, or one clear line and no value."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum
from pathlib import Path
from typing import TypeVar

from msgspec import UnsetType

from scanner import reporters
from scanner.errors import ConfigError

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


def one_of(key: str, word: str, choices: tuple[str, ...], default: str) -> str:
    """``word`` where it is one of ``choices``, the default where it is empty. Raises ConfigError."""
    value = word.strip().lower() or default
    if value not in choices:
        raise ConfigError(f"{key}: '{word}' is not one of {', '.join(choices)}")
    return value


def output(word: str) -> tuple[str, str]:
    """``FORMAT=FILE`` as a pair. Raises ConfigError."""
    name, sep, path = word.partition("=")
    if not sep or not path or name not in reporters.formats():
        raise ConfigError(f"output: '{word}' is not FORMAT=FILE with FORMAT one of {', '.join(reporters.formats())}")
    return name, path


def either(value: T | UnsetType, default: T) -> T:
    """The value, or the default where the config file says nothing."""
    return default if isinstance(value, UnsetType) else value


def enum(key: str, word: str, chosen: E | UnsetType, default: E) -> E:
    """The member that ``word`` names, else what the config file chose, else the default. Raises ConfigError."""
    if not word:
        return either(chosen, default)
    return type(default)(one_of(key, word, tuple(str(member.value) for member in type(default)), ""))


def flag(key: str, word: str, chosen: bool | UnsetType, default: str) -> bool:  # noqa: FBT001 -- the config file's own value
    """``true`` or ``false``, with the same precedence as ``enum``. Raises ConfigError."""
    if not word and not isinstance(chosen, UnsetType):
        return chosen
    return one_of(key, word, ("true", "false"), default) == "true"


def number(key: str, word: str, default: int) -> int:
    """A whole number from 1 to 999,999, the default where ``word`` is empty. Raises ConfigError."""
    if not word:
        return default
    if not re.fullmatch(r"[0-9]{1,6}", word) or int(word) < 1:
        raise ConfigError(f"{key}: '{word}' is not a whole number from 1")
    return int(word)


def date(key: str, word: str) -> dt.date | None:
    """An ISO 8601 date, None where ``word`` is empty. Raises ConfigError."""
    try:
        return dt.date.fromisoformat(word) if word else None
    except ValueError:
        raise ConfigError(f"{key}: '{word}' is not a date such as 2026-01-31") from None


def shard(word: str) -> tuple[int, int] | None:
    """``I/N`` as a pair, None where ``word`` is empty. Raises ConfigError."""
    if not word:
        return None
    match = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", word)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise ConfigError(f"shard: '{word}' is not I/N with I from 1 to N, such as 2/8")
    return int(match[1]), int(match[2])


def url(key: str, word: str) -> str:
    """An http or https address without its last slash; empty stays empty. Raises ConfigError."""
    if word and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", word):
        raise ConfigError(f"{key}: '{word}' is not an http or https URL")
    return word.rstrip("/")


def existing(key: str, word: str) -> str:
    """The path of something that is there; empty stays empty. Raises ConfigError."""
    if word and not Path(word).exists():
        raise ConfigError(f"{key}: no such file: {word}")
    return word
