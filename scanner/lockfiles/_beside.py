"""A Python lockfile's path in, what the manifests beside it ask for out; then both together as one Lockfile."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.errors import ScannerError
from scanner.lockfiles import _locked
from scanner.lockfiles._declared import ECOSYSTEM, Declared
from scanner.lockfiles._pipfile import read_pipfile
from scanner.lockfiles._pyproject import read_pyproject
from scanner.lockfiles._setup_cfg import read_setup_cfg
from scanner.models import Lockfile, Problem, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scanner.lockfiles import Reader
    from scanner.lockfiles._locked import Sorted

_READERS: Mapping[str, Callable[[str, str, Reader], list[Declared | Problem]]] = {
    "pyproject.toml": read_pyproject,
    "setup.cfg": read_setup_cfg,
    "Pipfile": read_pipfile,
}


class Manifests(Struct, frozen=True, kw_only=True):
    """What people wrote: the requirements with the line to edit, and the files that hold them."""

    requirements: tuple[Requirement, ...] = ()
    paths: tuple[str, ...] = ()


def manifests(path: str, read: Reader, names: Iterable[str], folders: Iterable[str] = (".",)) -> Manifests:
    """The manifests in ``folders`` (relative to the lockfile's own). One that cannot be read is left out: it is complained of by itself."""
    requirements: list[Requirement] = []
    paths: list[str] = []
    for folder in dict.fromkeys(folders):
        for name in names:
            place = normpath(join(dirname(path), folder, name))
            found = None if place.startswith(("../", "/")) else _declared_in(place, name, read)
            if found is not None:
                requirements += [one.requirement for one in found if isinstance(one, Declared)]
                paths.append(place)
    return Manifests(requirements=tuple(requirements), paths=tuple(paths))


def is_ours(path: str, folder: str, read: Reader) -> bool:
    """Whether a local path in a lockfile is a project of this tree, the manifest of which is audited too."""
    home = normpath(join(dirname(path), folder))
    outside = home.startswith(("../", "/")) or home == ".."
    return not outside and any(read(normpath(join(home, name))) is not None for name in ("pyproject.toml", "setup.cfg"))


def lockfile(
    path: str,
    name: str,
    found: Sorted,
    wanted: Manifests,
    roots: Mapping[Scope, Iterable[str]] | None = None,
    ours: Iterable[str] = (),
) -> Lockfile:
    """The Lockfile of format ``name``.

    ``roots`` are the keys each scope starts from, where the lockfile itself says so (else the manifests do); ``ours`` are names of the
    tree's own projects. A requirement that the lockfile lacks (and that no marker excludes) is still to be resolved.
    """
    locked = _locked.packages(found.entries)
    direct = _locked.resolved(wanted.requirements, locked)
    known = {one.name for one in found.unpinned} | {one.name for one in found.unaudited} | set(ours)
    missing = (one for one in direct if not one.key and one.name not in known and ";" not in one.spec)
    return Lockfile(
        path=path,
        format=name,
        ecosystem=ECOSYSTEM,
        audit="python",
        packages=_locked.scoped(locked, _locked.roots_of(direct) if roots is None else roots),
        direct=direct,
        unpinned=(*found.unpinned, *missing),
        unaudited=found.unaudited,
        problems=found.problems,
        covers=wanted.paths,
    )


def _declared_in(path: str, name: str, read: Reader) -> list[Declared | Problem] | None:
    try:
        text = read(path)
        return None if text is None else _READERS[name](text, path, read)
    except ScannerError:
        return None
