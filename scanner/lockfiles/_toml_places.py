"""TOML text in, the exact place of every key and array item out; for manifests, which a person writes in any style."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path: TypeAlias = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")


def places_of(text: str) -> dict[Path, tuple[int, int]]:
    """Line and column of every key and array item of a TOML text that ``load`` has taken: ``("project", "dependencies", 0)``."""
    walker = _Walker(text)
    with suppress(RecursionError, IndexError):  # deeper or odder than a manifest is: what was found so far stands
        walker.walk()
    return walker.found()


class _Walker:
    """A cursor over TOML that only keeps where things stand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._offsets: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}

    def walk(self) -> None:
        home: Path = ()
        while self._skip() < len(self._text):
            start = self._at
            if self._text[start] == "[":
                home = self._header()
                self._offsets.setdefault(home, start)
            else:
                self._pair(home)
            if self._at == start:
                return

    def found(self) -> dict[Path, tuple[int, int]]:
        lines = [0, *(match.end() for match in re.finditer("\n", self._text))]
        result: dict[Path, tuple[int, int]] = {}
        line = 0
        for path, offset in sorted(self._offsets.items(), key=lambda item: item[1]):
            while line + 1 < len(lines) and lines[line + 1] <= offset:
                line += 1
            result[path] = (line + 1, offset - lines[line] + 1)
        return result

    def _skip(self) -> int:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _header(self) -> Path:
        array = self._text.startswith("[[", self._at)
        self._at += 2 if array else 1
        path = self._resolved(self._key(), last=not array)
        self._at += 2 if array else 1
        if array:
            self._tables[path] = self._tables.get(path, -1) + 1
            path = (*path, self._tables[path])
        return path

    def _resolved(self, parts: Sequence[str], *, last: bool) -> Path:
        path: Path = ()
        for index, part in enumerate(parts):
            path = (*path, part)
            if path in self._tables and (last or index < len(parts) - 1):
                path = (*path, self._tables[path])
        return path

    def _key(self) -> list[str]:
        return list(self._key_parts())

    def _key_parts(self) -> Iterator[str]:
        while True:
            self._skip()
            quoted = _STRING.match(self._text, self._at)
            match = quoted or _BARE.match(self._text, self._at)
            if match is None:
                return
            self._at = match.end()
            yield _plain(match[0]) if quoted else match[0]
            self._skip()
            if self._text[self._at] != ".":
                return
            self._at += 1

    def _pair(self, home: Path) -> None:
        start = self._at
        path: Path = home
        for part in self._key():
            path = (*path, part)
            self._offsets.setdefault(path, start)
        self._skip()
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip()
        opening = self._text[self._at]
        if opening in "[{":
            self._group(path, opening)
            return
        match = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
        self._at = match.end() if match else len(self._text)

    def _group(self, path: Path, opening: str) -> None:
        self._at += 1
        index = 0
        while self._skip() < len(self._text) and self._text[self._at] not in "]}":
            if opening == "{":
                self._pair(path)
            else:
                self._offsets[(*path, index)] = self._at
                self._value((*path, index))
                index += 1
            self._skip()
            if self._text[self._at] == ",":
                self._at += 1
        self._at += 1


def _plain(quoted: str) -> str:
    """What a quoted key says; itself, where it is none that TOML knows: the file is then refused by whoever reads its values."""
    import tomli

    try:
        return str(tomli.loads(f"k = {quoted}")["k"])
    except ValueError:
        return quoted
