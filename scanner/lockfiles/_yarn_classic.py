"""yarn.lock of Yarn 1: text in, packages out. Its own format: headings at the margin, fields at two spaces, dependencies at four."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.errors import ParseError
from scanner.lockfiles import _yarn_graph
from scanner.lockfiles._npm_specs import Source, alias, release, source_of, split_spec, version_text
from scanner.lockfiles._places import refuse_long, refuse_too_many, repeatable
from scanner.lockfiles._yarn_workspaces import workspaces
from scanner.models import Location, Lockfile, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles import Reader

_ESCAPED = re.compile(r"\\(.)")
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
_PLAIN = r'(?:"([^"\\\n]*+)"|([^\s",:]+(?::[^\s",:]+)*))'
_WORD = re.compile(r'[\s,]*(?:"((?:[^"\\]++|\\.)*+)"|([^\s",:]+(?::[^\s",:]+)*))')
_PAIR = re.compile(rf" {{2}}( {{2}})?(?!#){_PLAIN} {_PLAIN}")
_LINE = re.compile(r"^.*$", re.MULTILINE)


def parse(text: str, path: str, read: Reader) -> Lockfile:
    """Everything that the file says. Raises ParseError with the line."""
    entries = repeatable(lambda: (_entry(one, path) for one in _blocks(text, path)), len(text))
    if "yarn lockfile v1" not in text and not any(True for _ in entries()):
        raise ParseError("not a yarn.lock: no entry and no heading", subject=path, line=1, hint=_yarn_graph.HINT)
    problems: list[Problem] = []
    known = workspaces(path, read)
    found = _yarn_graph.lockfile(path, "yarn", entries, dict.fromkeys(known.folders), read, problems, known)
    return replace(found, covers=tuple(dict.fromkeys((*found.covers, *known.globs))))


class _Block(Struct, gc=False):
    """One entry: the specs of its heading, where it starts, its fields, its dependencies by section; those of the last are being read."""

    specs: list[str]
    line: int
    fields: dict[str, str] = {}
    sections: dict[str, list[tuple[str, str]]] = {}
    last: list[tuple[str, str]] | None = None


def _blocks(text: str, path: str) -> Iterator[_Block]:
    """One after the other. Raises ParseError with the line."""
    block: _Block | None = None
    count = number = start = 0
    for found in _LINE.finditer(text):
        number, line = number + 1, found[0]
        refuse_long(found.end() - start, number)
        pair = _PAIR.fullmatch(line) if block else None
        if block and pair and _takes(block, pair[2] or pair[3] or "", pair[4] or pair[5] or "", deep=pair[1] is not None):
            continue
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        if _CONFLICT.match(line):
            raise ParseError("an unresolved merge conflict", subject=path, line=number, hint="resolve it, then `yarn install`")
        words = _words(content)
        if not line.startswith(" ") and content.endswith(":") and words:
            if block:
                yield block
            count += 1
            refuse_too_many(count, path)
            block, start = _Block(words, number), found.start()
        elif not (block and _understood(block, line, content, words)):
            raise ParseError("not a line of a yarn.lock", subject=path, line=number, hint=_yarn_graph.HINT)
    if block:
        yield block


def _takes(block: _Block, name: str, value: str, *, deep: bool) -> bool:
    """Note a name and what stands behind it; whether that is possible here."""
    if not deep:
        block.fields[name] = value
        return True
    if block.last is None:
        return False
    block.last.append((name, value))
    return True


def _understood(block: _Block, line: str, content: str, words: list[str]) -> bool:
    """The same of a line in any spelling, and of the headings of sections."""
    indent = len(line) - len(line.lstrip(" "))
    if indent == 2 and content.endswith(":") and len(words) == 1:
        block.last = block.sections.setdefault(words[0], [])
        return True
    if indent == 2 and len(words) > 1:
        return _takes(block, words[0], words[1], deep=False)
    return indent == 4 and len(words) == 2 and _takes(block, words[0], words[1], deep=True)


def _words(content: str) -> list[str]:
    """The words of a line, quoted or not; none where it does not consist of words and at most one closing colon."""
    found, at = [], 0
    while match := _WORD.match(content, at):
        found.append(_unquoted(match))
        at = match.end()
    return found if content[at:] in ("", ":") else []


def _unquoted(match: re.Match[str]) -> str:
    word: str = match[2] if match[1] is None else match[1]
    return _ESCAPED.sub(r"\1", word) if match[1] and "\\" in word else word


def _entry(block: _Block, path: str) -> _yarn_graph.Entry:
    name, wanted = split_spec(block.specs[0])
    other = alias(wanted)
    source = _source(block)
    known = release(block.fields.get("resolved", ""))  # what gets installed, whatever the heading calls it
    return _yarn_graph.Entry(
        key=block.specs[0],
        specs=tuple(block.specs),
        name=known.name if known else other.name if other else name,
        version=version_text(block.fields.get("version") or (known.version if known else "")),
        source=Source.REGISTRY if known else source,
        location=Location(path=path, line=block.line),
        fetched=known,
        needs=tuple(block.sections.get("dependencies", ())),
        may_use=tuple(block.sections.get("optionalDependencies", ())),
    )


def _source(block: _Block) -> Source:
    """A registry's wherever one of the specs asks a registry; the specs of one entry may mix ranges and addresses."""
    found = [source_of(split_spec(spec)[1]) for spec in block.specs]
    return Source.REGISTRY if Source.REGISTRY in found else found[0]
