"""The entries of a package-lock.json as one flat tree of install folders, whatever its version; node's rule for who finds whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from scanner.errors import ParseError
from scanner.lockfiles import _npm_graph
from scanner.lockfiles._npm_specs import Release, Source, is_tarball, source_of
from scanner.models import Location, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_FOLDER = "node_modules/"


class Entry(Struct, gc=False):
    """One entry of ``packages`` (lockfileVersion 2 and 3), as npm writes it; other members are not read."""

    name: str = ""
    version: str | None = None
    resolved: str | bool | None = None
    link: bool = False
    dev: bool = False
    optional: bool = False
    dev_optional: bool = msgspec.field(default=False, name="devOptional")
    extraneous: bool = False
    dependencies: dict[str, str] | None = None
    dev_dependencies: dict[str, str] | None = msgspec.field(default=None, name="devDependencies")
    optional_dependencies: dict[str, str] | None = msgspec.field(default=None, name="optionalDependencies")
    peer_dependencies: dict[str, str] | None = msgspec.field(default=None, name="peerDependencies")

    @property
    def address(self) -> str:
        """Where it was taken from; empty where npm did not write it down (``omit-lockfile-registry-resolved``, bundled)."""
        return self.resolved if isinstance(self.resolved, str) else ""

    @property
    def wanted(self) -> dict[str, str]:
        """What it requires at run time: name (as it is imported) and spec."""
        if self.peer_dependencies or self.optional_dependencies:
            return {**(self.peer_dependencies or {}), **(self.dependencies or {}), **(self.optional_dependencies or {})}
        return self.dependencies or {}

    @property
    def scope(self) -> Scope:
        """npm's own marks; ``devOptional`` is needed by both kinds, so leaving out development does not leave it out."""
        if self.extraneous:
            return Scope.UNKNOWN
        if self.dev:
            return Scope.DEVELOPMENT
        return Scope.OPTIONAL if self.optional or self.dev_optional else Scope.RUNTIME


class Node(Struct, gc=False):
    """An entry and the place of its key in the file."""

    entry: Entry
    location: Location


class Tree:
    """Nodes by install folder: ``""`` the root, ``packages/a`` a workspace, ``node_modules/a/node_modules/b`` an installed package.

    ``folders`` gives every folder as itself (as anything else: it could not be read); ``nodes`` gives all that could, in order and as often
    as it is called: of half a million entries one is in memory at a time. ``own`` are those of the project itself; ``links`` the folders
    that lead there; ``asked`` has, for every folder that somebody asks for by an address, one such spec.
    """

    def __init__(self, folders: Mapping[str, str], nodes: Callable[[], Iterable[tuple[str, Node]]]) -> None:
        self.folders = folders
        self.nodes = nodes
        self.own: dict[str, Node] = {}
        self.links: set[str] = set()
        addresses: list[tuple[str, str, str]] = []
        for folder, node in nodes():
            entry = node.entry
            if not is_installed(folder):
                self.own[folder] = node
            if entry.link:
                self.links.add(folder)
            for wanted in (entry.wanted, entry.dev_dependencies):
                if wanted:
                    addresses += [(name, folder, spec) for name, spec in wanted.items() if spec.startswith("http")]
        self.asked = {find(name, folder, folders): spec for name, folder, spec in addresses if source_of(spec) is Source.TARBALL}


MAX_PATH, MAX_FOLDERS = 4096, 128
"""Longer and deeper than any path that npm makes."""


def refuse_endless(folder: str) -> None:
    """Raise ParseError for a path that only an attacker writes: walking up such paths would take forever."""
    if len(folder) > MAX_PATH or folder.count("/") > MAX_FOLDERS:
        raise ParseError(f"a path of {len(folder)} characters and {folder.count('/')} folders")


def is_installed(folder: str) -> bool:
    """Whether a folder is one that npm fills; the others are the project's own."""
    return folder.startswith(_FOLDER) or f"/{_FOLDER}" in folder


def imported_name(folder: str) -> str:
    """The name by which the package in this folder is imported."""
    return folder.rpartition(_FOLDER)[2]


def find(name: str, importer: str, folders: Mapping[str, str]) -> str:
    """The folder that ``name`` resolves to from the folder ``importer``; empty where it is not installed.

    Follows node: its own node_modules first, then that of each folder above (https://nodejs.org/api/modules.html, "Loading from
    node_modules folders").
    """
    at = importer
    while True:
        if at.rpartition("/")[2] != "node_modules":
            folder = folders.get(f"{at}/{_FOLDER}{name}" if at else _FOLDER + name)
            if folder:
                return folder
        if not at:
            return ""
        at = at.rpartition("/")[0]


def edges(folder: str, node: Node, tree: Tree) -> _npm_graph.Edges:
    """The folders of the installed packages that this one brings in; links lead into the project itself and are left out."""
    wanted = node.entry.wanted
    if not wanted:
        return _npm_graph.NO_EDGES
    found = {find(name, folder, tree.folders): spec for name, spec in wanted.items()}
    return _npm_graph.edges({key: spec for key, spec in found.items() if key and key not in tree.links})


def source(node: Node, asked: str, fetched: Release | None) -> Source:
    """Where an installed package comes from; ``asked`` is the spec by which somebody requires it, empty where unknown.

    The tarball of a registry's release (``fetched``) is that release, on whatever host it lies. Any other address is a registry's own only
    where nobody asked for an address.
    """
    address = node.entry.address
    if node.entry.link:
        return Source.OURS
    kind = source_of(address) if address else Source.REGISTRY
    if kind is Source.FILE and not is_tarball(address):
        return Source.OURS
    if kind is Source.TARBALL and (fetched or (node.entry.version and source_of(asked) is not Source.TARBALL)):
        return Source.REGISTRY
    return kind
