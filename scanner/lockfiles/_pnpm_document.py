"""One YAML document of a pnpm-lock.yaml in, its packages, requirements and problems out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.lockfiles import _npm_manifest
from scanner.lockfiles._npm_graph import Edges, scopes
from scanner.lockfiles._npm_resolved import Resolved, problem
from scanner.lockfiles._npm_specs import Source, source_of
from scanner.lockfiles._pnpm_keys import fetched, identify, key_of, without_peers
from scanner.lockfiles._yaml import Map
from scanner.models import Location, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles import Reader

_SECTIONS = (
    ("optionalDependencies", Scope.OPTIONAL),
    ("dependencies", Scope.RUNTIME),
    ("devDependencies", Scope.DEVELOPMENT),
    ("configDependencies", Scope.DEVELOPMENT),
    ("packageManagerDependencies", Scope.DEVELOPMENT),
)
HINT = "let pnpm write it again: `pnpm install --lockfile-only`"
_NOTHING = Map()


def size(document: Map) -> int:
    """How many entries there are to read."""
    return sum(len(part) for part in (document.get("packages"), document.get("snapshots")) if isinstance(part, Map))


def parse(
    document: Map, path: str, read: Reader, problems: list[Problem], *, project: bool
) -> tuple[list[Resolved], list[Requirement], list[str | None]]:
    """The resolved dependencies, what the importers ask for, and the package.json files that this document answers for.

    ``project`` says that it is the document of the project, not that of pnpm's own tools: it should know all that a package.json names.
    """
    packages = _mapping(document, "packages", path, problems)
    snapshots = _mapping(document, "snapshots", path, problems) if "snapshots" in document else packages
    importers = dict(_importers(document, path, problems))
    dropped = _dropped(document)
    direct: list[Requirement] = []
    for folder, importer in importers.items():
        manifest = _npm_manifest.beside(path, folder, read)
        problems.extend(manifest.problems if manifest else ())
        written = {one.name: one for one in (*manifest.peers, *manifest.wanted)} if manifest else {}
        locked = list(_as_locked(importer, snapshots, path))
        direct += (_at_its_line(one, written.get(one.name)) for one in locked)
        if manifest and project:
            names = dropped.union(one.name for one in locked)
            direct += (one for one in manifest.wanted if one.name not in names)
    edges = {key: _edges(snapshot, snapshots) for key, snapshot in snapshots.items() if isinstance(snapshot, Map)}
    reached = scopes(edges, [(one.key, one.scope) for one in direct])
    resolved = []
    for key, entry, location in _installations(packages, snapshots, path, problems):
        name, version, source = identify(without_peers(key), entry)
        if _is_importer(entry, importers):
            source = Source.OURS
        scope = _marked(entry) or reached.get(key, Scope.UNKNOWN)
        resolved.append(
            Resolved(
                key=key, name=name, version=version, source=source, location=location, scope=scope, edges=edges.get(key, Edges()),
                fetched=fetched(entry),
            )
        )
    return resolved, direct, [_npm_manifest.path_beside(path, folder) for folder in importers]


def _installations(packages: Map, snapshots: Map, path: str, problems: list[Problem]) -> Iterator[tuple[str, Map, Location]]:
    """Each installation with the entry that describes it; entries that none names too: pnpm would leave those out, a scan does not."""
    named = {key if key in packages else without_peers(key) for key in snapshots}
    for key in (*snapshots, *(key for key in packages if key not in named)):
        own = key if key in packages else without_peers(key)
        entry, snapshot = packages.get(own), snapshots.get(key, _NOTHING)
        line, column = packages.places[own] if own in packages else snapshots.places[key]
        location = Location(path=path, line=line, column=column)
        if isinstance(entry, Map) and isinstance(snapshot, Map):
            yield key, entry, location
        else:
            reason = "not described under packages" if entry is None else "the entry is no mapping"
            problems.append(problem(location, f"{key}: {reason}", HINT))


def _is_importer(entry: Map, importers: dict[str, Map]) -> bool:
    """A workspace that is copied into place (``dependenciesMeta.injected``) is the project's own."""
    resolution = entry.get("resolution")
    return isinstance(resolution, Map) and str(resolution.get("directory")) in importers


def _marked(entry: Map) -> Scope | None:
    """What versions 5 and 6 say themselves."""
    if "dev" not in entry:
        return None
    if entry["dev"] == "true":
        return Scope.DEVELOPMENT
    return Scope.OPTIONAL if entry.get("optional") == "true" else Scope.RUNTIME


def _edges(snapshot: Map, keys: Map) -> Edges:
    needs, may_use = (_children(snapshot.get(section), keys) for section in ("dependencies", "optionalDependencies"))
    return Edges(dict.fromkeys(needs, ""), dict.fromkeys(may_use, ""))


def _children(section: object, keys: Map) -> Iterator[str]:
    if isinstance(section, Map):
        for name, reference in section.items():
            key = key_of(name, reference, keys) if isinstance(reference, str) else ""
            if key:
                yield key


def _importers(document: Map, path: str, problems: list[Problem]) -> Iterator[tuple[str, Map]]:
    if "importers" not in document:
        yield ".", document
        return
    for folder, importer in _mapping(document, "importers", path, problems).items():
        if isinstance(importer, Map):
            yield folder, importer
        elif importer:
            problems.append(problem(Location(path=path), f"importer {folder}: not a mapping", HINT))


def _at_its_line(one: Requirement, written: Requirement | None) -> Requirement:
    """What an importer asks for, at the line of its package.json; at the lockfile's own where that is not there."""
    if written is None:
        return one
    return replace(one, location=written.location, spec=one.spec if source_of(one.spec) is Source.OURS else written.spec or one.spec)


def _dropped(document: Map) -> set[str]:
    """The names that an override takes out: ``name: '-'``."""
    overrides = document.get("overrides")
    return {name for name, spec in overrides.items() if spec == "-"} if isinstance(overrides, Map) else set()


def _as_locked(importer: Map, keys: Map, path: str) -> Iterator[Requirement]:
    specifiers = importer.get("specifiers")
    for section, scope in _SECTIONS:
        wanted = importer.get(section)
        for name, value in wanted.items() if isinstance(wanted, Map) else ():
            reference = value.get("version") if isinstance(value, Map) else value
            spec = value.get("specifier") if isinstance(value, Map) else specifiers.get(name) if isinstance(specifiers, Map) else ""
            if isinstance(reference, str) and source_of(reference) is Source.OURS:  # a version may be asked for, and a workspace be meant
                spec = reference
            line, column = wanted.places[name] if isinstance(wanted, Map) else (1, 1)
            yield Requirement(
                name=name,
                location=Location(path=path, line=line, column=column),
                spec=spec if isinstance(spec, str) else "",
                scope=scope,
                key=key_of(name, reference, keys) if isinstance(reference, str) else "",
            )


def _mapping(document: Map, key: str, path: str, problems: list[Problem]) -> Map:
    value = document.get(key)
    if isinstance(value, Map) or not value:
        return value if isinstance(value, Map) else Map()
    location = Location(path=path, line=document.places[key][0])
    problems.append(problem(location, f"{key}: not a mapping, none of it was read", HINT))
    return Map()
