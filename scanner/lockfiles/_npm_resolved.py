"""The resolved dependencies of a lockfile of the npm world in; each as a package to audit, as one that cannot be, or as a problem, out."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.lockfiles._npm_graph import Edges
from scanner.lockfiles._npm_specs import Release, Source, alias, range_text, source_of
from scanner.models import Location, Lockfile, Package, Problem, Requirement, Scope, Unaudited

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Resolved(Struct, kw_only=True, gc=False):
    """One resolved dependency: the registry's name and version (empty where the entry does not say), its source, its place in the graph.

    ``fetched`` is the release of which the entry gives the address: that is what gets installed, whatever the entry calls it.
    """

    key: str
    name: str
    version: str
    source: Source
    location: Location
    scope: Scope
    edges: Edges = Edges()
    fetched: Release | None = None


class Form(Struct, frozen=True, kw_only=True):
    """A format's name, the audit it belongs to, and how its lockfile is written anew."""

    name: str
    audit: str
    hint: str


def lockfile(
    path: str,
    form: Form,
    resolved: Iterable[Resolved],
    direct: Iterable[Requirement],
    covers: Iterable[str | None],
    problems: list[Problem],
    ours: Iterable[str] = (),
) -> Lockfile:
    """The finished Lockfile. Parts of the project itself are left out; an entry without a name or version is one more problem, and so is
    a requirement of a package.json whose name the lockfile does not know. ``ours`` are names of the project's own parts.
    """
    packages: list[Package] = []
    unaudited: dict[Location, Unaudited] = {}
    asked = list(direct)
    unlocked = {name for one in asked if _is_unlocked(one, path) for name in _names(one)}
    known = unlocked.intersection(ours)
    for one in resolved:
        if one.name in unlocked:
            known.add(one.name)
        if one.source is Source.REGISTRY:
            problems += _wrong(one, form)
            if one.name and one.version:
                packages.append(_package(one))
        elif one.source is not Source.OURS:
            reason = f"comes from {one.source.value}, no advisory source knows it"
            unaudited[one.location] = Unaudited(name=one.name or one.key, location=one.location, reason=reason)
    absent = (one for one in asked if _is_unlocked(one, path) and known.isdisjoint(_names(one)))
    problems += (problem(one.location, _absent(one, path), form.hint) for one in absent)
    return Lockfile(
        path=path,
        format=form.name,
        ecosystem="npm",
        audit=form.audit,
        packages=tuple(packages),
        direct=tuple(asked),
        unaudited=tuple(unaudited.values()),
        problems=tuple(dict.fromkeys(problems)),
        covers=tuple(dict.fromkeys(one for one in covers if one)),
    )


def problem(location: Location, reason: str, hint: str) -> Problem:
    """An entry that could not be understood; the rest of its file stands."""
    return Problem(subject=location.path, reason=reason, hint=hint, location=location)


def _wrong(one: Resolved, form: Form) -> Iterator[Problem]:
    """What is wrong with an entry of a registry's package."""
    if not (one.name and one.version):
        missing = "version" if one.name else "name"
        yield problem(one.location, f"{one.key}: the entry has no {missing}", form.hint)
    elif one.fetched and one.fetched != (one.name, one.version):
        yield problem(one.location, _disguised(one, one.fetched), f"find out who wrote this entry, then {form.hint}")


def _disguised(one: Resolved, fetched: Release) -> str:
    other = f"{fetched.name} {fetched.version}"
    return f"{one.name} {one.version}: its address is that of {other}, which is what gets installed and was not audited"


def _is_unlocked(one: Requirement, path: str) -> bool:
    """Whether a person asks for what the lockfile may not know: who installs without ``frozen`` or ``ci`` gets it all the same.

    What is optional, too: a lockfile has it for every platform.
    """
    if one.key or one.location.path == path:
        return False
    return source_of(one.spec) not in (Source.OURS, Source.FILE)


def _names(one: Requirement) -> tuple[str, ...]:
    """The names by which the lockfile could know it."""
    real = alias(one.spec)
    return (one.name, real.name) if real else (one.name,)


def _absent(one: Requirement, path: str) -> str:
    return f"{one.name} is asked for here, and {basename(path)} does not know it: it was not audited"


def _package(one: Resolved) -> Package:
    return Package(
        ecosystem="npm",
        name=one.name,
        version=one.version,
        location=one.location,
        scope=one.scope,
        key=one.key,
        requires=one.edges.requires,
        wants=tuple(map(range_text, one.edges.wants)),
    )
