"""bun.lock (JSON with comments and trailing commas): text in, packages out. The binary bun.lockb is refused with the way to a text."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from scanner.errors import ParseError
from scanner.lockfiles import _npm_manifest, _npm_resolved
from scanner.lockfiles._json import Json
from scanner.lockfiles._npm_graph import Edges, edges, scopes
from scanner.lockfiles._npm_resolved import Form, Resolved, problem
from scanner.lockfiles._npm_specs import Source, published, release, split_spec, version_text
from scanner.lockfiles._npm_tree import MAX_PATH, refuse_endless
from scanner.lockfiles._places import MAX_WHOLE_PACKAGES, refuse_crowded_whole, refuse_too_many
from scanner.models import Location, Lockfile, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from scanner.lockfiles import Reader
    from scanner.lockfiles._json import Member

NEWEST = 3
_HINT = "let Bun write it again: `bun install --lockfile-only`"
_FORM = Form(name="bun", audit="npm", hint=_HINT)
_AS_TEXT = "write it as text with `bun install --save-text-lockfile --frozen-lockfile --lockfile-only`, commit bun.lock, delete bun.lockb"


class _Wanted(Struct, gc=False):
    """The requirements of a package or a workspace, as Bun writes them."""

    name: str = ""
    dependencies: dict[str, str] = {}
    dev: dict[str, str] = msgspec.field(default_factory=dict, name="devDependencies")
    optional: dict[str, str] = msgspec.field(default_factory=dict, name="optionalDependencies")
    peers: dict[str, str] = msgspec.field(default_factory=dict, name="peerDependencies")


class _Entry(Struct, gc=False):
    """One entry of ``packages``: its identity (``name@1.0.0``), its address (empty for the usual registry's), its needs, its place."""

    identity: str
    address: str
    wanted: _Wanted
    location: Location


_ENTRY = msgspec.json.Decoder(list[object])
_WORKSPACE = msgspec.json.Decoder(_Wanted)
_VERSION = msgspec.json.Decoder(int)


class _Bun:
    audit = "npm"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        return basename(path) in ("bun.lock", "bun.lockb")

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        if basename(path) == "bun.lockb":
            raise ParseError("Bun's binary lockfile cannot be read", subject=path, line=1, hint=_AS_TEXT)
        refuse_crowded_whole(text, path)
        file = Json(text, path, relaxed=True)
        members = {member.key: member for member in file.members()}
        _check_version(file, members.get("lockfileVersion"))
        problems: list[Problem] = []
        entries = dict(_entries(file, members.get("packages"), problems))
        refuse_too_many(len(entries), path, MAX_WHOLE_PACKAGES)
        graph = {key: _edges(key, one.wanted, entries) for key, one in entries.items()}
        folders = _workspaces(file, members.get("workspaces"), problems)
        direct = list(_direct(path, folders, entries, read, problems))
        reached = scopes(graph, [(one.key, one.scope) for one in direct])
        resolved = [_resolved(key, one, graph[key], reached.get(key, Scope.UNKNOWN)) for key, one in entries.items()]
        covers = [_npm_manifest.path_beside(path, folder) for folder in folders]
        return _npm_resolved.lockfile(path, _FORM, resolved, direct, covers, problems)


FORMAT = _Bun()


def _check_version(file: Json, member: Member | None) -> None:
    if member is None:
        raise ParseError("not a lockfile of Bun: no lockfileVersion", subject=file.path, line=1, hint=_HINT)
    version = file.decode(member, _VERSION)
    if version > NEWEST:
        line = file.location(member.at).line
        raise ParseError(f"lockfileVersion {version} is not known, up to {NEWEST} is", subject=file.path, line=line, hint=_HINT)


def _entries(file: Json, packages: Member | None, problems: list[Problem]) -> Iterator[tuple[str, _Entry]]:
    for member in file.members(packages) if packages else ():
        location = file.location(member.at)
        try:
            refuse_endless(member.key)
            parts = file.decode(member, _ENTRY)
            details = next((part for part in parts[1:] if isinstance(part, dict)), {})
            if not parts or not isinstance(parts[0], str):
                raise ParseError("the entry does not begin with name@version")
            address = parts[1] if len(parts) > 1 and isinstance(parts[1], str) else ""
            yield member.key, _Entry(parts[0], address, msgspec.convert(details, _Wanted), location)
        except (ParseError, msgspec.ValidationError) as error:
            reason = error.reason if isinstance(error, ParseError) else str(error)
            problems.append(problem(location, f"{member.key[:MAX_PATH]}: {reason}", _HINT))


def _workspaces(file: Json, workspaces: Member | None, problems: list[Problem]) -> dict[str, tuple[_Wanted, Location]]:
    """What each workspace asks for by its folder; the root is ``""``."""
    found: dict[str, tuple[_Wanted, Location]] = {}
    for member in file.members(workspaces) if workspaces else ():
        location = file.location(member.at)
        try:
            found[member.key] = file.decode(member, _WORKSPACE), location
        except ParseError as error:
            found[member.key] = _Wanted(), location
            problems.append(problem(location, f"workspace {member.key}: {error.reason}", _HINT))
    return found or {"": (_Wanted(), Location(path=file.path))}


def _direct(
    path: str, folders: Mapping[str, tuple[_Wanted, Location]], entries: Container[str], read: Reader, problems: list[Problem]
) -> Iterator[Requirement]:
    for folder, (locked, location) in folders.items():
        manifest = _npm_manifest.beside(path, folder or ".", read)
        problems.extend(manifest.problems if manifest else ())
        for one in manifest.wanted if manifest else _as_locked(locked, location):
            yield replace(one, key=_find(one.name, locked.name if folder else "", entries))
        for one in manifest.peers if manifest else ():
            if key := _find(one.name, locked.name if folder else "", entries):
                yield replace(one, key=key)


def _as_locked(wanted: _Wanted, location: Location) -> Iterator[Requirement]:
    sections = ((wanted.optional, Scope.OPTIONAL), (wanted.dependencies, Scope.RUNTIME), (wanted.dev, Scope.DEVELOPMENT))
    for section, scope in sections:
        for name, spec in section.items():
            yield Requirement(name=name, location=location, spec=spec, scope=scope)


def _edges(key: str, wanted: _Wanted, entries: Container[str]) -> Edges:
    needs = {_find(name, key, entries): spec for name, spec in {**wanted.peers, **wanted.dependencies}.items()}
    may_use = {_find(name, key, entries): spec for name, spec in wanted.optional.items()}
    needs.pop("", None)
    may_use.pop("", None)
    return edges(needs, may_use)


def _find(name: str, importer: str, entries: Container[str]) -> str:
    """The key that ``name`` means for the entry or workspace ``importer``: its own copy (``importer/name``), else that of one above it."""
    at = importer
    while at:
        if f"{at}/{name}" in entries:
            return f"{at}/{name}"
        above, _, last = at.rpartition("/")
        at = above.rpartition("/")[0] if above.rpartition("/")[2].startswith("@") else above if last else ""
    return name if name in entries else ""


def _resolved(key: str, entry: _Entry, edges: Edges, scope: Scope) -> Resolved:
    name, reference = split_spec(entry.identity)
    source, known = published(reference)
    return Resolved(
        key=key,
        name=known.name if known else name,
        version=version_text(known.version if known else reference),
        source=Source.OURS if reference.startswith("root:") else source,
        location=entry.location,
        scope=scope,
        edges=edges,
        fetched=release(entry.address),
    )
