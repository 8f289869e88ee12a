"""What a yarn.lock says, classic or Berry, as entries with their specs; edges, scopes and direct requirements drawn from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.lockfiles import _npm_manifest, _npm_resolved, _npm_specs
from scanner.lockfiles._npm_graph import Edges, edges, scopes
from scanner.lockfiles._npm_resolved import Form, Resolved
from scanner.models import Location, Lockfile, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scanner.lockfiles import Reader
    from scanner.lockfiles._npm_specs import Release, Source

HINT = "let Yarn write it again: `yarn install`"


class Entry(Struct, frozen=True, gc=False):
    """One entry: the specs (``a@^1.0.0``) that it answers, what it resolved to, what it requires as (name, range) pairs.

    ``name`` and ``version`` are the registry's; ``key`` names the entry; ``patched`` is the spec of the entry that this one only patches;
    ``fetched`` the release whose address the entry gives.
    """

    key: str
    specs: tuple[str, ...]
    name: str
    version: str
    source: Source
    location: Location
    needs: tuple[tuple[str, str], ...] = ()
    may_use: tuple[tuple[str, str], ...] = ()
    patched: str = ""
    fetched: Release | None = None


class Specs:
    """Which entry a requirement means."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._keys: dict[str, str] = {}
        self._only: dict[str, str] = {}
        for entry in entries:
            for spec in entry.specs:
                self._keys.setdefault(spec, entry.key)
                name = _npm_specs.split_spec(spec)[0]
                self._only[name] = entry.key if self._only.get(name, entry.key) == entry.key else ""

    def key(self, name: str, wanted: str) -> str:
        """The entry's key, empty where there is none.

        Yarn's ``resolutions`` replace a range without a trace in the entries that ask for it: then the only entry of that name is meant.
        """
        exact = self._keys.get(f"{name}@{wanted}") or self._keys.get(f"{name}@npm:{wanted}")
        return exact or self._only.get(name, "")


def lockfile(
    path: str, form: str, entries: Sequence[Entry], folders: Mapping[str, Entry | None], read: Reader, problems: list[Problem],
    ours: Iterable[str] = (),
) -> Lockfile:
    """The finished Lockfile; ``folders`` are those of the root and the workspaces, relative to the lockfile's own, each with its entry;
    ``ours`` are names that may be the project's own.
    """
    specs = Specs(entries)
    patched = _patched(entries, specs)
    graph = {one.key: _edges(one, specs, patched) for one in entries}
    direct = list(_direct(path, folders, specs, patched, read, problems))
    reached = scopes(graph, [(one.key, one.scope) for one in direct])
    resolved = [_resolved(one, graph, reached) for one in entries if one.key not in patched]
    covers = [_npm_manifest.path_beside(path, folder) for folder in folders]
    return _npm_resolved.lockfile(path, Form(name=form, audit="yarn", hint=HINT), resolved, direct, covers, problems, ours)


def _resolved(entry: Entry, graph: Mapping[str, Edges], reached: Mapping[str, Scope]) -> Resolved:
    return Resolved(
        key=entry.key,
        name=entry.name,
        version=entry.version,
        source=entry.source,
        location=entry.location,
        scope=reached.get(entry.key, Scope.UNKNOWN),
        edges=graph[entry.key],
        fetched=entry.fetched,
    )


def _patched(entries: Iterable[Entry], specs: Specs) -> dict[str, str]:
    """Keys of entries that only patch another one, with that one's key."""
    found = {entry.key: specs.key(*_npm_specs.split_spec(entry.patched)) for entry in entries if entry.patched}
    return {key: inner for key, inner in found.items() if inner and inner != key}


def _edges(entry: Entry, specs: Specs, patched: Mapping[str, str]) -> Edges:
    return edges(_keys(entry.needs, specs, patched), _keys(entry.may_use, specs, patched))


def _keys(pairs: Iterable[tuple[str, str]], specs: Specs, patched: Mapping[str, str]) -> dict[str, str]:
    found = ((specs.key(name, wanted), wanted) for name, wanted in pairs)
    return {patched.get(key, key): wanted for key, wanted in found if key}


def _direct(
    path: str, folders: Mapping[str, Entry | None], specs: Specs, patched: Mapping[str, str], read: Reader, problems: list[Problem]
) -> Iterator[Requirement]:
    for folder, entry in folders.items():
        manifest = _npm_manifest.beside(path, folder, read)
        problems.extend(manifest.problems if manifest else ())
        for one in manifest.wanted if manifest else _as_locked(entry):
            key = specs.key(one.name, one.spec)
            yield replace(one, key=patched.get(key, key))


def _as_locked(entry: Entry | None) -> Iterator[Requirement]:
    """What a workspace asks for as Berry's lockfile says it: without the scope, at the workspace's own entry."""
    if entry is not None:
        for name, wanted in (*entry.needs, *entry.may_use):
            yield Requirement(name=name, location=entry.location, spec=wanted)
