"""YAML a person wrote: text in, plain data and the line of every key out.

YAML 1.2's words and numbers (``off`` is a word, ``2027-01-31`` is text, ``0777`` and ``10:00`` are no numbers), no duplicate keys, no tags,
no bombs.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from scanner.errors import ConfigError

MAX_BYTES = 1_000_000
MAX_NODES = 100_000
MAX_DEPTH = 100
MAX_NUMBER = 1_000
NUMERIC = frozenset("+-.0123456789")
TEXT = "tag:yaml.org,2002:str"
MERGE = "tag:yaml.org,2002:merge"
KNOWN = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map", "merge"))
WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
FRACTION = re.compile(r"[-+]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))\Z|\.(?:nan|NaN|NAN)\Z")


class _Loader(yaml.CSafeLoader):
    """The safe loader, with YAML 1.2's idea of what a plain word stands for."""


def _words_stay_words() -> None:
    """Leave out what YAML 1.1 sees in words: other booleans, dates, octal numbers, sixties."""
    kept = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
    resolvers = {
        first: [pair for pair in pairs if pair[0] in kept or (pair[0] == "tag:yaml.org,2002:bool" and first in "tTfF")]
        for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    for first in NUMERIC:
        own = [("tag:yaml.org,2002:int", WHOLE), ("tag:yaml.org,2002:float", FRACTION)]
        resolvers[first] = [*own, *resolvers.get(first, [])]
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
        _walk(node, "", lines, path, 0)
        return (None if node is None else loader.construct_document(node)), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError(f"not valid YAML: {error.problem}", subject=path, line=line, hint=_next_step(text, line)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        reason = f"not valid YAML: a control character (#x{error.character:04x})"
        raise ConfigError(reason, subject=path, line=line, hint="take it out, or save the file as UTF-8") from None
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


def _walk(node: yaml.Node | None, key: str, lines: dict[str, int], path: str, depth: int) -> None:
    """Note the line of every key, which is text whatever it looks like; refuse what this program has no use for."""
    if node is None:
        return
    if len(lines) > MAX_NODES:
        raise ConfigError(f"more than {MAX_NODES:,} keys once its aliases are followed", subject=path, hint="write the values out")
    if depth > MAX_DEPTH:
        hint = "does an alias stand inside of what it names?"
        raise ConfigError("nested too deeply", subject=path, line=node.start_mark.line + 1, hint=hint)
    _refuse_tag(node, path)
    if isinstance(node, yaml.MappingNode):
        _walk_mapping(node, key, lines, path, depth)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[f"{key}[{index}]"] = value.start_mark.line + 1
            _walk(value, f"{key}[{index}]", lines, path, depth + 1)


def _walk_mapping(node: yaml.MappingNode, key: str, lines: dict[str, int], path: str, depth: int) -> None:
    seen: set[str] = set()
    for name, value in node.value:
        line = name.start_mark.line + 1
        _refuse_tag(name, path)
        if not isinstance(name, yaml.ScalarNode):
            raise ConfigError("a list or a mapping stands where a key should", subject=path, line=line, hint="a key is a word")
        word = str(name.value)
        if word in seen:
            raise ConfigError(f"the key '{word}' stands here a second time", subject=path, line=line)
        if name.tag != MERGE:
            name.tag = TEXT
        seen.add(word)
        inner = f"{key}.{word}" if key else word
        lines[inner] = line
        _walk(value, inner, lines, path, depth + 1)


def _refuse_tag(node: yaml.Node, path: str) -> None:
    if node.tag not in KNOWN:
        word = node.tag.replace("tag:yaml.org,2002:", "!!")
        raise ConfigError(f"the tag {word} has no meaning here", subject=path, line=node.start_mark.line + 1, hint="take it out")


def _next_step(text: str, line: int) -> str:
    """Advice for what is wrong most often."""
    own = text.splitlines()[line - 1 : line]
    if own and "\t" in own[0][: len(own[0]) - len(own[0].lstrip())]:
        return "indent with spaces: YAML takes no tabs there"
    if own and own[0].startswith("---"):
        return "one document a file: take out the line"
    if own and ": " in own[0].partition(": ")[2]:
        return "put text that holds a colon and a space in quotes"
    return ""
