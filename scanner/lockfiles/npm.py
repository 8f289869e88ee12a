"""package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3: text in, installed packages and the project's own requirements out."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles import _npm_manifest, _npm_resolved, _npm_v1
from scanner.lockfiles._json import Json
from scanner.lockfiles._npm_resolved import Form, Resolved
from scanner.lockfiles._npm_specs import release, version_text
from scanner.lockfiles._npm_tree import MAX_PATH, Entry, Node, asked_for, edges, find, imported_name, is_installed, refuse_endless, source
from scanner.lockfiles._places import refuse_too_many
from scanner.models import Lockfile, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles import Reader
    from scanner.lockfiles._json import Member
    from scanner.lockfiles._npm_tree import Tree

NAMES = frozenset(("package-lock.json", "npm-shrinkwrap.json"))
NEWEST = 3

_ENTRY = msgspec.json.Decoder(Entry)
_VERSION = msgspec.json.Decoder(int | str | None)
_AGAIN = "let npm write it again: `npm install --package-lock-only`"
_FORM = Form(name="npm", audit="npm", hint=_AGAIN)


class _Npm:
    audit = "npm"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        return basename(path) in NAMES

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        problems: list[Problem] = []
        tree = _tree(Json(text, path), problems)
        refuse_too_many(len(tree), path)
        direct = list(_direct(tree, path, read, problems))
        covers = [_npm_manifest.path_beside(path, folder) for folder in _own_folders(tree)]
        ours = (imported_name(folder) for folder, node in tree.items() if node.entry.link)
        return _npm_resolved.lockfile(path, _FORM, _resolved(tree), direct, covers, problems, ours)


FORMAT = _Npm()


def _tree(file: Json, problems: list[Problem]) -> Tree:
    """The entries, from ``packages`` where there is one (version 2 has both forms). Raises ParseError for what is no lockfile of npm."""
    members = {member.key: member for member in file.members()}
    known = _known_version(file, members.get("lockfileVersion"))
    tree: Tree = {}
    if "packages" in members:
        _read_packages(tree, file, members["packages"], problems)
    elif "dependencies" in members:
        _npm_v1.read_into(tree, file, members["dependencies"], problems)
    elif not known:
        raise ParseError("not a lockfile of npm: neither lockfileVersion nor packages", subject=file.path, line=1, hint=_AGAIN)
    return tree


def _known_version(file: Json, member: Member | None) -> bool:
    version = file.decode(member, _VERSION) if member else None
    if isinstance(version, str) or (version is not None and not 0 < version <= NEWEST):
        line = file.location(member.at).line if member else 1
        raise ParseError(f"lockfileVersion {version} is not known, 1 to {NEWEST} are", subject=file.path, line=line, hint=_AGAIN)
    return version is not None


def _read_packages(tree: Tree, file: Json, packages: Member, problems: list[Problem]) -> None:
    members = file.members(packages)
    refuse_too_many(len(members), file.path)
    for member in members:
        location = file.location(member.at)
        try:
            refuse_endless(member.key)
            tree[member.key] = Node(file.decode(member, _ENTRY), location)
        except ParseError as error:
            name = imported_name(member.key[-MAX_PATH:]) or "the root"
            problems.append(_npm_resolved.problem(location, f"{name}: {error.reason}", _AGAIN))


def _resolved(tree: Tree) -> Iterator[Resolved]:
    asked = asked_for(tree)
    for folder, node in tree.items():
        if is_installed(folder) and not node.entry.link:
            yield Resolved(
                key=folder,
                name=node.entry.name or imported_name(folder),
                version=version_text(node.entry.version or ""),
                source=source(node, asked.get(folder, "")),
                location=node.location,
                scope=node.entry.scope,
                edges=edges(folder, node, tree),
                fetched=release(node.entry.address),
            )


def _own_folders(tree: Tree) -> list[str]:
    """The folders of the project itself: the root and the workspaces."""
    return list(dict.fromkeys(("", *(folder for folder in tree if not is_installed(folder)))))


def _direct(tree: Tree, path: str, read: Reader, problems: list[Problem]) -> Iterator[Requirement]:
    """What the root and each workspace ask for, at the lines of their package.json; at the lockfile's own where that is not there."""
    for folder in _own_folders(tree):
        manifest = _npm_manifest.beside(path, folder, read)
        if manifest is None:
            yield from _as_locked(folder, tree)
            continue
        problems.extend(manifest.problems)
        for one in (*manifest.wanted, *manifest.peers):
            key = _key(one.name, folder, tree)
            if key or one not in manifest.peers:
                yield msgspec.structs.replace(one, key=key)


def _as_locked(folder: str, tree: Tree) -> Iterator[Requirement]:
    node = tree.get(folder)
    if node is None:
        return
    entry = node.entry
    for scope, wanted in (
        (Scope.OPTIONAL, entry.optional_dependencies),
        (Scope.RUNTIME, entry.dependencies),
        (Scope.DEVELOPMENT, entry.dev_dependencies),
    ):
        for name, spec in wanted.items():
            yield Requirement(name=name, location=node.location, spec=spec, scope=scope, key=_key(name, folder, tree))


def _key(name: str, folder: str, tree: Tree) -> str:
    found = find(name, folder, tree)
    return "" if not found or tree[found].entry.link else found
