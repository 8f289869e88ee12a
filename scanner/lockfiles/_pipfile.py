"""Pipfile in, what it asks for out, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles._declared import Unread, canonical
from scanner.lockfiles._poetry_style import Wish, wished
from scanner.lockfiles._toml import load
from scanner.lockfiles._toml_places import places_of
from scanner.models import Location, Scope

if TYPE_CHECKING:
    from scanner.lockfiles import Reader
    from scanner.lockfiles._declared import Declared
    from scanner.models import Problem

_NO_PACKAGES = frozenset(("source", "requires", "scripts", "pipenv", "pipfile"))

_MARKERS = frozenset(
    {
        "implementation_name", "implementation_version", "os_name", "platform_machine", "platform_python_implementation",
        "platform_release", "platform_system", "platform_version", "python_full_version", "python_version", "sys_platform",
    }
)  # fmt: skip
"""pipenv takes a marker's names as keys of a package."""


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
            found.append(_one(name, value, Location(path=path, line=line, column=column), scope, category))
    return found


def _one(name: str, value: object, where: Location, scope: Scope, category: str) -> Declared | Unread:
    marked = isinstance(value, dict) and not _MARKERS.isdisjoint(value)
    try:
        wish = Wish(version=value) if isinstance(value, str) else msgspec.convert(value, Wish)
        return wished(name, wish, where, scope, () if marked else (category,))
    except (ParseError, msgspec.ValidationError) as error:
        reason, hint = f"{name}: {error.reason if isinstance(error, ParseError) else error}", "what is not understood is not audited"
        return Unread(subject=where.path, reason=reason, hint=hint, location=where, name=canonical(name), home=(category,))
