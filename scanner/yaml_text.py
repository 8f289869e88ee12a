"""YAML a person wrote: text in, plain data and the line of every key out.

YAML 1.2 booleans (``off`` is a word), no duplicate keys, no bombs.
"""

from __future__ import annotations

from typing import Any

import yaml

from scanner.errors import ConfigError

MAX_BYTES = 1_000_000
MAX_NODES = 100_000
MAX_DEPTH = 100
MAX_NUMBER = 1_000
NUMERIC = frozenset("+-.0123456789")


class _Loader(yaml.CSafeLoader):
    """The safe loader, reading only ``true`` and ``false`` as booleans."""


def _words_stay_words() -> None:
    resolvers = {first: list(pairs) for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()}
    for first in "yYnNoO":
        resolvers[first] = [pair for pair in resolvers.get(first, []) if pair[0] != "tag:yaml.org,2002:bool"]
    _Loader.yaml_implicit_resolvers = resolvers


_words_stay_words()


def load(text: str, path: str) -> tuple[Any, dict[str, int]]:
    """Return the data and ``{key path: line}``. Raises ConfigError for what is not YAML, too large, too deep or has a key twice."""
    if len(text) > MAX_BYTES:
        raise ConfigError(f"larger than {MAX_BYTES:,} bytes", subject=path, hint="a policy file is short: is this the right file?")
    lines: dict[str, int] = {}
    loader = None
    try:
        _refuse_bombs(text, path)
        loader = _Loader(text)
        node = loader.get_single_node()
        _walk(node, "", lines, path)
        return (None if node is None else loader.construct_document(node)), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError(f"not valid YAML: {error.problem}", subject=path, line=line) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ConfigError(f"not valid YAML: {str(error).splitlines()[0]}", subject=path) from None
    except RecursionError:
        raise ConfigError("nested too deeply", subject=path) from None
    finally:
        if loader is not None:
            loader.dispose()


def _refuse_bombs(text: str, path: str) -> None:
    """Raise ConfigError for deep nesting (events have a stack of their own, nodes are built on the process's) and endless numbers."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent) and event.implicit[0] and len(event.value) > MAX_NUMBER and event.value[0] in NUMERIC:
            raise ConfigError("a number without end", subject=path, line=event.start_mark.line + 1 if event.start_mark else 0)
        if depth > MAX_DEPTH:
            raise ConfigError("nested too deeply", subject=path, line=event.start_mark.line + 1 if event.start_mark else 0)


def _walk(node: yaml.Node | None, key: str, lines: dict[str, int], path: str) -> None:
    if len(lines) > MAX_NODES:
        raise ConfigError(f"more than {MAX_NODES:,} keys once its aliases are followed", subject=path, hint="write the values out")
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            word, line = str(name.value), name.start_mark.line + 1
            if word in seen:
                raise ConfigError(f"the key '{word}' stands here a second time", subject=path, line=line)
            seen.add(word)
            inner = f"{key}.{word}" if key else word
            lines[inner] = line
            _walk(value, inner, lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[f"{key}[{index}]"] = value.start_mark.line + 1
            _walk(value, f"{key}[{index}]", lines, path)
