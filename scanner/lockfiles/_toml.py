"""TOML text in, plain values out, and the exact places of ``[[package]]`` tables in one pass.

tomli, not the standard tomllib: it is compiled, and it bounds nesting and the parts of a key, which can otherwise take minutes.
"""

from __future__ import annotations

import re
from typing import Any

from scanner.errors import ParseError
from scanner.lockfiles._places import MAX_WHOLE_PACKAGES, refuse_crowded_whole, refuse_too_many
from scanner.lockfiles._toml_places import places_of
from scanner.models import Location

_FILES = r"= \[\n(?:[ \t]+\{ ?(?:file|url|path) = [^\n]*\n)+\]"
_UNREAD = re.compile(
    rf"^(?:(?:files|wheels) {_FILES}"
    r"|sdist = \{[^\n]*\}|source = \{ registry = \"[^\"\n\\]*\" \}"  # a registry is what the lack of a source means
    r"|(?:description|summary|python-versions|requires_python) = \"(?:[^\"\\\n]|\\.)*\")[ \t]*\n",
    re.MULTILINE,
)
_OLD_FILES = "\n[metadata.files]\n"
_OLD_UNREAD = re.compile(rf"^(?:\"[^\"\n]*\"|[\w.-]+) {_FILES}[ \t]*\n", re.MULTILINE)


def load(text: str, path: str) -> dict[str, Any]:
    """The values of a TOML file. Raises ParseError with the line."""
    import tomli

    try:
        return tomli.loads(text)
    except RecursionError as error:
        raise ParseError("nested too deeply", subject=path, line=1) from error
    except ValueError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ParseError(f"not TOML: {error}", subject=path, line=int(line[1]) if line else 1) from error


def load_lock(text: str, path: str) -> dict[str, Any]:
    """``load`` for what a package manager wrote, without what is most of its text and says nothing here: files, hashes, descriptions."""
    refuse_crowded_whole(text, path)
    if '"""' in text or "'''" in text:
        return load(text, path)
    import tomli

    try:
        return tomli.loads(_read(text.replace("\r\n", "\n")))
    except (RecursionError, ValueError):
        return load(text, path)


def _read(text: str) -> str:
    """What is read of a lockfile: all before its packages, and of the rest no files; poetry 1 and pdm 2 had a table of them."""
    head, mark, rest = text.partition("[[package]]\n")
    rest, old, files = rest.partition(_OLD_FILES)
    files, header, after = files.partition("\n[")
    return head + mark + _UNREAD.sub("", rest) + old + _OLD_UNREAD.sub("", files) + header + _UNREAD.sub("", after)


def tables(data: dict[str, Any], name: str, text: str, path: str) -> list[tuple[Any, Location]]:
    """The entries of ``[[name]]`` with the place of their ``name`` key (of the header where there is none). Raises ParseError."""
    entries = data.get(name, [])
    if not isinstance(entries, list):
        raise ParseError(f"{name} is no array of tables", subject=path, line=1)
    refuse_too_many(len(entries), path, MAX_WHOLE_PACKAGES)
    places = _usual_places(text, name, path)
    if len(places) != len(entries):
        places = _table_places(text, name, path)
    if len(places) != len(entries):  # inline arrays or headers inside of strings, which no tool writes
        exact = places_of(text)
        places = [
            Location(path=path, line=line, column=column) for line, column in (exact.get((name, i), (1, 1)) for i in range(len(entries)))
        ]
    return list(zip(entries, places, strict=True))


def _usual_places(text: str, name: str, path: str) -> list[Location]:
    """The places in the form that all tools write, ``[[name]]`` and on the next line the name: no line in between is looked at."""
    header = f"[[{name}]]\n"
    found: list[Location] = []
    line, counted, at = 1, 0, text.find(header)
    while at != -1:
        if at and text[at - 1] != "\n":
            return []
        line, counted = line + text.count("\n", counted, at), at
        named = text.startswith("name = ", at + len(header))
        found.append(Location(path=path, line=line + 1 if named else line))
        at = text.find(header, at + len(header))
    return found


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
