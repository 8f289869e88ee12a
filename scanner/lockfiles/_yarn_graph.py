"""What a yarn.lock says, classic or Berry, as entries with their specs; edges, scopes and direct requirements drawn from them."""

from __future__ import annotations

from collections import deque
from posixpath import join
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from scanner.lockfiles import _npm_manifest, _npm_resolved, _npm_specs
from scanner.lockfiles._npm_graph import Edges, edges, scopes
from scanner.lockfiles._npm_resolved import Form, Resolved
from scanner.lockfiles._npm_specs import Source
from scanner.lockfiles._yarn_workspaces import NONE, Workspaces
from scanner.models import Location, Lockfile, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scanner.lockfiles import Reader
    from scanner.lockfiles._npm_specs import Release

HINT = "let Yarn write it again: `yarn install`"


class Entry(Struct, frozen=True, gc=False):
    """One entry: the specs (``a@^1.0.0``) that it answers, what it resolved to, what it requires as (name, range) pairs.

    ``name`` and ``version`` are the registry's; ``key``, one of the specs, names the entry; ``patched`` is the spec of the entry that this
    one only patches; ``fetched`` the release whose address the entry gives.
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
    """Which entry a requirement means.

    ``patched`` are the keys of entries that only patch another one, with that one's key; ``folders`` those of entries that are copies of a
    folder, with that folder.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._keys: dict[str, str] = {}
        self._only: dict[str, str] = {}
        folders: dict[str, str] = {}
        patching: list[tuple[str, str]] = []
        for entry in entries:
            for spec in entry.specs:
                self._keys.setdefault(spec, entry.key)
                name = _npm_specs.split_spec(spec)[0]
                self._only[name] = entry.key if self._only.get(name, entry.key) == entry.key else ""
            if entry.source is Source.FILE and (folder := _folder(entry.key)):
                folders[entry.key] = folder
            if entry.patched:
                patching.append((entry.key, entry.patched))
        found = ((key, self.key(*_npm_specs.split_spec(spec))) for key, spec in patching)
        self.patched = {key: inner for key, inner in found if inner and inner != key}
        self.folders = folders

    def held(self, key: str) -> str:
        """An entry's key, as it is held here: of one text one object is enough."""
        found = self._keys.get(key)
        return found if found == key else key

    def key(self, name: str, wanted: str) -> str:
        """The entry's key, empty where there is none.

        Yarn's ``resolutions`` replace a range without a trace in the entries that ask for it: then the only entry of that name is meant.
        """
        exact = self._keys.get(f"{name}@{wanted}") or self._keys.get(f"{name}@npm:{wanted}")
        return exact or self._only.get(name, "")


def lockfile(
    path: str, form: str, entries: Callable[[], Iterable[Entry]], folders: Mapping[str, Entry | None], read: Reader,
    problems: list[Problem], known: Workspaces = NONE,
) -> Lockfile:
    """The finished Lockfile; ``entries`` gives all of them as often as it is called; ``folders`` are those of the root and the workspaces,
    relative to the lockfile's own, each with its entry; ``known`` what package.json says of them where the lockfile does not.
    """
    specs = Specs(entries())
    copied = {key: folder for key, folder in specs.folders.items() if _npm_manifest.beside(path, folder, read)}
    direct = list(_direct(path, folders, specs, read, problems))
    for key, folder in copied.items():
        wanted = list(_direct(path, {folder: None} if folder not in folders else {}, specs, read, problems))
        direct += _npm_manifest.narrowed(wanted, [one for one in direct if one.key == key])
    resolved, graph = deque[Resolved](), dict[str, Edges]()
    for one in entries():
        key = specs.held(one.key)
        graph[key] = _edges(one, specs)
        if key not in specs.patched:
            source = Source.OURS if one.source is Source.FILE and key in copied else one.source
            resolved.append(_resolved(one, key, graph[key], source))
    only = Scope.DEVELOPMENT if known.complete else Scope.UNKNOWN  # a workspace that nobody found may need it at run time
    reached = scopes(graph, [(one.key, only if one.scope is Scope.DEVELOPMENT else one.scope) for one in direct])
    covers = [_npm_manifest.path_beside(path, folder) for folder in (*folders, *copied.values())]
    scoped = (_scoped(resolved.popleft(), reached) for _ in range(len(resolved)))
    return _npm_resolved.lockfile(path, Form(name=form, audit="yarn", hint=HINT), scoped, direct, covers, problems, known.names)


def _folder(key: str) -> str:
    """The folder that an entry is a copy of, as seen from the lockfile; Berry says whose ``file:../x`` it is, Yarn 1 means the root's."""
    spec = _npm_specs.split_spec(key)[1]
    folder = _npm_specs.folder_of(spec)
    _, bound, locator = unquote(spec).partition("locator=")
    home = locator.partition("@workspace:")[2] if bound else "."
    return join(home, folder) if folder and home else ""


def _resolved(entry: Entry, key: str, edges: Edges, source: Source) -> Resolved:
    return Resolved(
        key=key,
        name=entry.name,
        version=entry.version,
        source=source,
        location=entry.location,
        scope=Scope.UNKNOWN,
        edges=edges,
        fetched=entry.fetched,
    )


def _scoped(one: Resolved, reached: Mapping[str, Scope]) -> Resolved:
    one.scope = reached.get(one.key, Scope.UNKNOWN)
    return one


def _edges(entry: Entry, specs: Specs) -> Edges:
    return edges(_keys(entry.needs, specs), _keys(entry.may_use, specs))


def _keys(pairs: Iterable[tuple[str, str]], specs: Specs) -> dict[str, str]:
    found = ((specs.key(name, wanted), wanted) for name, wanted in pairs)
    return {specs.patched.get(key, key): wanted for key, wanted in found if key}


def _direct(
    path: str, folders: Mapping[str, Entry | None], specs: Specs, read: Reader, problems: list[Problem]
) -> Iterator[Requirement]:
    for folder, entry in folders.items():
        manifest = _npm_manifest.beside(path, folder, read)
        problems.extend(manifest.problems if manifest else ())
        for one in manifest.wanted if manifest else _as_locked(entry):
            key = specs.key(one.name, one.spec)
            yield replace(one, key=specs.patched.get(key, key))


def _as_locked(entry: Entry | None) -> Iterator[Requirement]:
    """What a workspace asks for as Berry's lockfile says it: without the scope, at the workspace's own entry."""
    if entry is not None:
        for name, wanted in (*entry.needs, *entry.may_use):
            yield Requirement(name=name, location=entry.location, spec=wanted)
