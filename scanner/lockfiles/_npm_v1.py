"""The nested ``dependencies`` of a package-lock.json of version 1 in, the flat tree of install folders of the later versions out."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from scanner.errors import ParseError
from scanner.lockfiles._npm_specs import Source, alias, is_tarball, release, source_of
from scanner.lockfiles._npm_tree import MAX_PATH, Entry, Node, is_installed, refuse_endless
from scanner.models import Problem

if TYPE_CHECKING:
    from scanner.lockfiles._json import Json, Member

MAX_DEPTH = 32
"""Deeper than any tree that npm makes."""


class _Entry(Struct, gc=False):
    version: str | None = None
    resolved: str | bool | None = None
    dev: bool = False
    optional: bool = False
    requires: dict[str, str] | bool = False


_ENTRY = msgspec.json.Decoder(_Entry)


def read(file: Json, dependencies: Member, problems: list[Problem]) -> dict[str, Node]:
    """Every entry by its install folder; one that cannot be understood becomes a problem, the rest stands."""
    nodes: dict[str, Node] = {}
    homes: set[str] = set()
    waiting = [("", dependencies, 1)]
    while waiting:
        home, member, depth = waiting.pop()
        for one in file.members(member):
            folder = f"{home}/node_modules/{one.key}" if home else f"node_modules/{one.key}"
            try:
                inner = _read_entry(nodes, file, one, folder)
                if inner is not None and depth >= MAX_DEPTH:
                    raise ParseError(f"more than {MAX_DEPTH} levels of dependencies")
            except ParseError as error:
                problems.append(Problem(subject=file.path, reason=f"{one.key[:MAX_PATH]}: {error.reason}", location=file.location(one.at)))
                continue
            if inner is not None:
                waiting.append((_home(nodes[folder].entry, folder, homes), inner, depth + 1))
    return nodes


def _read_entry(nodes: dict[str, Node], file: Json, member: Member, folder: str) -> Member | None:
    """Add one entry; return its own nested ``dependencies``."""
    refuse_endless(folder)
    entry, location = _entry(file.decode(member, _ENTRY), member.key), file.location(member.at)
    nodes[folder] = Node(entry, location)
    if own := _linked(entry):
        nodes[own] = Node(Entry(dependencies=entry.dependencies), location)
    nested = next((one for one in file.members(member) if one.key == "dependencies"), None)
    if nested is not None:
        file.members(nested)
    return nested


def _home(entry: Entry, folder: str, homes: set[str]) -> str:
    """Where the packages nested in an entry lie: in the project's own folder that it is a link to, the first time that one is."""
    own = _linked(entry)
    if not own or own in homes or is_installed(own):
        return folder
    homes.add(own)
    return own


def _linked(entry: Entry) -> str:
    """The folder of the project itself that an entry is a link to; empty where it is none."""
    inside = entry.link and not entry.address.startswith("file:..")
    return normpath(entry.address.removeprefix("file:")) if inside else ""


def _entry(old: _Entry, name: str) -> Entry:
    """The same in the newer form: an old ``version`` may be an alias or an address."""
    version = old.version or ""
    made = Entry(version=old.version, resolved=old.resolved, dev=old.dev, optional=old.optional)
    made.dependencies = old.requires if isinstance(old.requires, dict) else None
    real = alias(version) or release(version)
    kind = source_of(version)
    if real:
        made.name, made.version = real
    elif kind is not Source.REGISTRY:
        made.version, made.resolved = None, version
        made.link = kind is Source.FILE and not is_tarball(version)
    made.name = "" if made.name == name else made.name
    return made
