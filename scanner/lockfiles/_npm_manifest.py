"""package.json text in; the requirements a person wrote, each with its line, and the workspaces out."""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from scanner.errors import ScannerError
from scanner.lockfiles._json import Json
from scanner.models import Location, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scanner.lockfiles import Reader
    from scanner.lockfiles._json import Member

_SECTIONS = (("optionalDependencies", Scope.OPTIONAL), ("dependencies", Scope.RUNTIME), ("devDependencies", Scope.DEVELOPMENT))
"""In the order in which npm believes them where a name stands in several."""
_FORCING = ("overrides", "resolutions", "acceptDependencies")


class _Packages(Struct):
    packages: list[str] = []


_ANYTHING = msgspec.json.Decoder(object)
_TEXT = msgspec.json.Decoder(str)
_WORKSPACES = msgspec.json.Decoder(list[str] | _Packages)


class Manifest(Struct, frozen=True, kw_only=True):
    """One package.json: its direct requirements (keys still empty), its workspace globs, what of it could not be understood.

    ``peers`` are those of ``peerDependencies`` alone: asked for, and installed only by some package managers. ``forced`` are the keys of
    what takes the place of a dependency (``overrides``, ``resolutions``, ``acceptDependencies``), and the names that are asked for twice.
    """

    path: str
    name: str = ""
    wanted: tuple[Requirement, ...] = ()
    peers: tuple[Requirement, ...] = ()
    workspaces: tuple[str, ...] = ()
    forced: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def parse(text: str, path: str) -> Manifest:
    """Raises ParseError where the file is no JSON object; a section of another shape is one problem."""
    file = Json(text, path)
    members = {member.key: member for member in file.members()}
    problems: list[Problem] = []
    wanted: dict[str, Requirement] = {}
    forced = {key for name in _FORCING if name in members for key in _keys(file, members[name])}
    for section, scope in _SECTIONS:
        for one in _section(file, members.get(section), scope, problems):
            if wanted.setdefault(one.name, one).spec != one.spec:
                forced.add(one.name)
    peers = _section(file, members.get("peerDependencies"), Scope.RUNTIME, problems)
    return Manifest(
        path=path,
        name=_name(file, members),
        wanted=tuple(wanted.values()),
        peers=tuple(one for one in peers if one.name not in wanted),
        workspaces=_workspaces(file, members.get("workspaces")),
        forced=frozenset(forced),
        problems=tuple(problems),
    )


def beside(lockfile: str, folder: str, read: Reader) -> Manifest | None:
    """The package.json in ``folder`` (relative to the lockfile's), None where there is none; what is wrong with it is in ``problems``."""
    path = path_beside(lockfile, folder)
    try:
        text = read(path) if path else None
        return None if text is None or path is None else parse(text, path)
    except ScannerError as error:
        return Manifest(path=path or lockfile, problems=(_problem(error, path or lockfile),))


def narrowed(wanted: Iterable[Requirement], askers: Iterable[Requirement]) -> Iterator[Requirement]:
    """What a folder asks for that is itself only asked for: for development, where nobody asks for it but for development."""
    only = {one.scope for one in askers} == {Scope.DEVELOPMENT}
    return (replace(one, scope=Scope.DEVELOPMENT) if only else one for one in wanted)


def path_beside(lockfile: str, folder: str) -> str | None:
    """The path of the package.json in ``folder`` relative to the root of the tree, None where that lies outside of it."""
    path = normpath(join(lockfile.rpartition("/")[0], folder, "package.json"))
    return None if path.startswith(("../", "/")) else path


def _section(file: Json, member: Member | None, scope: Scope, problems: list[Problem]) -> list[Requirement]:
    try:
        return list(_requirements(file, member, scope))
    except ScannerError as error:
        problems.append(_problem(error, file.path, f"in {member.key}: " if member else ""))
        return []


def _requirements(file: Json, member: Member | None, scope: Scope) -> Iterator[Requirement]:
    """Some old tools write ``null`` or ``[]`` for no dependencies."""
    if member is not None and file.decode(member, _ANYTHING) not in (None, []):
        for one in file.members(member):
            yield Requirement(name=one.key, location=file.location(one.at), spec=file.decode(one, _TEXT), scope=scope)


def _name(file: Json, members: Mapping[str, Member]) -> str:
    content = file.decode(members["name"], _ANYTHING) if "name" in members else ""
    return content if isinstance(content, str) else ""


def _keys(file: Json, member: Member) -> Iterator[str]:
    """All keys below a member, however deep."""
    waiting = [file.decode(member, _ANYTHING)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value
            waiting.extend(value.values())


def _workspaces(file: Json, member: Member | None) -> tuple[str, ...]:
    try:
        value = file.decode(member, _WORKSPACES) if member else []
    except ScannerError:
        return ()
    return tuple(value if isinstance(value, list) else value.packages)


def _problem(error: ScannerError, path: str, where: str = "") -> Problem:
    hint = error.hint or "correct it: without it nobody can say which packages are asked for directly"
    return Problem(subject=path, reason=where + error.reason, hint=hint, location=Location(path=path, line=error.line or 1))
