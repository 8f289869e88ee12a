"""Entries of a Python lockfile in, packages with their edges, scopes and the manifest lines that ask for them out."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from scanner.lockfiles._declared import ECOSYSTEM, WIDEST_FIRST, key_of, wider
from scanner.lockfiles._poetry_style import admits
from scanner.models import Location, Package, Problem, Requirement, Scope, Unaudited

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Entry(Struct, frozen=True, kw_only=True):
    """One locked version; ``needs`` are canonical names, or keys where the lockfile says which version."""

    name: str
    version: str
    location: Location
    scope: Scope = Scope.UNKNOWN
    needs: tuple[str, ...] = ()


class Ours(Struct, frozen=True):
    """A project of the scanned tree itself, by its canonical name: its own manifest is audited."""

    name: str


Found: TypeAlias = Entry | Requirement | Unaudited | Problem | Ours
"""What an entry turns out to be."""


class Sorted(Struct, frozen=True, kw_only=True):
    """The entries of a lockfile by what can be done with them."""

    entries: tuple[Entry, ...]
    unpinned: tuple[Requirement, ...]
    unaudited: tuple[Unaudited, ...]
    problems: tuple[Problem, ...]
    ours: frozenset[str]


def sort(found: Iterable[Found]) -> Sorted:
    """Exact versions apart from what must be resolved, what cannot be audited and what could not be understood."""
    listed = list(found)
    return Sorted(
        entries=tuple(one for one in listed if isinstance(one, Entry)),
        unpinned=tuple(one for one in listed if isinstance(one, Requirement)),
        unaudited=tuple(one for one in listed if isinstance(one, Unaudited)),
        problems=tuple(one for one in listed if isinstance(one, Problem)),
        ours=frozenset(one.name for one in listed if isinstance(one, Ours)),
    )


def packages(entries: Sequence[Entry]) -> tuple[Package, ...]:
    """One package per name and version (a lockfile may list it once per extra), with edges to the keys it needs."""
    keys = versions_of(entries)
    known = {key for group in keys.values() for key in group}
    merged: dict[str, Entry] = {}
    for entry in entries:
        key = key_of(entry.name, entry.version)
        first = merged.get(key)
        merged[key] = entry if first is None else replace(first, needs=first.needs + entry.needs, scope=wider(first.scope, entry.scope))
    return tuple(_package(key, entry, keys, known) for key, entry in merged.items())


def versions_of(entries: Iterable[Entry | Package]) -> dict[str, list[str]]:
    """The keys of each name."""
    keys: dict[str, list[str]] = {}
    for entry in entries:
        group = keys.setdefault(entry.name, [])
        key = key_of(entry.name, entry.version)
        if key not in group:
            group.append(key)
    return keys


def resolved(wanted: Iterable[Requirement], locked: Sequence[Package]) -> tuple[Requirement, ...]:
    """Manifest requirements with the key of the version that the lockfile has for them."""
    keys = versions_of(locked)
    return tuple(replace(one, key=_chosen(one, keys.get(one.name, ()))) for one in wanted)


def scoped(locked: Sequence[Package], roots: Mapping[Scope, Iterable[str]]) -> tuple[Package, ...]:
    """Packages whose scope is unknown get the widest from which they are reached: runtime before optional before development."""
    edges = {one.key: one.requires for one in locked}
    scopes: dict[str, Scope] = {}
    for scope in WIDEST_FIRST:
        waiting = deque(roots.get(scope, ()))
        while waiting:
            key = waiting.popleft()
            if key in edges and key not in scopes:
                scopes[key] = scope
                waiting.extend(edges[key])
    return tuple(replace(one, scope=scopes[one.key]) if one.key in scopes and one.scope is Scope.UNKNOWN else one for one in locked)


def roots_of(direct: Iterable[Requirement]) -> dict[Scope, list[str]]:
    """The keys that a manifest asks for, by scope."""
    roots: dict[Scope, list[str]] = {}
    for one in direct:
        roots.setdefault(one.scope, []).append(one.key)
    return roots


def _package(key: str, entry: Entry, keys: Mapping[str, Sequence[str]], known: set[str]) -> Package:
    found = [(need,) if need in known else keys.get(need, ()) for need in entry.needs]
    requires = tuple(dict.fromkeys(target for group in found for target in group if target != key))
    return Package(
        ecosystem=ECOSYSTEM,
        name=entry.name,
        version=entry.version,
        location=entry.location,
        scope=entry.scope,
        key=key,
        requires=requires,
    )


def _chosen(wanted: Requirement, keys: Sequence[str]) -> str:
    if len(keys) < 2:
        return keys[0] if keys else ""
    return next((key for key in keys if admits(wanted.spec, key.rpartition("@")[2])), keys[0])
