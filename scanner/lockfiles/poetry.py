"""poetry.lock, from 1.1 (``category``) to 2.1 (``groups``, ``markers``)."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING, Any

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles import _beside, _toml
from scanner.lockfiles._declared import canonical
from scanner.lockfiles._locked import Entry, Found, Ours, sort
from scanner.models import Location, Problem, Scope, Unaudited

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile

_REASONS = {"git": "installed from version control", "url": "installed from a URL", "hg": "installed from version control"}


class _Source(msgspec.Struct, frozen=True):
    type: str = ""
    url: str = ""


class _Package(msgspec.Struct, frozen=True):
    name: str
    version: str
    category: str = ""
    groups: list[str] | None = None
    optional: bool = False
    dependencies: dict[str, Any] = {}
    source: _Source = _Source()


class Poetry:
    """poetry's lockfile; ``pyproject.toml`` beside it is its manifest."""

    audit = "python"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        """Files of that very name."""
        return path.endswith("poetry.lock") and basename(path) == "poetry.lock"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every locked package. Raises ParseError where the file is no poetry.lock."""
        data = _toml.load_lock(text, path)
        if not isinstance(data.get("metadata"), dict):
            raise ParseError("no poetry.lock: it has no [metadata]", subject=path, line=1, hint="make it again with `poetry lock`")
        found = [_entry(one, where, read) for one, where in _toml.tables(data, "package", text, path)]
        wanted = _beside.manifests(path, read, ("pyproject.toml", "setup.cfg"))
        return _beside.lockfile(path, "poetry", sort(found), wanted)


def _entry(table: object, where: Location, read: Reader) -> Found:
    try:
        one = msgspec.convert(table, _Package)
    except msgspec.ValidationError as error:
        return Problem(subject=where.path, reason=f"an entry that cannot be read: {error}", hint="run `poetry lock`", location=where)
    kind = one.source.type
    if kind in ("directory", "file") and _beside.is_ours(where.path, one.source.url, read):
        return Ours(canonical(one.name))
    if kind not in ("", "legacy"):
        reason = _REASONS.get(kind, "installed from a local path")
        return Unaudited(name=canonical(one.name), location=where, reason=reason)
    needs = tuple(canonical(name) for name in one.dependencies)
    return Entry(name=canonical(one.name), version=one.version, location=where, scope=_scope(one), needs=needs)


def _scope(one: _Package) -> Scope:
    """1.1 has ``category``, 2.1 ``groups``; between them only the manifest knows."""
    groups = one.groups if one.groups is not None else [one.category] if one.category else []
    if not groups:
        return Scope.OPTIONAL if one.optional else Scope.UNKNOWN
    if "main" in groups:
        return Scope.OPTIONAL if one.optional else Scope.RUNTIME
    return Scope.DEVELOPMENT


FORMAT: Format = Poetry()
