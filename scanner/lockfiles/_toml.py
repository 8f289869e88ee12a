"""TOML text in, plain values out, and the exact places of ``[[package]]`` tables in one pass."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from scanner.errors import ParseError
from scanner.lockfiles._places import refuse_too_many
from scanner.lockfiles._toml_places import places_of
from scanner.models import Location

_FILES = re.compile(r"^(?:\"[^\"\n]*\"|[\w.-]+) = \[\n(?:[ \t]+\{ ?(?:file|url|path) = [^\n]*\n)+\][ \t]*\n", re.MULTILINE)
_FILE = re.compile(r"^sdist = \{[^\n]*\}[ \t]*\n", re.MULTILINE)


def load(text: str, path: str) -> dict[str, Any]:
    """The values of a TOML file. Raises ParseError with the line."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ParseError("nested too deeply", subject=path, line=1) from error
    except ValueError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ParseError(f"not TOML: {error}", subject=path, line=int(line[1]) if line else 1) from error


def load_lock(text: str, path: str) -> dict[str, Any]:
    """``load`` for what a package manager wrote, without the lists of files and hashes, which are most of the text and say nothing here."""
    if '"""' in text or "'''" in text:
        return load(text, path)
    try:
        return tomllib.loads(_FILE.sub("", _FILES.sub("", text.replace("\r\n", "\n"))))
    except (RecursionError, ValueError):
        return load(text, path)


def tables(data: dict[str, Any], name: str, text: str, path: str) -> list[tuple[Any, Location]]:
    """The entries of ``[[name]]`` with the place of their ``name`` key (of the header where there is none). Raises ParseError."""
    entries = data.get(name, [])
    if not isinstance(entries, list):
        raise ParseError(f"{name} is no array of tables", subject=path, line=1)
    refuse_too_many(len(entries), path)
    places = _table_places(text, name, path)
    if len(places) != len(entries):  # inline arrays or headers inside of strings, which no tool writes
        exact = places_of(text)
        places = [
            Location(path=path, line=line, column=column) for line, column in (exact.get((name, i), (1, 1)) for i in range(len(entries)))
        ]
    return list(zip(entries, places, strict=True))


def _table_places(text: str, name: str, path: str) -> list[Location]:
    pattern = re.compile(rf"^[ \t]*(?:(\[\[[ \t]*{name}[ \t]*\]\])|(\[)|(name[ \t]*=))|\n", re.MULTILINE)
    found: list[Location] = []
    line, start, waiting = 1, 0, False
    for match in pattern.finditer(text):
        kind = match.lastindex
        if kind is None:
            line, start = line + 1, match.end()
        elif kind == 1:
            found.append(Location(path=path, line=line, column=match.start(1) - start + 1))
            waiting = True
        elif kind == 3 and waiting:
            found[-1] = Location(path=path, line=line, column=match.start(3) - start + 1)
            waiting = False
        else:
            waiting = False
    return found
