"""pylock.toml (PEP 751, lock-version 1.x), as pip, uv and pdm export it."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Any

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles import _beside, _toml
from scanner.lockfiles._declared import canonical
from scanner.lockfiles._locked import Entry, Found, Ours, sort
from scanner.lockfiles._markers import Environments, texts
from scanner.lockfiles._places import refuse_crowded_whole
from scanner.models import Location, Problem, Scope, Unaudited

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile

_AGAIN = "make it again with the tool that its `created-by` names"
_GROUP = re.compile(r"""(?:'([^']*)'|"([^"]*)")\s+in\s+(dependency_groups|extras)""")


class _Directory(msgspec.Struct, frozen=True):
    path: str = "."


class _File(msgspec.Struct, frozen=True):
    name: str = ""
    url: str = ""
    path: str = ""

    @property
    def basename(self) -> str:
        return self.name or basename((self.url or self.path).partition("?")[0].partition("#")[0])


class _Need(msgspec.Struct, frozen=True):
    name: str = ""
    version: str = ""


class _Package(msgspec.Struct, frozen=True):
    name: str
    version: str = ""
    marker: str = ""
    dependencies: list[_Need] = []
    directory: _Directory | None = None
    vcs: dict[str, Any] | None = None
    archive: dict[str, Any] | None = None
    sdist: _File | None = None
    wheels: list[_File] = []


class Pylock:
    """The standard lockfile."""

    audit = "python"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        """``pylock.toml`` and ``pylock.NAME.toml``."""
        return path.endswith(".toml") and bool(re.fullmatch(r"pylock(\.[^.]+)?\.toml", basename(path)))

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every locked package. Raises ParseError where the file is no pylock of version 1."""
        refuse_crowded_whole(text, path)
        data = _toml.load(text, path)
        version = data.get("lock-version")
        if not isinstance(version, str) or version.partition(".")[0] != "1" or "packages" not in data:
            raise ParseError("no pylock.toml of lock-version 1", subject=path, line=1, hint=_AGAIN)
        found = [_entry(one, where, read) for one, where in _toml.tables(data, "packages", text, path)]
        wanted = _beside.manifests(path, read, ("pyproject.toml", "setup.cfg"))
        return _beside.lockfile(path, "pylock", sort(found), wanted, _made_for(data, text))


def _made_for(data: dict[str, Any], text: str) -> Environments:
    """pip locks for the machine that it runs on, and so does ``uv pip compile``."""
    compiled = "uv pip compile" in text[:1000] and "--universal" not in text[:1000]
    pythons, markers = texts(data.get("requires-python")), texts(data.get("environments"))
    return Environments(pythons=pythons, markers=markers, single=compiled or data.get("created-by") == "pip")


def _entry(table: object, where: Location, read: Reader) -> Found:
    try:
        one = msgspec.convert(table, _Package)
    except msgspec.ValidationError as error:
        return Problem(subject=where.path, reason=f"an entry that cannot be read: {error}", hint=_AGAIN, location=where)
    if one.directory is not None and _beside.is_ours(where.path, one.directory.path, read):
        return Ours(canonical(one.name))
    version = one.version or _version_of_files(one)
    reason = _reason(one, version)
    if reason:
        return Unaudited(name=canonical(one.name), location=where, reason=reason)
    needs = tuple(canonical(need.name) for need in one.dependencies if need.name)
    return Entry(name=canonical(one.name), version=version, location=where, scope=_scope(one.marker), needs=needs)


def _reason(one: _Package, version: str) -> str:
    if one.vcs is not None:
        return "installed from version control"
    if one.archive is not None:
        return "installed from a URL"
    if one.directory is not None:
        return "installed from a local path"
    return "" if version else "its version is not in the lockfile"


def _version_of_files(one: _Package) -> str:
    """The version that the names of the files to install tell, where all of them tell the same."""
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
    from packaging.version import InvalidVersion

    try:
        told = {str(parse_wheel_filename(wheel.basename)[1]) for wheel in one.wheels}
        told |= {str(parse_sdist_filename(one.sdist.basename)[1])} if one.sdist else set()
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return ""
    return told.pop() if len(told) == 1 else ""


def _scope(marker: str) -> Scope:
    """By the groups and extras of the marker; a package without any of them is always installed."""
    asked = {(kind, single or double) for single, double, kind in _GROUP.findall(marker)}
    groups = {name for kind, name in asked if kind == "dependency_groups"}
    if not asked or groups & {"default", "main"}:
        return Scope.RUNTIME
    return Scope.DEVELOPMENT if groups and len(groups) == len(asked) else Scope.OPTIONAL


FORMAT: Format = Pylock()
