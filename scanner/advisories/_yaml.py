"""YAML records: bytes in, plain data out, read from the parser's events: no object is made but text, null, lists and mappings."""

from __future__ import annotations

import yaml

MAX_DEPTH = 100
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class Refused(ValueError):
    """YAML that no record needs; its words say what."""


def plain(data: bytes) -> object:
    """The one document. Scalars are all taken as strings: ``1.10`` is a version, not a number. Raises Refused and ``yaml.YAMLError``.

    Composing nodes first, as the library would, takes the processor's own stack for every level, and the process with it.
    """
    opened: list[list[object]] = [[]]
    for event in yaml.parse(data, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise Refused("uses YAML aliases, which records have no need of")
        if isinstance(event, yaml.ScalarEvent):
            opened[-1].append(None if event.implicit[0] and event.value in _NULL else event.value)
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append([])
            if len(opened) > MAX_DEPTH:
                raise Refused("is nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            items = opened.pop()
            opened[-1].append(items if isinstance(event, yaml.SequenceEndEvent) else _mapping(items))
    if len(opened[0]) != 1:
        raise Refused("is not one YAML document")
    return opened[0][0]


def _mapping(items: list[object]) -> dict[str, object]:
    """Keys and values as they take turns."""
    keys = [key for key in items[::2] if isinstance(key, str)]
    if len(keys) != len(items) // 2:
        raise Refused("has a YAML key that is no text")
    return dict(zip(keys, items[1::2], strict=True))
