"""yarn.lock of Yarn 2 and later (metadata version 4 to 10): text in, packages out. ``yarn.FORMAT`` claims the name and hands it here."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scanner.errors import ParseError
from scanner.lockfiles import _yaml, _yaml_outline, _yarn_graph
from scanner.lockfiles._npm_resolved import problem
from scanner.lockfiles._npm_specs import Release, published, release, split_spec, version_text
from scanner.lockfiles._places import refuse_crowded_whole, refuse_too_many, repeatable
from scanner.lockfiles._yaml import Map
from scanner.lockfiles._yaml_outline import Outline
from scanner.lockfiles._yaml_regular import Odd
from scanner.lockfiles._yarn_graph import Entry
from scanner.models import Location, Lockfile, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scanner.lockfiles import Reader
    from scanner.lockfiles._yaml import Value

NEWEST = 10
"""The newest ``__metadata.version`` that this reads."""


def parse(text: str, path: str, read: Reader) -> Lockfile:
    """Everything that a Berry lockfile says. Raises ParseError where it is none, or newer than this program."""
    with suppress(Odd):
        return _read(_yaml_outline.outlines(text), text, path, read)
    refuse_crowded_whole(text, path)  # not as Yarn writes it: all of it is in memory at once, so it has to be smaller
    return _read(_yaml.load_all(text, path), text, path, read)


def _read(documents: Sequence[Value | Outline], text: str, path: str, read: Reader) -> Lockfile:
    document = _checked(documents, path)
    refuse_too_many(len(document), path)
    problems: list[Problem] = []
    entries = repeatable(lambda: _entries(document, path, problems), len(text))
    folders: dict[str, Entry | None] = {".": None}
    folders |= {folder: one for one in entries() if (folder := one.key.partition("@workspace:")[2])}
    return _yarn_graph.lockfile(path, "berry", entries, folders, read, problems)


def _entries(document: Map | Outline, path: str, problems: list[Problem]) -> Iterator[Entry]:
    for key in document:
        if key == "__metadata":
            continue
        value = document.get(key)
        resolution = value.get("resolution") if isinstance(value, Map) else None
        line, column = document.place(key)
        location = Location(path=path, line=line, column=column)
        if isinstance(value, Map) and isinstance(resolution, str) and resolution:
            yield _entry(key, value, resolution, location)
        else:
            problems.append(problem(location, f"{key}: the entry has no resolution", _yarn_graph.HINT))


def _checked(documents: Sequence[Value | Outline], path: str) -> Map | Outline:
    found = documents[0] if len(documents) == 1 else None
    document = found if isinstance(found, (Map, Outline)) else Map()
    metadata = document.get("__metadata")
    if not isinstance(metadata, Map):
        raise ParseError("not a yarn.lock: no __metadata", subject=path, line=1, hint=_yarn_graph.HINT)
    version = metadata.get("version")
    if not isinstance(version, str) or not version.isascii() or not version.isdigit() or int(version[:9]) > NEWEST:
        line, _ = document.place("__metadata")
        raise ParseError(f"metadata version {version} is not known, up to {NEWEST} is", subject=path, line=line, hint=_yarn_graph.HINT)
    return document


def _entry(key: str, value: Map, resolution: str, location: Location) -> Entry:
    name, reference = split_spec(resolution)
    patched = _inner(reference)
    reference, _, bound = reference.partition("::") if reference.startswith("npm:") else (reference, "", "")
    source, known = published(split_spec(patched)[1].removeprefix("npm:") if patched else reference)
    bound_to = _fetched(bound)
    version = known.version if known else value.get("version")
    needs, may_use = _wanted(value)
    return Entry(
        key=resolution,
        specs=(resolution, *(spec.strip() for spec in key.split(","))),
        name=known.name if known else bound_to.name if bound_to else name,
        version=version_text(version if isinstance(version, str) else ""),
        source=source,
        location=location,
        needs=needs,
        may_use=may_use,
        patched=patched,
        fetched=bound_to,
    )


def _fetched(bound: str) -> Release | None:
    """The release that an entry is fetched from, where it is bound to an address (``::__archiveUrl=https%3A%2F%2F…``)."""
    address = next((part.removeprefix("__archiveUrl=") for part in bound.split("&") if part.startswith("__archiveUrl=")), "")
    return release(unquote(address))


def _inner(reference: str) -> str:
    """The spec inside ``patch:name@npm%3A1.0.0#patch-file::version=…``; patches of patches are unwrapped; empty for anything else."""
    inner = ""
    for _ in range(8):
        if not reference.startswith("patch:"):
            break
        inner = unquote(reference.removeprefix("patch:").partition("#")[0])
        reference = split_spec(inner)[1]
    return inner


def _wanted(value: Map) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Needed and optional dependencies: Berry tells the second by ``dependenciesMeta``."""
    meta = value.get("dependenciesMeta")
    marks = meta.items() if isinstance(meta, Map) else ()
    optional = {name for name, one in marks if isinstance(one, Map) and one.get("optional") == "true"}
    pairs = list(_pairs(value, "dependencies"))
    needs = tuple(pair for pair in pairs if pair[0] not in optional)
    return needs, (*(pair for pair in pairs if pair[0] in optional), *_pairs(value, "optionalDependencies"))


def _pairs(value: Map, section: str) -> Iterator[tuple[str, str]]:
    content = value.get(section)
    for name, wanted in content.items() if isinstance(content, Map) else ():
        if isinstance(wanted, str):
            yield name, wanted
