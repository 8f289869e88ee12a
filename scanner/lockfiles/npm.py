"""package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3: text in, installed packages and the project's own requirements out."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles import _npm_manifest, _npm_resolved, _npm_stale, _npm_v1
from scanner.lockfiles._json import Json
from scanner.lockfiles._npm_resolved import Form, Resolved
from scanner.lockfiles._npm_specs import release, version_text
from scanner.lockfiles._npm_tree import MAX_PATH, Entry, Node, Tree, edges, find, imported_name, is_installed, refuse_endless, source
from scanner.lockfiles._places import MAX_WHOLE_PACKAGES, refuse_crowded_whole, refuse_long, refuse_too_many, repeatable
from scanner.models import Lockfile, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles import Reader
    from scanner.lockfiles._json import Member, Members

NAMES = frozenset(("package-lock.json", "npm-shrinkwrap.json"))
NEWEST = 3

_ENTRY = msgspec.json.Decoder(Entry)
_VERSION = msgspec.json.Decoder(int | str | None)
_AGAIN = "let npm write it again: `npm install --package-lock-only`"
_UNREADABLE = ""
_FORM = Form(name="npm", audit="npm", hint=_AGAIN)


class _Npm:
    audit = "npm"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        return basename(path) in NAMES

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        problems: list[Problem] = []
        forced: set[str] = set()
        tree = _tree(Json(text, path), text, problems)
        direct = list(_direct(tree, path, read, problems, forced))
        covers = [_npm_manifest.path_beside(path, folder) for folder in _own_folders(tree)]
        ours = map(imported_name, tree.links)
        made = _npm_resolved.lockfile(path, _FORM, _resolved(tree), direct, covers, problems, ours)
        return msgspec.structs.replace(made, problems=(*made.problems, *_npm_stale.contradicted(made, forced, _AGAIN, read)))


FORMAT = _Npm()


def _tree(file: Json, text: str, problems: list[Problem]) -> Tree:
    """The entries, from ``packages`` where there is one (version 2 has both forms). Raises ParseError for what is no lockfile of npm."""
    members = {member.key: member for member in file.members()}
    known = _known_version(file, members.get("lockfileVersion"))
    if "packages" in members:
        packages = file.members(members["packages"])
        refuse_too_many(len(packages), file.path)
        return Tree(packages.keys, repeatable(lambda: _nodes(file, packages, problems), len(text)))
    if "dependencies" in members:
        refuse_crowded_whole(text, file.path)
        nodes = _npm_v1.read(file, members["dependencies"], problems)
        refuse_too_many(len(nodes), file.path, MAX_WHOLE_PACKAGES)
        return Tree({folder: folder for folder in nodes}, nodes.items)
    if not known:
        raise ParseError("not a lockfile of npm: neither lockfileVersion nor packages", subject=file.path, line=1, hint=_AGAIN)
    return Tree({}, dict[str, Node]().items)


def _known_version(file: Json, member: Member | None) -> bool:
    version = file.decode(member, _VERSION) if member else None
    if isinstance(version, str) or (version is not None and not 0 < version <= NEWEST):
        line = file.location(member.at).line if member else 1
        raise ParseError(f"lockfileVersion {version} is not known, 1 to {NEWEST} are", subject=file.path, line=line, hint=_AGAIN)
    return version is not None


def _nodes(file: Json, packages: Members, problems: list[Problem]) -> Iterator[tuple[str, Node]]:
    """Every entry that can be read; one that cannot is a problem once, and is no longer itself among the keys."""
    for member in packages:
        folder = member.key
        if packages.keys[folder] != folder:
            continue
        location = file.location(member.at)
        try:
            refuse_endless(folder)
            refuse_long(member.end - member.start)
            yield folder, Node(file.decode(member, _ENTRY), location)
        except ParseError as error:
            packages.keys[folder] = _UNREADABLE
            name = imported_name(folder[-MAX_PATH:]) or "the root"
            problems.append(_npm_resolved.problem(location, f"{name}: {error.reason}", _AGAIN))


def _resolved(tree: Tree) -> Iterator[Resolved]:
    for folder, node in tree.nodes():
        entry = node.entry
        if is_installed(folder) and not entry.link:
            fetched = release(entry.address)
            yield Resolved(
                key=folder,
                name=entry.name or imported_name(folder),
                version=version_text(entry.version or ""),
                source=source(node, tree.asked.get(folder, ""), fetched),
                location=node.location,
                scope=entry.scope,
                edges=edges(folder, node, tree),
                fetched=fetched,
            )


def _own_folders(tree: Tree) -> list[str]:
    """The folders of the project itself: the root and the workspaces."""
    return list(dict.fromkeys(("", *tree.own)))


def _direct(tree: Tree, path: str, read: Reader, problems: list[Problem], forced: set[str]) -> Iterator[Requirement]:
    """What the root and each workspace ask for, at the lines of their package.json; at the lockfile's own where that is not there."""
    for folder in _own_folders(tree):
        manifest = _npm_manifest.beside(path, folder, read)
        if manifest is None:
            yield from _as_locked(folder, tree)
            continue
        problems.extend(manifest.problems)
        forced |= manifest.forced
        for one in manifest.wanted:
            yield msgspec.structs.replace(one, key=_key(one.name, folder, tree))
        for one in manifest.peers:
            if key := _key(one.name, folder, tree):
                yield msgspec.structs.replace(one, key=key)


def _as_locked(folder: str, tree: Tree) -> Iterator[Requirement]:
    node = tree.own.get(folder)
    if node is None:
        return
    entry = node.entry
    for scope, wanted in (
        (Scope.OPTIONAL, entry.optional_dependencies),
        (Scope.RUNTIME, entry.dependencies),
        (Scope.DEVELOPMENT, entry.dev_dependencies),
    ):
        for name, spec in (wanted or {}).items():
            yield Requirement(name=name, location=node.location, spec=spec, scope=scope, key=_key(name, folder, tree))


def _key(name: str, folder: str, tree: Tree) -> str:
    found = find(name, folder, tree.folders)
    return "" if found in tree.links else found
