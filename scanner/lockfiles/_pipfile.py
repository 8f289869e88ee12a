"""Pipfile in, what it asks for out, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles._poetry_style import Wish, wished
from scanner.lockfiles._toml import load
from scanner.lockfiles._toml_places import places_of
from scanner.models import Location, Problem, Scope

if TYPE_CHECKING:
    from scanner.lockfiles import Reader
    from scanner.lockfiles._declared import Declared

_NO_PACKAGES = frozenset(("source", "requires", "scripts", "pipenv", "pipfile"))


def read_pipfile(text: str, path: str, read: Reader) -> list[Declared | Problem]:  # noqa: ARG001 -- one shape for all manifests
    """The packages of all categories. Raises ParseError where it is not TOML, or a category is no table."""
    places = places_of(text)
    found: list[Declared | Problem] = []
    for category, table in load(text, path).items():
        if category in _NO_PACKAGES:
            continue
        if not isinstance(table, dict):
            line, _ = places.get((category,), places.get((category, 0), (1, 1)))
            raise ParseError(f"{category}: is no table", subject=path, line=line, hint="what is not understood is not audited")
        scope = Scope.RUNTIME if category == "packages" else Scope.DEVELOPMENT if category == "dev-packages" else Scope.OPTIONAL
        for name, value in table.items():
            line, column = places.get((category, name), (1, 1))
            found.append(_one(name, value, Location(path=path, line=line, column=column), scope))
    return found


def _one(name: str, value: object, where: Location, scope: Scope) -> Declared | Problem:
    try:
        wish = Wish(version=value) if isinstance(value, str) else msgspec.convert(value, Wish)
        return wished(name, wish, where, scope)
    except (ParseError, msgspec.ValidationError) as error:
        reason = error.reason if isinstance(error, ParseError) else str(error)
        return Problem(subject=where.path, reason=f"{name}: {reason}", hint="what is not understood is not audited", location=where)
