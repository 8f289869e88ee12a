"""yarn.lock of Yarn 1 (one of Berry is handed on): text in, packages out; which of them only development needs is told by package.json."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.errors import ParseError
from scanner.lockfiles import _npm_manifest, _yarn_graph, berry
from scanner.lockfiles._npm_specs import Source, alias, release, source_of, split_spec, version_text
from scanner.lockfiles._places import refuse_too_many
from scanner.models import Location, Lockfile, Problem, Requirement

if TYPE_CHECKING:
    from scanner.lockfiles import Reader

_ESCAPED = re.compile(r"\\(.)")
_BERRY = re.compile(r"^__metadata:", re.MULTILINE)
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
_WORD = re.compile(r'[\s,]*(?:"((?:[^"\\]++|\\.)*+)"|([^\s",:]+(?::[^\s",:]+)*))')


class _Yarn:
    audit = "yarn"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        return basename(path) == "yarn.lock"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Yarn 1 does not write the workspaces down: ``covers`` holds their globs as package.json has them, and a name that the lockfile
        lacks may be one of theirs.
        """
        if _BERRY.search(text):
            return berry.parse(text, path, read)
        blocks = _blocks(text, path)
        if not blocks and "yarn lockfile v1" not in text:
            raise ParseError("not a yarn.lock: no entry and no heading", subject=path, line=1, hint=_yarn_graph.HINT)
        problems: list[Problem] = []
        manifest = _npm_manifest.beside(path, ".", read)
        workspaces = [one.removeprefix("./") for one in (manifest.workspaces if manifest else ()) if not one.startswith("!")]
        folders = dict.fromkeys([".", *(one for one in workspaces if not _is_glob(one))])
        ours = [one.name for folder in folders if workspaces for one in _wanted(path, folder, read)]
        found = _yarn_graph.lockfile(path, "yarn", [_entry(one, path) for one in blocks], folders, read, problems, ours)
        globs = (_npm_manifest.path_beside(path, one) for one in workspaces if _is_glob(one))
        return replace(found, covers=(*found.covers, *(one for one in globs if one)))


FORMAT = _Yarn()


def _wanted(path: str, folder: str, read: Reader) -> tuple[Requirement, ...]:
    manifest = _npm_manifest.beside(path, folder, read)
    return manifest.wanted if manifest else ()


class _Block(Struct):
    """One entry: the specs of its heading, its fields, its dependencies by section, where it starts."""

    specs: list[str]
    line: int
    fields: dict[str, str]
    sections: dict[str, list[tuple[str, str]]]


def _blocks(text: str, path: str) -> list[_Block]:
    """Yarn 1's own format: headings at the margin, fields at two spaces, dependencies at four. Raises ParseError with the line."""
    blocks: list[_Block] = []
    section: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        if _CONFLICT.match(line):
            raise ParseError("an unresolved merge conflict", subject=path, line=number, hint="resolve it, then `yarn install`")
        indent = len(line) - len(line.lstrip(" "))
        words = _words(content)
        if indent == 0 and content.endswith(":") and words:
            refuse_too_many(len(blocks), path)
            blocks.append(_Block(words, number, {}, {}))
        elif indent == 2 and blocks and content.endswith(":") and len(words) == 1:
            section = blocks[-1].sections.setdefault(words[0], [])
        elif indent == 2 and blocks and len(words) > 1:
            blocks[-1].fields[words[0]] = words[1]
        elif indent == 4 and blocks and blocks[-1].sections and len(words) == 2:
            section.append((words[0], words[1]))
        else:
            raise ParseError("not a line of a yarn.lock", subject=path, line=number, hint=_yarn_graph.HINT)
    return blocks


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


def _is_glob(pattern: str) -> bool:
    return any(mark in pattern for mark in "*?[{")
