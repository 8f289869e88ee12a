"""A package-lock.json and what the package.json files ask for in, the exact versions of which it has another out: each is a Problem.

``npm ci`` refuses such a lockfile; ``npm install`` writes it anew and installs what is asked for.
"""

from __future__ import annotations

import re
from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from scanner.errors import ScannerError
from scanner.lockfiles import _npm_resolved
from scanner.lockfiles._npm_specs import Source, alias, range_text, source_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scanner.lockfiles import Reader
    from scanner.models import Lockfile, Package, Problem, Requirement

_NUMBER = r"(?:0|[1-9]\d*)"
_EXACT = re.compile(rf"[v=\s]*({_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-[\dA-Za-z.-]+)?)(?:\+[\dA-Za-z.-]+)?\s*", re.ASCII)
_OTHERS = ("yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb")
"""Beside one of these nobody knows which package manager installs: the other lockfile may be a leftover."""


def contradicted(lock: Lockfile, forced: Collection[str], hint: str, read: Reader) -> Iterator[Problem]:
    """``forced`` are the keys of overrides and the like: of a name in one of them npm may install something else."""
    asked = [one for one in lock.direct if one.location.path != lock.path and _version(range_text(one.spec))]
    keys = {one.key for one in asked}
    locked = {one.key: one for one in lock.packages if one.key in keys} if keys else {}
    found = [(one, locked[one.key]) for one in asked if one.key in locked and _differ(one, locked[one.key])]
    found = [(one, package) for one, package in found if not any(one.name in key for key in forced)]
    if found and not _is_beside_others(lock.path, read):
        for one, package in found:
            yield _npm_resolved.problem(one.location, _told(one, package, lock.path), hint)


def _version(text: str) -> str:
    """The one version that a text names, without its build; empty for ranges."""
    match = _EXACT.fullmatch(text)
    return match[1] if match else ""


def _differ(one: Requirement, package: Package) -> bool:
    """Whether both are versions of one package of the registry, and not the same."""
    real = alias(one.spec)
    named = (real.name if real else one.name) == package.name and source_of(one.spec) is Source.REGISTRY
    had = _version(package.version)
    return named and bool(had) and had != _version(range_text(one.spec))


def _is_beside_others(path: str, read: Reader) -> bool:
    try:
        return any(read(join(dirname(path), name)) is not None for name in _OTHERS)
    except ScannerError:  # it is there, and cannot be read
        return True


def _told(one: Requirement, package: Package, path: str) -> str:
    wanted = _version(range_text(one.spec))
    return f"{one.name} {wanted} is asked for here, and {basename(path)} has {package.version}: what is asked for was not audited"
