"""What pip-compile and ``uv pip compile`` write as comments in: who brings a package in, and the manifests a compiled file answers for."""

from __future__ import annotations

import re
from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.errors import ScannerError
from scanner.lockfiles._answers import Answers
from scanner.lockfiles._declared import Declared, as_packages, canonical
from scanner.lockfiles._lines import logical
from scanner.lockfiles._pyproject import read_pyproject
from scanner.lockfiles._requirements import read_requirements
from scanner.lockfiles._setup_cfg import read_setup_cfg
from scanner.models import Lockfile, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scanner.lockfiles import Reader
    from scanner.models import Package, Problem

_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)
_SOURCE = re.compile(r"[\w./-]+\.(?:in|toml|cfg)\b", re.ASCII)
_COMMAND = re.compile(r"\b(?:pip-compile|uv pip compile|pip-compile-multi|pip-compile-\S+)\b")


class _Brought(Struct, frozen=True):
    """The parents of a package: other packages, and whether a manifest asks for it."""

    parents: tuple[str, ...]
    asked: bool


def completed(parsed: Lockfile, text: str, read: Reader) -> Lockfile:
    """``parsed`` with the edges that its ``# via`` comments tell, the manifest lines that a person edits, and the manifests it covers."""
    brought = dict(_brought(text))
    answers = Answers(parsed)
    sources = {path: _declared_in(path, read) for path in _sources(text, parsed.path)}
    covers = {path: found for path, found in sources.items() if found and not answers.lacks(found)}
    if not brought and not covers:
        return parsed
    wanted = [one for found in covers.values() for one in found]
    lines = {one.requirement.name: one.requirement for one in reversed(wanted)}
    return replace(
        parsed,
        packages=(*_linked(parsed.packages, brought), *as_packages(answers.other_pins(wanted))),
        direct=tuple(_edited(one, lines) for one in parsed.direct if one.name not in brought or brought[one.name].asked),
        covers=tuple(covers),
    )


def _brought(text: str) -> Iterator[tuple[str, _Brought]]:
    """Name and parents of each requirement that has a ``# via`` comment behind or under it."""
    name, comments = "", [""]
    for line in logical(text):
        if not line.text:
            comments.append(line.comment)
            continue
        yield from _via(name, comments)
        match = _NAME.match(line.text)
        name, comments = (canonical(match[0]) if match else ""), [line.comment]
    yield from _via(name, comments)


def _via(name: str, comments: list[str]) -> Iterator[tuple[str, _Brought]]:
    told = " , ".join(comments).strip(" ,")
    if not name or not told.startswith("via"):
        return
    parts = [part.strip() for part in told[3:].split(",") if part.strip()]
    parents = tuple(canonical(part) for part in parts if _NAME.fullmatch(part))
    yield name, _Brought(parents, len(parents) < len(parts) or not parents)


def _linked(packages: tuple[Package, ...], brought: Mapping[str, _Brought]) -> tuple[Package, ...]:
    children: dict[str, list[str]] = {}
    for one in packages:
        for parent in brought[one.name].parents if one.name in brought else ():
            children.setdefault(parent, []).append(one.key)
    return tuple(replace(one, requires=tuple(children.get(one.name, ()))) for one in packages)


def _edited(wanted: Requirement, lines: Mapping[str, Requirement]) -> Requirement:
    line = lines.get(wanted.name)
    return replace(wanted, location=line.location, spec=line.spec) if line else wanted


def _sources(text: str, path: str) -> list[str]:
    """Manifests that this file may be compiled from: its ``.in``, those its header names, and those beside it."""
    home = dirname(path)
    named = [path.rpartition(".")[0] + ".in", join(home, "pyproject.toml"), join(home, "setup.cfg")]
    for line in logical(text[:4000]):
        if not line.text and _COMMAND.search(line.comment):
            found = _SOURCE.findall(line.comment)
            named += [normpath(join(home, one)) for one in found] + [normpath(one) for one in found]
    return [one for one in dict.fromkeys(named) if one != path and not one.startswith(("../", "/"))]


def _declared_in(path: str, read: Reader) -> list[Declared]:
    """What a manifest asks for; nothing where not all of it can be read (it is then read, and complained of, in its own right)."""
    try:
        text = read(path)
        found = [] if text is None else _manifest(text, path, read)
    except ScannerError:
        return []
    asked = [one for one in found if isinstance(one, Declared) and not one.constraint]
    return asked if all(isinstance(one, Declared) for one in found) else []


def _manifest(text: str, path: str, read: Reader) -> list[Declared | Problem]:
    if basename(path) == "pyproject.toml":
        return read_pyproject(text, path, read)
    if basename(path) == "setup.cfg":
        return read_setup_cfg(text, path, read)
    return read_requirements(text, path, read, Scope.RUNTIME)
