"""What lockfiles and manifests say: packages, requirements, and what nobody can audit."""

from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import quote

from msgspec import Struct

from scanner.models.places import Location, Notice, Problem
from scanner.models.terms import Scope

_SEPARATORS = re.compile(r"[-_.]+")


def canonical(ecosystem: str, name: str) -> str:
    """A package's name as its registry compares it: PEP 503 for PyPI, as it stands elsewhere."""
    return _SEPARATORS.sub("-", name).lower() if ecosystem == "PyPI" else name


class Package(Struct, frozen=True, kw_only=True, gc=False):
    """One installed version, as a lockfile states it.

    ``ecosystem`` is OSV's name (``PyPI``, ``npm``); ``name`` is the registry's name (aliases resolved); ``key`` is the package's own
    identity within its lockfile and ``requires`` the keys it brings in (edges of the graph); ``wants``, where the lockfile says so, is the
    range text of each of ``requires`` in the same order.
    """

    ecosystem: str
    name: str
    version: str
    location: Location
    scope: Scope = Scope.UNKNOWN
    key: str = ""
    requires: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()

    PURL_TYPES: ClassVar[dict[str, str]] = {"PyPI": "pypi", "npm": "npm"}

    @property
    def purl(self) -> str:
        """Package URL, https://github.com/package-url/purl-spec: ``pkg:npm/%40babel/core@7.0.0``."""
        kind = self.PURL_TYPES.get(self.ecosystem, self.ecosystem.lower())
        return f"pkg:{kind}/{quote(self.name, safe='/')}@{quote(self.version, safe='')}"


class Requirement(Struct, frozen=True, kw_only=True, gc=False):
    """A direct dependency as a person wrote it in a manifest.

    ``location`` is the manifest line that a person edits; ``key`` is the ``Package.key`` it resolved to in the lockfile, empty where
    nothing
    is resolved; ``spec`` is the text after the name (``==1.0``, ``^4.17.0``).
    """

    name: str
    location: Location
    spec: str = ""
    scope: Scope = Scope.UNKNOWN
    key: str = ""


class Unaudited(Struct, frozen=True, kw_only=True):
    """A dependency that was understood but that no advisory source can know: git, URL, local path; ``allow-unaudited`` accepts it by
    name.
    """

    name: str
    location: Location
    reason: str


class Lockfile(Struct, frozen=True, kw_only=True):
    """One parsed lockfile (or a requirements file, which is both manifest and lockfile).

    ``format`` is the module name in ``scanner/lockfiles``; ``audit`` the audit it belongs to (``python``, ``npm``, ``pnpm``, ``yarn``);
    ``direct`` the manifest's requirements; ``unpinned`` those that name no exact version and must be resolved before they can be audited;
    ``problems`` the entries that could not be understood (the rest stands), ``notices`` what else is worth saying; ``covers`` the manifests
    that this lockfile answers for; ``hashed`` whether a requirements file pins by hash, so that every change of it needs new hashes.
    """

    path: str
    format: str
    ecosystem: str
    audit: str
    packages: tuple[Package, ...] = ()
    direct: tuple[Requirement, ...] = ()
    unpinned: tuple[Requirement, ...] = ()
    unaudited: tuple[Unaudited, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    covers: tuple[str, ...] = ()
    hashed: bool = False
