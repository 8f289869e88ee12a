"""Pipfile.lock: exact versions by category, without edges."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from scanner.errors import ParseError
from scanner.lockfiles import _beside
from scanner.lockfiles._declared import canonical
from scanner.lockfiles._json import Json, Member
from scanner.lockfiles._locked import Entry, Found, Ours, sort
from scanner.lockfiles._markers import Environments
from scanner.lockfiles._places import MAX_WHOLE_PACKAGES, refuse_crowded_whole, refuse_too_many
from scanner.lockfiles._poetry_style import Wish
from scanner.models import Location, Problem, Requirement, Scope, Unaudited

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile

_SCOPES = {"default": Scope.RUNTIME, "develop": Scope.DEVELOPMENT}
_AGAIN = "make it again with `pipenv lock`"
_WISH = msgspec.json.Decoder(Wish)


class Pipfile:
    """pipenv's lockfile; ``Pipfile`` beside it is its manifest."""

    audit = "python"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        """Files of that very name."""
        return path.endswith("Pipfile.lock") and basename(path) == "Pipfile.lock"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every locked package. Raises ParseError where the file is no Pipfile.lock."""
        refuse_crowded_whole(text, path)
        file = Json(text, path)
        sections = [one for one in file.members() if one.key != "_meta"]
        if not any(one.key in _SCOPES for one in sections):
            raise ParseError("no Pipfile.lock: it has neither default nor develop", subject=path, line=1, hint=_AGAIN)
        members = [(one, _SCOPES.get(section.key, Scope.OPTIONAL)) for section in sections for one in file.members(section)]
        refuse_too_many(len(members), path, MAX_WHOLE_PACKAGES)
        found = [_entry(file, one, scope, read) for one, scope in members]
        return _beside.lockfile(path, "pipfile", sort(found), _beside.manifests(path, read, ["Pipfile"]), Environments(single=True))


def _entry(file: Json, member: Member, scope: Scope, read: Reader) -> Found:
    where = file.location(member.at)
    name = canonical(member.key)
    try:
        wish = file.decode(member, _WISH)
    except ParseError as error:
        return Problem(subject=where.path, reason=f"{name}: {error.reason}", hint=_AGAIN, location=_line(where, error.line))
    if wish.path and _beside.is_ours(where.path, wish.path, read):
        return Ours(name)
    if wish.reason:
        return Unaudited(name=name, location=where, reason=wish.reason)
    version = wish.version.removeprefix("==").lstrip("=").strip()
    if not wish.version.startswith("==") or version.endswith("*") or not version:
        return Requirement(name=name, location=where, spec=wish.version.removeprefix("*"), scope=scope)
    return Entry(name=name, version=version, location=where, scope=scope)


def _line(where: Location, line: int) -> Location:
    return replace(where, line=line, column=1) if line > where.line else where


FORMAT: Format = Pipfile()
