"""pdm.lock (4.x): one entry per package and extra, with groups since 4.4."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from scanner.errors import ParseError
from scanner.lockfiles import _beside, _toml
from scanner.lockfiles._declared import canonical
from scanner.lockfiles._locked import Entry, Found, Ours, sort
from scanner.lockfiles._markers import Environments, texts
from scanner.models import Location, Problem, Scope, Unaudited

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)", re.ASCII)


class _Package(msgspec.Struct, frozen=True):
    name: str
    version: str = ""
    groups: list[str] = []
    dependencies: list[str] = []
    git: str = ""
    hg: str = ""
    svn: str = ""
    bzr: str = ""
    url: str = ""
    path: str = ""


class Pdm:
    """pdm's lockfile; ``pyproject.toml`` beside it is its manifest."""

    audit = "python"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        """``pdm.lock``, and ``pdm.NAME.lock`` as ``pdm lock --lockfile`` is often told."""
        return path.endswith(".lock") and bool(re.fullmatch(r"pdm(\.[^.]+)?\.lock", basename(path)))

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every locked package. Raises ParseError where the file is no pdm.lock."""
        data = _toml.load_lock(text, path)
        metadata = data.get("metadata")
        if not isinstance(metadata, dict):
            raise ParseError("no pdm.lock: it has no [metadata]", subject=path, line=1, hint="make it again with `pdm lock`")
        found = [_entry(one, where, read) for one, where in _toml.tables(data, "package", text, path)]
        wanted = _beside.manifests(path, read, ("pyproject.toml", "setup.cfg"))
        return _beside.lockfile(path, "pdm", sort(found), wanted, _made_for(metadata))


def _made_for(metadata: dict[str, Any]) -> Environments:
    """Groups and environments."""
    return replace(_environments(metadata), groups=tuple(map(canonical, texts(metadata.get("groups")))))


def _environments(metadata: dict[str, Any]) -> Environments:
    """Since 4.5 the targets say it, which may name platforms; before, a lockfile was for one machine or for all of them."""
    targets = [one for one in metadata.get("targets") or () if isinstance(one, dict)]
    if not targets:
        strategy = metadata.get("strategy")
        return Environments(single=isinstance(strategy, list) and "cross_platform" not in strategy)
    pythons = [one.get("requires_python") for one in targets]
    systems = [_system(str(one.get("platform", ""))) for one in targets]
    return Environments(
        pythons=(" || ".join(map(str, pythons)),) if all(pythons) else (),
        markers=tuple(f"sys_platform == '{one}'" for one in systems) if all(systems) else (),
    )


def _system(platform: str) -> str:
    """``manylinux_2_17_x86_64``, ``macos_arm64``, ``windows_amd64`` as Python names the system; empty for others."""
    names = {"linux": "linux", "manylinux": "linux", "musllinux": "linux", "macos": "darwin", "windows": "win32"}
    return next((system for start, system in names.items() if platform.startswith(start)), "")


def _entry(table: object, where: Location, read: Reader) -> Found:
    try:
        one = msgspec.convert(table, _Package)
    except msgspec.ValidationError as error:
        return Problem(subject=where.path, reason=f"an entry that cannot be read: {error}", hint="run `pdm lock`", location=where)
    if one.path and _beside.is_ours(where.path, one.path, read):
        return Ours(canonical(one.name))
    reason = _reason(one)
    if reason:
        return Unaudited(name=canonical(one.name), location=where, reason=reason)
    needs = tuple(canonical(match[1]) for match in map(_NAME.match, one.dependencies) if match)
    return Entry(name=canonical(one.name), version=one.version, location=where, scope=_scope(one.groups), needs=needs)


def _reason(one: _Package) -> str:
    if one.git or one.hg or one.svn or one.bzr:
        return "installed from version control"
    if one.url:
        return "installed from a URL"
    if one.path:
        return "installed from a local path"
    return "" if one.version else "its version is not in the lockfile"


def _scope(groups: list[str]) -> Scope:
    """The group ``default`` is what runs; whether another one is an extra or for development only the manifest knows."""
    return Scope.RUNTIME if "default" in groups else Scope.UNKNOWN


FORMAT: Format = Pdm()
