"""The edges of a lockfile and who asks for what in; the scope of every package out: is it needed at run time, optionally, to develop."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.models import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Edges(Struct, frozen=True, gc=False):
    """What one entry of a lockfile brings in, and what it can do without: keys; ``ranges`` are the texts that ask for them, in that order,
    where the lockfile has them.
    """

    needs: tuple[str, ...] = ()
    may_use: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()

    @property
    def requires(self) -> tuple[str, ...]:
        """All keys, each once."""
        return tuple(dict.fromkeys((*self.needs, *self.may_use))) if self.may_use else self.needs

    @property
    def wants(self) -> tuple[str, ...]:
        """The range texts in the order of ``requires``; empty where the lockfile has none."""
        if not self.may_use or not self.ranges:
            return self.ranges
        texts = dict(reversed(list(zip((*self.needs, *self.may_use), self.ranges, strict=True))))
        return tuple(texts[key] for key in self.requires)


NO_EDGES = Edges()


def edges(needs: Mapping[str, str], may_use: Mapping[str, str] | None = None) -> Edges:
    """Edges from {key: range text}."""
    optional = may_use or {}
    if not needs and not optional:
        return NO_EDGES
    ranges = tuple(map(sys.intern, (*needs.values(), *optional.values())))  # the same few texts over and over
    return Edges(tuple(needs), tuple(optional), ranges if any(ranges) else ())


def scopes(edges: Mapping[str, Edges], roots: Iterable[tuple[str, Scope]]) -> dict[str, Scope]:
    """The scope of every key that can be reached from ``roots``, (key, scope of the requirement) pairs. The rest is not in the answer.

    A package that is needed at run time is that, whoever else asks for it; then optional; then unknown, as it may be needed at run time;
    what only development reaches is development.
    """
    by_scope: dict[Scope, list[str]] = {}
    for key, scope in roots:
        by_scope.setdefault(scope, []).append(key)
    found: dict[str, Scope] = {}
    for key in by_scope.get(Scope.RUNTIME, ()):
        _reach(key, Scope.RUNTIME, edges, found)
    optional = [child for key in list(found) if key in edges for child in edges[key].may_use]
    for key in (*by_scope.get(Scope.OPTIONAL, ()), *optional):
        _reach(key, Scope.OPTIONAL, edges, found)
    for scope in (Scope.UNKNOWN, Scope.DEVELOPMENT):
        for key in by_scope.get(scope, ()):
            _reach(key, scope, edges, found)
    return found


def _reach(start: str, scope: Scope, edges: Mapping[str, Edges], found: dict[str, Scope]) -> None:
    """Mark everything below ``start`` that is not marked yet; optional edges do not count as needed at run time."""
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key in found or key not in edges:
            continue
        found[key] = scope
        waiting.extend(edges[key].needs if scope is Scope.RUNTIME else edges[key].requires)
