"""One requirement as a person wrote it (PEP 508) in, what it is out: a pin, something to resolve, or something nobody can audit.

Markers are never evaluated: a package that is only installed on another platform or Python is audited all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from scanner import models
from scanner.errors import ParseError
from scanner.lockfiles._places import MAX_REQUIREMENTS, refuse_too_many
from scanner.models import Location, Lockfile, Package, Problem, Requirement, Scope, Unaudited

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet

ECOSYSTEM = "PyPI"
WIDEST_FIRST = (Scope.RUNTIME, Scope.OPTIONAL, Scope.UNKNOWN, Scope.DEVELOPMENT)
_UNDERSTOOD = "write it as `name==1.0`; what cannot be read is not audited"
_SIMPLE_PIN = re.compile(r"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)==([0-9]+(?:\.[0-9]+)*)$", re.ASCII)
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*", re.ASCII)

Home: TypeAlias = tuple[str | int, ...]
"""The keys of a table of a manifest: ``("tool", "poetry", "dependencies")``."""


class Declared(Struct, frozen=True, kw_only=True):
    """One direct dependency: ``version`` where it is pinned, ``reason`` where no advisory source can know it.

    ``constraint``: a pin that is only in force where something else asks for the package. ``home`` are the keys of the table that asks for
    it, empty where that does not decide what is installed.
    """

    requirement: Requirement
    version: str = ""
    reason: str = ""
    constraint: bool = False
    home: Home = ()


class Unread(Problem, frozen=True, kw_only=True):
    """A requirement that could not be read: its canonical name, as far as there is one, and the table that it stands in."""

    name: str = ""
    home: Home = ()


def canonical(name: str) -> str:
    """The name as PyPI compares it (PEP 503)."""
    return models.canonical(ECOSYSTEM, name)


def key_of(name: str, version: str) -> str:
    """A package's identity within a Python lockfile."""
    return f"{name}@{version}"


def declared(text: str, location: Location, scope: Scope) -> Declared:
    """What a PEP 508 requirement asks for. Raises ParseError with a one-line reason."""
    simple = _SIMPLE_PIN.match(text)
    if simple:
        return pin(simple[1], simple[2], location, scope, spec=f"=={simple[2]}")
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Pep508

    try:
        parsed = Pep508(text)
    except InvalidRequirement as error:
        raise ParseError("not a requirement that pip understands", line=location.line, hint=_UNDERSTOOD) from error
    name = _NAME.match(text)
    spec = text[name.end() :].strip() if name else ""
    wanted = Requirement(name=canonical(parsed.name), location=location, spec=spec, scope=scope)
    if parsed.url:
        return Declared(requirement=replace(wanted, spec=""), reason="installed from a URL")
    version = pinned_version(parsed.specifier)
    return pin(parsed.name, version, location, scope, spec=spec) if version else Declared(requirement=wanted)


def name_in(text: str) -> str:
    """The canonical name that a text begins with, empty where it begins with none."""
    found = _NAME.match(text)
    return canonical(found[1]) if found else ""


def pin(name: str, version: str, location: Location, scope: Scope, *, spec: str) -> Declared:
    """A requirement that names one version."""
    name = canonical(name)
    wanted = Requirement(name=name, location=location, spec=spec, scope=scope, key=key_of(name, version))
    return Declared(requirement=wanted, version=version)


def pinned_version(specifier: SpecifierSet) -> str:
    """The one version that ``==1.0`` or ``===1.0`` names; empty for ranges, ``==1.*`` and contradictions."""
    exact = {one.version for one in specifier if one.operator == "===" or (one.operator == "==" and not one.version.endswith(".*"))}
    return exact.pop() if len(exact) == 1 else ""


def allows(spec: str, version: str) -> bool:
    """Whether the text of a requirement, extras and marker included, lets a version in; False where either cannot be read."""
    from packaging.specifiers import SpecifierSet

    try:
        return SpecifierSet(spec.split(";")[0].split("]")[-1].strip()).contains(version, prereleases=True)
    except ValueError:  # no specifier, no version, or a number with more digits than Python reads
        return False


def as_lockfile(found: Iterable[Declared | Problem], path: str, format_name: str, covers: tuple[str, ...] = ()) -> Lockfile:
    """A Lockfile of what a person wrote; a pin that stands twice is kept once."""
    listed = list(found)
    refuse_too_many(len(listed), path, MAX_REQUIREMENTS)
    wanted = [one for one in listed if isinstance(one, Declared)]
    return Lockfile(
        path=path,
        format=format_name,
        ecosystem=ECOSYSTEM,
        audit="python",
        packages=as_packages(wanted),
        direct=tuple(one.requirement for one in wanted if not one.constraint),
        unpinned=tuple(one.requirement for one in wanted if not one.version and not one.reason),
        unaudited=tuple(unaudited(one) for one in wanted if one.reason),
        problems=tuple(one for one in listed if isinstance(one, Problem)),
        covers=covers,
    )


def as_packages(wanted: Iterable[Declared]) -> tuple[Package, ...]:
    """The pins, each version once: of those that stand twice the first with the widest scope."""
    found: dict[str, Package] = {}
    for one in map(_package, (one for one in wanted if one.version)):
        first = found.get(one.key)
        found[one.key] = one if first is None or wider(first.scope, one.scope) is not first.scope else first
    return tuple(found.values())


def wider(one: Scope, other: Scope) -> Scope:
    """The scope of what is asked for twice: what is unknown may be needed at run time, so only development is narrower."""
    return next(scope for scope in WIDEST_FIRST if scope in (one, other))


def _package(one: Declared) -> Package:
    wanted = one.requirement
    return Package(ecosystem=ECOSYSTEM, name=wanted.name, version=one.version, location=wanted.location, scope=wanted.scope, key=wanted.key)


def unaudited(one: Declared) -> Unaudited:
    """What nobody can audit, and why."""
    return Unaudited(name=one.requirement.name, location=one.requirement.location, reason=one.reason)
