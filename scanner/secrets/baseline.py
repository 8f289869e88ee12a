"""``.secrets.baseline`` in detect-secrets' 1.5 format: text <-> accepted entries. Values are SHA-1 hashed because that format demands it.

An entry is file, type and hash of the value: its line number is for people, so an edit elsewhere never revives or hides an entry.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from scanner.errors import ConfigError
from scanner.secrets import Entry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

NAME = ".secrets.baseline"
VERSION = "1.5.0"
MOST = 64 * 1024 * 1024


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file: its entries by path, and everything else of it unchanged (plugins, filters)."""

    results: dict[str, tuple[Entry, ...]] = {}
    rest: dict[str, Any] = {}

    def accepted(self) -> dict[str, frozenset[tuple[str, str]]]:
        """For ``Options.baseline``. What somebody audited as a real secret (``is_secret: true``) is not accepted."""
        return {
            path: frozenset((entry.type, entry.hashed_secret) for entry in entries if entry.is_secret is not True)
            for path, entries in self.results.items()
        }


def read(text: str, subject: str = NAME) -> Baseline:
    """Parse a baseline of detect-secrets 1.x. Raises ConfigError that says where it is not one."""
    if len(text) > MOST:
        raise ConfigError(f"larger than {MOST >> 20} MiB", subject=subject, hint="is this the baseline?")
    try:
        data = msgspec.json.decode(text)
        results = msgspec.convert(data["results"] if isinstance(data, dict) else data, dict[str, tuple[Entry, ...]])
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, KeyError) as error:
        why = "it has no results" if isinstance(error, KeyError) else error
        raise ConfigError(f"not a baseline of detect-secrets: {why}", subject=subject, hint="write a new one: baseline create") from None
    for path, entries in results.items():
        for entry in entries:
            if not re.fullmatch(r"[0-9a-f]{40}", entry.hashed_secret):
                raise ConfigError(f"results.{path}: hashed_secret is not a SHA-1", subject=subject, hint="write a new one: baseline create")
    return Baseline(results={_posix(path): entries for path, entries in results.items()}, rest=data)


def create(found: Mapping[str, Iterable[Entry]], now: dt.datetime, old: Baseline | None = None) -> str:
    """The text of a new baseline; what people said of entries of an ``old`` one (``is_secret``) is kept."""
    before = old.results if old else {}
    said = {(path, *_name(entry)): entry.is_secret for path, entries in before.items() for entry in entries}
    results = {
        path: [_entry(path, msgspec.structs.replace(entry, is_secret=said.get((path, *_name(entry))))) for entry in _sorted(found[path])]
        for path in sorted(found)
    }
    return _text(_settings(old), results, now)


def prune(old: Baseline, found: Mapping[str, Iterable[Entry]], now: dt.datetime) -> str:
    """The old baseline without the entries whose secret is gone, line numbers brought up to date; nothing is added."""
    results: dict[str, list[dict[str, object]]] = {}
    for path in sorted(old.results):
        lines = {_name(entry): entry.line_number for entry in found.get(path, ())}
        kept = [msgspec.structs.replace(entry, line_number=lines[_name(entry)]) for entry in old.results[path] if _name(entry) in lines]
        if kept:
            results[path] = [_entry(path, entry) for entry in _sorted(kept)]
    return _text(_settings(old), results, now)


def _name(entry: Entry) -> tuple[str, str]:
    return entry.type, entry.hashed_secret


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.line_number, entry.hashed_secret, entry.type))


def _entry(path: str, entry: Entry) -> dict[str, object]:
    shown: dict[str, object] = {
        "type": entry.type, "filename": path, "hashed_secret": entry.hashed_secret, "is_verified": entry.is_verified,
        "line_number": entry.line_number,
    }
    if not entry.line_number:
        del shown["line_number"]
    return shown if entry.is_secret is None else {**shown, "is_secret": entry.is_secret}


def _settings(old: Baseline | None) -> dict[str, Any]:
    """Plugins and filters as the old file had them, else detect-secrets' own defaults."""
    if old and "plugins_used" in old.rest:
        return {key: old.rest[key] for key in ("plugins_used", "filters_used") if key in old.rest}
    from scanner.secrets import detect_secrets

    return detect_secrets.settings()


def _text(settings: dict[str, Any], results: Mapping[str, object], now: dt.datetime) -> str:
    content = {"version": VERSION, **settings, "results": results, "generated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return json.dumps(content, indent=2) + "\n"


def _posix(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")
