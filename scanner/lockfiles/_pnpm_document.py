"""One YAML document of a pnpm-lock.yaml in, its packages, requirements and problems out."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from scanner.lockfiles import _npm_manifest
from scanner.lockfiles._npm_graph import NO_EDGES, Edges, scopes
from scanner.lockfiles._npm_resolved import Resolved, problem
from scanner.lockfiles._npm_specs import Source, source_of
from scanner.lockfiles._pnpm_keys import fetched, identify, key_of, without_peers
from scanner.lockfiles._yaml import Map
from scanner.models import Location, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from typing import TypeAlias

    from scanner.lockfiles import Reader
    from scanner.lockfiles._yaml_outline import Outline

    Large: TypeAlias = Map | Outline

_SECTIONS = (
    ("optionalDependencies", Scope.OPTIONAL),
    ("dependencies", Scope.RUNTIME),
    ("devDependencies", Scope.DEVELOPMENT),
    ("configDependencies", Scope.DEVELOPMENT),
    ("packageManagerDependencies", Scope.DEVELOPMENT),
)
HINT = "let pnpm write it again: `pnpm install --lockfile-only`"


class Document(NamedTuple):
    """One document: what is installed (``snapshots``, the same as ``packages`` before version 9), and what describes it."""

    root: Large
    packages: Large
    snapshots: Large

    @property
    def size(self) -> int:
        """How many packages there are to read."""
        return max(len(self.packages), len(self.snapshots))


def opened(root: Large, path: str, problems: list[Problem]) -> Document:
    """The document of which this is the outermost mapping."""
    packages = _mapping(root, "packages", path, problems)
    return Document(root, packages, _mapping(root, "snapshots", path, problems) if "snapshots" in root else packages)


def parse(
    document: Document, path: str, read: Reader, problems: list[Problem], *, project: bool
) -> tuple[Iterator[Resolved], list[Requirement], list[str | None]]:
    """The resolved dependencies, what the importers ask for, and the package.json files that this document answers for.

    ``project`` says that it is the document of the project, not that of pnpm's own tools: it should know all that a package.json names.
    """
    snapshots = document.snapshots
    importers = dict(_importers(document.root, path, problems))
    dropped = _dropped(document.root)
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
    for folder, askers in _copied(document, direct).items():
        manifest = _npm_manifest.beside(path, folder, read)
        snapshot = snapshots.get(askers[0].key)
        if manifest is not None and folder not in importers and isinstance(snapshot, Map):
            importers[folder] = snapshot
            problems.extend(manifest.problems)
            keys = {one.name: one.key for one in _as_locked(snapshot, snapshots, path)}
            direct += _npm_manifest.narrowed((replace(one, key=keys.get(one.name, "")) for one in manifest.wanted), askers)
    return _resolved(document, direct, importers, path, problems), direct, [_npm_manifest.path_beside(path, folder) for folder in importers]


def _copied(document: Document, direct: Iterable[Requirement]) -> dict[str, list[Requirement]]:
    """The folders that somebody asks for as ``file:./x``, each with who does."""
    found: dict[str, list[Requirement]] = {}
    for one in direct:
        entry = document.packages.get(one.key) or document.packages.get(without_peers(one.key)) if "file:" in one.key else None
        resolution = entry.get("resolution") if isinstance(entry, Map) else None
        folder = resolution.get("directory") if isinstance(resolution, Map) else None
        if isinstance(folder, str):
            found.setdefault(folder, []).append(one)
    return found


def _resolved(
    document: Document, direct: list[Requirement], importers: Container[str], path: str, problems: list[Problem]
) -> Iterator[Resolved]:
    """Each installation, of very many one at a time."""
    edges = _graph(document.snapshots)
    reached = scopes(edges, [(one.key, one.scope) for one in direct])
    for key, entry, location in _installations(document, edges, path, problems):
        name, version, source = identify(without_peers(key), entry)
        if _is_importer(entry, importers):
            source = Source.OURS
        scope = _marked(entry) or reached.get(key, Scope.UNKNOWN)
        yield Resolved(
            key=key, name=name, version=version, source=source, location=location, scope=scope, edges=edges.get(key, NO_EDGES),
            fetched=fetched(entry),
        )


def _installations(
    document: Document, edges: Mapping[str, Edges], path: str, problems: list[Problem]
) -> Iterator[tuple[str, Map, Location]]:
    """Each installation with the entry that describes it; entries that none names too: pnpm would leave those out, a scan does not."""
    packages, snapshots = document.packages, document.snapshots
    named = {without_peers(key) for key in snapshots if key not in packages}
    for key in chain(snapshots, (key for key in packages if key not in snapshots and key not in named)):
        own = key if key in packages else without_peers(key)
        entry = packages.get(own)
        line, column = packages.place(own) if own in packages else snapshots.place(key)
        location = Location(path=path, line=line, column=column)
        if isinstance(entry, Map) and (key in edges or key not in snapshots):
            yield key, entry, location
        else:
            reason = "not described under packages" if entry is None else "the entry is no mapping"
            problems.append(problem(location, f"{key}: {reason}", HINT))


def _is_importer(entry: Map, importers: Container[str]) -> bool:
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


def _graph(snapshots: Large) -> dict[str, Edges]:
    """What every installation brings in; one whose entry is no mapping is left out."""
    keys = {key: key for key in snapshots}
    edges: dict[str, Edges] = {}
    for key in keys:
        snapshot = snapshots.get(key)
        if isinstance(snapshot, Map):
            needs = tuple(dict.fromkeys(_children(snapshot.get("dependencies"), keys)))
            may_use = tuple(dict.fromkeys(_children(snapshot.get("optionalDependencies"), keys)))
            edges[key] = Edges(needs, may_use) if needs or may_use else NO_EDGES
    return edges


def _children(section: object, keys: Mapping[str, str]) -> Iterator[str]:
    if isinstance(section, Map):
        for name, reference in section.items():
            key = key_of(name, reference, keys) if isinstance(reference, str) else ""
            if key:
                yield keys[key]


def _importers(document: Large, path: str, problems: list[Problem]) -> Iterator[tuple[str, Large]]:
    if "importers" not in document:
        yield ".", document
        return
    importers = _mapping(document, "importers", path, problems)
    for folder in importers:
        importer = importers.get(folder)
        if isinstance(importer, Map):
            yield folder, importer
        elif importer:
            problems.append(problem(Location(path=path), f"importer {folder}: not a mapping", HINT))


def _at_its_line(one: Requirement, written: Requirement | None) -> Requirement:
    """What an importer asks for, at the line of its package.json; at the lockfile's own where that is not there."""
    if written is None:
        return one
    return replace(one, location=written.location, spec=one.spec if source_of(one.spec) is Source.OURS else written.spec or one.spec)


def _dropped(document: Large) -> set[str]:
    """The names that an override takes out (``name: '-'``), and the optional ones that its settings ignore."""
    overrides, ignored = document.get("overrides"), document.get("ignoredOptionalDependencies")
    dropped = {name for name, spec in overrides.items() if spec == "-"} if isinstance(overrides, Map) else set()
    return dropped.union(one for one in ignored if isinstance(one, str)) if isinstance(ignored, list) else dropped


def _as_locked(importer: Large, keys: Container[str], path: str) -> Iterator[Requirement]:
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


def _mapping(document: Large, key: str, path: str, problems: list[Problem]) -> Large:
    found = document.inner(key)
    if found is not None:
        return found
    value = document.get(key)
    if value and not isinstance(value, Map):
        location = Location(path=path, line=document.place(key)[0])
        problems.append(problem(location, f"{key}: not a mapping, none of it was read", HINT))
    return value if isinstance(value, Map) else Map()
