"""A pyproject.toml in, the dependencies that its build takes from other files out; what the build computes is a Problem.

https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata, and Hatch's plugin hatch-requirements-txt.
"""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner.lockfiles._requirements import read_requirements
from scanner.lockfiles._setup_cfg import declares
from scanner.models import Location, Problem, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scanner.lockfiles import Reader
    from scanner.lockfiles._declared import Declared

    Table = Callable[..., dict[str, Any]]
    Place = Callable[[tuple[str | int, ...]], Location]

_KINDS = {"dependencies": Scope.RUNTIME, "optional-dependencies": Scope.OPTIONAL}
_SETUPTOOLS = ("tool", "setuptools", "dynamic")
_HATCH = ("tool", "hatch", "metadata", "hooks", "requirements_txt")


class _Listed(NamedTuple):
    """Where names of files should stand, and what stands there."""

    place: tuple[str, ...]
    names: object


def dynamic(table: Table, place: Place, read: Reader) -> Iterator[Declared | Problem]:
    """``table`` gives the table of a path of keys (empty where there is none), ``place`` where a key stands."""
    for kind, scope in _KINDS.items():
        found = list(_listed(table, kind))
        for one in found:
            yield from _files(one, place(one.place), read, scope)
        if not found and _is_computed(table, kind, place(()).path, read):
            yield _computed(kind, place(("project", "dynamic")))


def _listed(table: Table, kind: str) -> Iterator[_Listed]:
    home, hook = (*_SETUPTOOLS, kind), table(*_HATCH)
    if kind == "dependencies":
        if table(*home):
            yield _Listed(home, table(*home).get("file"))
        if "files" in hook or "filename" in hook or (hook and _is_dynamic(table, kind)):
            yield _Listed(_HATCH, hook.get("files", hook.get("filename", "requirements.txt")))
        return
    for extra in table(*home):
        yield _Listed((*home, extra), table(*home, extra).get("file"))
    for extra, names in table(*_HATCH, kind).items():
        yield _Listed((*_HATCH, kind, extra), names)


def _files(one: _Listed, where: Location, read: Reader, scope: Scope) -> Iterator[Declared | Problem]:
    names = [one.names] if isinstance(one.names, str) else one.names
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        reason = f"{'.'.join(one.place)}: names no files"
        yield Problem(subject=where.path, reason=reason, hint="what is not understood is not audited", location=where)
        return
    for name in names:
        target = normpath(join(dirname(where.path), name))
        text = None if target.startswith(("../", "/")) else read(target)
        if text is None:
            hint = "correct the path; what it holds was not audited"
            yield Problem(subject=where.path, reason=f"takes dependencies from {target}, which does not exist", hint=hint, location=where)
        else:
            yield from read_requirements(text, target, read, scope)


def _is_computed(table: Table, kind: str, path: str, read: Reader) -> bool:
    """Whether nothing that can be read says it: poetry has tables of its own, setuptools reads setup.cfg too."""
    if not _is_dynamic(table, kind) or table("tool", "poetry", "dependencies"):
        return False
    beside = read(normpath(join(dirname(path), "setup.cfg")))
    return beside is None or not declares(beside, kind)


def _is_dynamic(table: Table, kind: str) -> bool:
    listed = table("project").get("dynamic")
    return isinstance(listed, list) and kind in listed


def _computed(kind: str, where: Location) -> Problem:
    hint = "make a lockfile (`uv lock`, `pip-compile`) and commit it"
    reason = f"its {kind.replace('-', ' ')} are computed by the build and not audited"
    return Problem(subject=where.path, reason=reason, hint=hint, location=where)
