"""pyproject.toml in, every dependency that it declares out: PEP 621, dependency groups (PEP 735), poetry, pdm and uv, each with its place.

Build requirements are left out: they are installed to build, not to run, and no lockfile has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from scanner.errors import ParseError
from scanner.lockfiles._declared import Declared, Home, Unread, canonical, declared, name_in
from scanner.lockfiles._dynamic import dynamic
from scanner.lockfiles._overrides import overridden
from scanner.lockfiles._poetry_style import Wish, wished
from scanner.lockfiles._requirement_line import named
from scanner.lockfiles._toml import load
from scanner.lockfiles._toml_places import places_of
from scanner.models import Location, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles import Reader

_NOT_READ = "what is not understood is not audited"


def read_pyproject(text: str, path: str, read: Reader) -> list[Declared | Problem]:
    """What a pyproject.toml asks for. Raises ParseError where it is not TOML, or has something else in the place of a table."""
    return _Pyproject(text, path).everything(read)


def pyproject_python(text: str, path: str) -> str:
    """The versions of Python that it admits, as pip or poetry write them; empty where it does not say. Raises ParseError."""
    return _Pyproject(text, path).python()


class _Pyproject:
    """One pyproject.toml: its values and where they stand."""

    def __init__(self, text: str, path: str) -> None:
        self._data: dict[str, Any] = load(text, path)
        self._places = places_of(text)
        self._path = path
        self._name = canonical(str(self._table("project").get("name", "")))

    def python(self) -> str:
        """The versions of Python that it admits."""
        found = self._table("project").get("requires-python") or self._table("tool", "poetry", "dependencies").get("python")
        return found if isinstance(found, str) else ""

    def everything(self, read: Reader) -> list[Declared | Problem]:
        """Every dependency, in the order of the standards that declare them."""
        standard = [*self._standard()]
        named = frozenset(one.requirement.name for one in standard if isinstance(one, Declared))
        poetry = (one for one in self._poetry() if not self._only_a_source(one, named))
        found = [*standard, *poetry, *dynamic(self._table, self._location, read)]
        forced = overridden(self._table)
        return [self._sourced(one, forced) if isinstance(one, Declared) else one for one in found if not self._is_self(one)]

    def _standard(self) -> Iterator[Declared | Problem]:
        yield from self._texts(("project", "dependencies"), Scope.RUNTIME)
        for home, scope in (
            (("project", "optional-dependencies"), Scope.OPTIONAL),
            (("dependency-groups",), Scope.DEVELOPMENT),
            (("tool", "pdm", "dev-dependencies"), Scope.DEVELOPMENT),
        ):
            for group in self._table(*home):
                yield from self._texts((*home, group), scope)
        yield from self._texts(("tool", "uv", "dev-dependencies"), Scope.DEVELOPMENT)

    def _poetry(self) -> Iterator[Declared | Problem]:
        poetry = ("tool", "poetry")
        yield from self._wishes((*poetry, "dependencies"), Scope.RUNTIME)
        yield from self._wishes((*poetry, "dev-dependencies"), Scope.DEVELOPMENT)
        for group in self._table(*poetry, "group"):
            yield from self._wishes((*poetry, "group", group, "dependencies"), Scope.DEVELOPMENT)

    def _texts(self, home: Home, scope: Scope) -> Iterator[Declared | Problem]:
        """PEP 508 texts in an array."""
        items = self._table(*home[:-1]).get(str(home[-1]), [])
        if not isinstance(items, list):
            yield self._problem(home, "is no list of requirements", home)
            return
        for index, item in enumerate(items):
            place = (*home, index)
            if isinstance(item, str):
                yield self._one(item, place, scope)
            elif not (isinstance(item, dict) and "include-group" in item):
                yield self._problem(place, "is no requirement", home)

    def _one(self, text: str, place: Home, scope: Scope) -> Declared | Problem:
        try:
            if text.startswith("-e "):  # pdm writes editable paths and repositories so
                return Declared(requirement=Requirement(name=named(text[3:].strip()), location=self._location(place)), reason="editable")
            return replace(declared(text.strip(), self._location(place), scope), home=place[:-1])
        except ParseError as error:
            return self._problem(place, error.reason, place[:-1], name_in(text))

    def _wishes(self, home: Home, scope: Scope) -> Iterator[Declared | Problem]:
        """poetry's tables: a value is a version, a table, or several tables for several markers."""
        for name, value in self._table(*home).items():
            place = (*home, name)
            if name.lower() == "python":
                continue
            for one in value if isinstance(value, list) else [value]:
                try:
                    wish = Wish(version=one) if isinstance(one, str) else msgspec.convert(one, Wish)
                    yield wished(name, wish, self._location(place), scope, home)
                except (ParseError, msgspec.ValidationError) as error:
                    yield self._problem(place, str(error.reason if isinstance(error, ParseError) else error), home, canonical(name))

    def _sourced(self, one: Declared, forced: frozenset[str]) -> Declared:
        """uv's ``[tool.uv.sources]`` says for a name where it comes from; of those in ``forced`` no table decides the version."""
        if one.requirement.name in forced:
            one = replace(one, home=())
        sources = self._table("tool", "uv", "sources")
        found = next((value for name, value in sources.items() if canonical(name) == one.requirement.name), None)
        if found is None or one.reason:
            return one
        options = found if isinstance(found, list) else [found]
        kinds = {key for option in options if isinstance(option, dict) for key in option}
        reasons = {"git": "version control", "url": "a URL", "path": "a local path", "workspace": "this workspace"}
        reason = next((f"installed from {text}" for key, text in reasons.items() if key in kinds), "")
        return Declared(requirement=one.requirement, reason=reason) if reason else one

    def _is_self(self, one: Declared | Problem) -> bool:
        return isinstance(one, Declared) and bool(self._name) and one.requirement.name == self._name

    def _only_a_source(self, one: Declared | Problem, named: frozenset[str]) -> bool:
        return isinstance(one, Declared) and not (one.version or one.reason or one.requirement.spec) and one.requirement.name in named

    def _table(self, *keys: str | int) -> dict[str, Any]:
        """The table of these keys, empty where there is none. Raises ParseError where something else stands in its place."""
        table = self._data
        for index, key in enumerate(keys, start=1):
            value = table.get(str(key), {})
            if not isinstance(value, dict):
                shown, line = ".".join(map(str, keys[:index])), self._location(keys[:index]).line
                raise ParseError(f"{shown}: is no table", subject=self._path, line=line, hint=_NOT_READ)
            table = value
        return table

    def _location(self, place: Home) -> Location:
        homes = (place[:size] for size in range(len(place), 0, -1))
        line, column = next((self._places[home] for home in homes if home in self._places), (1, 1))
        return Location(path=self._path, line=line, column=column)

    def _problem(self, place: Home, reason: str, home: Home, name: str = "") -> Unread:
        reason, where = f"{'.'.join(map(str, place))}: {reason}", self._location(place)
        return Unread(subject=self._path, reason=reason, hint=_NOT_READ, location=where, name=name, home=home)
