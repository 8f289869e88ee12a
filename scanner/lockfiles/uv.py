"""uv.lock (version 1): registry packages, and the workspace's own projects, which are roots and not audited."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles import _beside, _toml
from scanner.lockfiles._declared import canonical, key_of
from scanner.lockfiles._locked import Entry, Found, sort, versions_of
from scanner.lockfiles._markers import Environments, texts
from scanner.models import Location, Problem, Scope, Unaudited

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile


class _Source(msgspec.Struct, frozen=True):
    registry: str | None = None
    git: str | None = None
    url: str | None = None
    path: str | None = None
    directory: str | None = None
    editable: str | None = None
    virtual: str | None = None

    @property
    def folder(self) -> str | None:
        """The folder of a project on this machine."""
        return next((one for one in (self.virtual, self.editable, self.directory) if one is not None), None)

    @property
    def reason(self) -> str:
        """Why no advisory source can know it; empty for a registry's package."""
        if self.git is not None:
            return "installed from version control"
        if self.url is not None:
            return "installed from a URL"
        return "" if self.path is None and self.folder is None else "installed from a local path"


class _Need(msgspec.Struct, frozen=True):
    name: str
    version: str = ""


class _Package(msgspec.Struct, frozen=True, rename="kebab"):
    name: str
    version: str = ""
    source: _Source = _Source()
    dependencies: list[_Need] = []
    optional_dependencies: dict[str, list[_Need]] = {}
    dev_dependencies: dict[str, list[_Need]] = {}


class _Manifest(msgspec.Struct, frozen=True):
    members: list[str] = []
    overrides: list[object] = []

    @property
    def overridden(self) -> frozenset[str]:
        """The names of which the workspace's root says the version."""
        return frozenset(canonical(str(one.get("name"))) for one in self.overrides if isinstance(one, dict))


class Uv:
    """uv's lockfile; the pyproject.toml of each member of the workspace is its manifest."""

    audit = "python"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        """Files of that very name."""
        return path.endswith("uv.lock") and basename(path) == "uv.lock"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every locked package. Raises ParseError where the file is no uv.lock of a known version."""
        data = _toml.load_lock(text, path)
        if data.get("version") != 1 or "distribution" in data:
            raise ParseError("no uv.lock of version 1", subject=path, line=1, hint="make it again with a current `uv lock`")
        rows = [(_read(one, where), where) for one, where in _toml.tables(data, "package", text, path)]
        manifest = _manifest(data.get("manifest", {}), path)
        members = frozenset(map(canonical, manifest.members))
        ours = [one for one, _ in rows if isinstance(one, _Package) and _is_ours(one, members, path, read)]
        own = {id(one) for one in ours}
        found = sort(one if isinstance(one, Problem) else _entry(one, where) for one, where in rows if id(one) not in own)
        folders = [one.source.folder or "." for one in ours]
        wanted = _beside.manifests(path, read, ("pyproject.toml", "setup.cfg"), folders or ["."])
        wanted = wanted.overridden(manifest.overridden)
        roots = _roots(ours, versions_of(found.entries)) if ours else None
        made_for = Environments(pythons=texts(data.get("requires-python")), markers=texts(data.get("supported-markers")), whole=True)
        return _beside.lockfile(path, "uv", found, wanted, made_for, roots, [canonical(one.name) for one in ours])


def _read(table: object, where: Location) -> _Package | Problem:
    try:
        return msgspec.convert(table, _Package)
    except msgspec.ValidationError as error:
        return Problem(subject=where.path, reason=f"an entry that cannot be read: {error}", hint="run `uv lock`", location=where)


def _manifest(table: object, path: str) -> _Manifest:
    try:
        return msgspec.convert(table, _Manifest)
    except msgspec.ValidationError as error:
        raise ParseError(f"manifest: {error}", subject=path, line=1, hint="make it again with `uv lock`") from error


def _is_ours(one: _Package, members: frozenset[str], path: str, read: Reader) -> bool:
    folder = one.source.folder
    if folder is None:
        return False
    return folder == "." or canonical(one.name) in members or one.source.virtual is not None or _beside.is_ours(path, folder, read)


def _entry(one: _Package, where: Location) -> Found:
    name = canonical(one.name)
    if one.source.reason:
        return Unaudited(name=name, location=where, reason=one.source.reason)
    if not one.version:
        return Problem(subject=where.path, reason=f"{name} has no version", hint="make it again with `uv lock`", location=where)
    extras = [need for group in one.optional_dependencies.values() for need in group]
    return Entry(name=name, version=one.version, location=where, needs=_needs([*one.dependencies, *extras]))


def _needs(needs: Iterable[_Need]) -> tuple[str, ...]:
    return tuple(key_of(canonical(one.name), one.version) if one.version else canonical(one.name) for one in needs)


def _roots(ours: Iterable[_Package], keys: Mapping[str, Sequence[str]]) -> dict[Scope, list[str]]:
    """Where each scope starts: what the workspace's own projects need."""
    roots: dict[Scope, list[str]] = {Scope.RUNTIME: [], Scope.OPTIONAL: [], Scope.DEVELOPMENT: []}
    for one in ours:
        groups = [(Scope.RUNTIME, one.dependencies)]
        groups += [(Scope.OPTIONAL, group) for group in one.optional_dependencies.values()]
        groups += [(Scope.DEVELOPMENT, group) for group in one.dev_dependencies.values()]
        for scope, group in groups:
            roots[scope] += [key for need in _needs(group) for key in keys.get(need, [need])]
    return roots


FORMAT: Format = Uv()
