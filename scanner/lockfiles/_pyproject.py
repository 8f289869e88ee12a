"""pyproject.toml in, every dependency that it declares out: PEP 621, dependency groups (PEP 735), poetry, pdm and uv, each with its place.

Build requirements are left out: they are installed to build, not to run, and no lockfile has them.
"""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles._declared import Declared, canonical, declared
from scanner.lockfiles._poetry_style import Wish, wished
from scanner.lockfiles._requirements import read_requirements
from scanner.lockfiles._toml import load
from scanner.lockfiles._toml_places import Path, places_of
from scanner.models import Location, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles import Reader

_NOT_READ = "what is not understood is not audited"


def read_pyproject(text: str, path: str, read: Reader) -> list[Declared | Problem]:
    """What a pyproject.toml asks for. Raises ParseError where it is not TOML."""
    return _Pyproject(text, path).everything(read)


def pyproject_python(text: str, path: str) -> str:
    """The versions of Python that it admits, as pip or poetry write them; empty where it does not say. Raises ParseError."""
    data = load(text, path)
    project, tool = data.get("project", {}), data.get("tool", {})
    found = project.get("requires-python") or tool.get("poetry", {}).get("dependencies", {}).get("python")
    return found if isinstance(found, str) else ""


class _Pyproject:
    """One pyproject.toml: its values and where they stand."""

    def __init__(self, text: str, path: str) -> None:
        self._data: dict[str, Any] = load(text, path)
        self._places = places_of(text)
        self._path = path
        self._name = canonical(str(self._table("project").get("name", "")))

    def everything(self, read: Reader) -> list[Declared | Problem]:
        """Every dependency, in the order of the standards that declare them."""
        standard = [*self._standard()]
        named = frozenset(one.requirement.name for one in standard if isinstance(one, Declared))
        found = [*standard, *(one for one in self._poetry() if not self._only_a_source(one, named)), *self._dynamic(read)]
        return [self._sourced(one) if isinstance(one, Declared) else one for one in found if not self._is_self(one)]

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

    def _dynamic(self, read: Reader) -> Iterator[Declared | Problem]:
        """Dependencies that the build computes: setuptools' files are read, the rest is a Problem."""
        files = self._table("tool", "setuptools", "dynamic", "dependencies").get("file", [])
        dynamic = self._table("project").get("dynamic", [])
        for name in [files] if isinstance(files, str) else files if isinstance(files, list) else []:
            target = normpath(join(dirname(self._path), str(name)))
            text = None if target.startswith(("../", "/")) else read(target)
            where = self._location(("tool", "setuptools", "dynamic", "dependencies"))
            if text is None:
                yield Problem(subject=self._path, reason=f"takes dependencies from {target}, which does not exist", location=where)
            else:
                yield from read_requirements(text, target, read, Scope.RUNTIME)
        if isinstance(dynamic, list) and "dependencies" in dynamic and not files and not self._computed_elsewhere(read):
            hint = "make a lockfile (`uv lock`, `pip-compile`) and commit it"
            where = self._location(("project", "dynamic"))
            yield Problem(
                subject=self._path, reason="its dependencies are computed by the build and not audited", hint=hint, location=where
            )

    def _computed_elsewhere(self, read: Reader) -> bool:
        beside = read(normpath(join(dirname(self._path), "setup.cfg")))
        hatch = self._table("tool", "hatch", "metadata", "hooks", "requirements_txt")
        return bool(hatch or self._table("tool", "poetry", "dependencies") or (beside and "install_requires" in beside))

    def _texts(self, home: Path, scope: Scope) -> Iterator[Declared | Problem]:
        """PEP 508 texts in an array."""
        items = self._table(*home[:-1]).get(str(home[-1]), [])
        if not isinstance(items, list):
            yield self._problem(home, "is no list of requirements")
            return
        for index, item in enumerate(items):
            place = (*home, index)
            if isinstance(item, str):
                yield self._one(item, place, scope)
            elif not (isinstance(item, dict) and "include-group" in item):
                yield self._problem(place, "is no requirement")

    def _one(self, text: str, place: Path, scope: Scope) -> Declared | Problem:
        try:
            if text.startswith("-e "):  # pdm writes editable paths and repositories so
                return Declared(
                    requirement=Requirement(name=text[3:].rpartition("/")[2], location=self._location(place)), reason="editable"
                )
            return declared(text.strip(), self._location(place), scope)
        except ParseError as error:
            return self._problem(place, error.reason)

    def _wishes(self, home: Path, scope: Scope) -> Iterator[Declared | Problem]:
        """poetry's tables: a value is a version, a table, or several tables for several markers."""
        for name, value in self._table(*home).items():
            place = (*home, name)
            if name.lower() == "python":
                continue
            for one in value if isinstance(value, list) else [value]:
                try:
                    wish = Wish(version=one) if isinstance(one, str) else msgspec.convert(one, Wish)
                    yield wished(name, wish, self._location(place), scope)
                except (ParseError, msgspec.ValidationError) as error:
                    yield self._problem(place, str(error.reason if isinstance(error, ParseError) else error))

    def _sourced(self, one: Declared) -> Declared:
        """uv's ``[tool.uv.sources]`` says for a name where it comes from."""
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
        value: Any = self._data
        for key in keys:
            value = value.get(key, {}) if isinstance(value, dict) else {}
        return value if isinstance(value, dict) else {}

    def _location(self, place: Path) -> Location:
        line, column = self._places.get(place, self._places.get(place[:-1], (1, 1)))
        return Location(path=self._path, line=line, column=column)

    def _problem(self, place: Path, reason: str) -> Problem:
        shown = ".".join(str(part) for part in place)
        return Problem(subject=self._path, reason=f"{shown}: {reason}", hint=_NOT_READ, location=self._location(place))
