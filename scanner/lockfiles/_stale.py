"""What a manifest pins and its lockfile has in other versions alone: those pins, what to say of each, and what else of it must be told.

poetry, ``uv sync --locked``, ``pipenv install --deploy`` and ``pdm install --frozen-lockfile`` refuse such a lockfile or install from it;
``uv sync``, ``pdm install`` and ``pipenv install`` write it anew and install the pin. So the pin is audited beside what is locked.
"""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.lockfiles._answers import has
from scanner.lockfiles._declared import canonical
from scanner.lockfiles._markers import MOST_TRIED, Environments
from scanner.models import Notice, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scanner.lockfiles._declared import Declared, Home, Unread

_AGAIN = {"poetry": "poetry lock", "uv": "uv lock", "pdm": "pdm lock", "pipfile": "pipenv lock"}
_SHOWN = 3


class Lock(Struct, frozen=True, kw_only=True):
    """One lockfile: the ``versions`` it has by name, all the names that it ``knows``, and what it was made for."""

    path: str
    name: str
    versions: Mapping[str, Mapping[str, None]]
    knows: frozenset[str]
    made_for: Environments

    def reads(self, home: Home) -> bool:
        """Whether it was made from this table of a manifest: not from those of other tools, nor from groups that it leaves out."""
        if not home or (home[0] == "tool" and home[1] != self.name):
            return False
        group = "default" if home == ("project", "dependencies") else canonical(str(home[-1]))
        return not self.made_for.groups or group in self.made_for.groups


def contradicted(wanted: Iterable[Declared], lock: Lock) -> tuple[Declared, ...]:
    """The pins that the lockfile certainly should have: it has the name, in other versions, and needs it wherever the marker is true."""
    asked = [one for one in wanted if one.requirement.name in lock.versions and lock.reads(one.home)]
    unmet = [one for one in asked if one.version and not _has(one, lock)]
    if not unmet or len(unmet) > MOST_TRIED:
        return tuple(unmet)
    met = () if lock.made_for.whole else _met(asked, {one.requirement.name for one in unmet}, lock)
    return tuple(one for one in unmet if _is_needed(one, lock) and not any(_is_other(one, other) for other in met))


def told(pins: Iterable[Declared], lock: Lock) -> Iterator[Notice]:
    """What each of them contradicts."""
    again = f"; `{_AGAIN[lock.name]}` brings them together" if lock.name in _AGAIN else ""
    for one in pins:
        name, where = one.requirement.name, one.requirement.location
        others = " and ".join(list(lock.versions[name])[:_SHOWN])
        both = f"both were audited, what only {one.version} requires was not"
        reason = f"{name} {one.version} is asked for here, and {basename(lock.path)} has {others}: {both}{again}"
        yield Notice(subject=str(where), reason=reason, location=where)


def unanswered(unread: Iterable[Unread], lock: Lock) -> Iterator[Problem]:
    """What of a manifest cannot be read, where the lockfile does not know the name either: it may be missing there."""
    for one in unread:
        if lock.reads(one.home) and one.name not in lock.knows:
            yield Problem(subject=one.subject, reason=one.reason, hint=one.hint, location=one.location)


def _has(one: Declared, lock: Lock) -> bool:
    wanted = one.requirement
    return has(replace(one, requirement=replace(wanted, spec=wanted.spec.replace("===", "=="))), lock.versions[wanted.name])


def _met(asked: Iterable[Declared], names: set[str], lock: Lock) -> list[Declared]:
    return [one for one in asked if one.requirement.name in names and _has(one, lock)]


def _is_other(one: Declared, met: Declared) -> bool:
    """Whether the lockfile answers another table that asks for the same name: then that one may be what it was made from."""
    return one.requirement.name == met.requirement.name and one.home != met.home


def _is_needed(one: Declared, lock: Lock) -> bool:
    """Of an export nobody knows which groups and environments it leaves out."""
    within = lock.made_for if lock.name in _AGAIN else replace(lock.made_for, single=True)
    return within.surely_need(one.requirement.spec.partition(";")[2])
