"""A Python lockfile's path in, what the manifests beside it ask for out; then both together as one Lockfile."""

from __future__ import annotations

from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.errors import ScannerError
from scanner.lockfiles import _locked, _stale
from scanner.lockfiles._declared import ECOSYSTEM, Declared, Unread, as_packages, unaudited
from scanner.lockfiles._markers import ANY, MOST_TRIED, Environments
from scanner.lockfiles._pipfile import read_pipfile
from scanner.lockfiles._pyproject import pyproject_python, read_pyproject
from scanner.lockfiles._setup_cfg import read_setup_cfg, setup_cfg_python
from scanner.lockfiles._stale import Lock
from scanner.models import Lockfile, Problem, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scanner.lockfiles import Reader
    from scanner.lockfiles._locked import Sorted
    from scanner.models import Package

_READERS: Mapping[str, Callable[[str, str, Reader], list[Declared | Problem]]] = {
    "pyproject.toml": read_pyproject,
    "setup.cfg": read_setup_cfg,
    "Pipfile": read_pipfile,
}


class Manifests(Struct, frozen=True, kw_only=True):
    """What people wrote: the requirements with the line to edit, the versions of Python they admit, and the files that hold them.

    ``unread`` are the requirements that could not be read.
    """

    declared: tuple[Declared, ...] = ()
    unread: tuple[Unread, ...] = ()
    pythons: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def overridden(self, names: frozenset[str]) -> Manifests:
        """The same, where the versions of these names are not decided here."""
        said = (replace(one, home=()) if one.requirement.name in names else one for one in self.declared)
        return replace(self, declared=tuple(said)) if names else self


def manifests(path: str, read: Reader, names: Iterable[str], folders: Iterable[str] = (".",)) -> Manifests:
    """The manifests in ``folders`` (relative to the lockfile's own). One that cannot be read is left out: it is complained of by itself."""
    said: list[Declared | Problem] = []
    texts: dict[str, str] = {}
    for folder in dict.fromkeys(folders):
        for name in names:
            place = normpath(join(dirname(path), folder, name))
            text, found = (None, None) if place.startswith(("../", "/")) else _declared_in(place, name, read)
            if text is not None and found is not None:
                said += found
                texts[place] = text
    declared = [one for one in said if isinstance(one, Declared) and not one.constraint]
    marked = any(";" in one.requirement.spec for one in declared)
    pythons = filter(None, (_python(place, text) for place, text in texts.items())) if marked else ()
    unread = tuple(one for one in said if isinstance(one, Unread))
    return Manifests(declared=tuple(declared), unread=unread, pythons=tuple(pythons), paths=tuple(texts))


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
    environments: Environments = ANY,
    roots: Mapping[Scope, Iterable[str]] | None = None,
    ours: Iterable[str] = (),
) -> Lockfile:
    """The Lockfile of format ``name``, made for these ``environments``.

    ``roots`` are the keys each scope starts from, where the lockfile itself says so (else the manifests do); ``ours`` are names of the
    tree's own projects. What a manifest asks for and the lockfile lacks, or has in other versions than the one that is pinned, is audited
    where it is pinned, else still to be resolved.
    """
    locked = _locked.packages(found.entries)
    within = replace(environments, pythons=(*environments.pythons, *wanted.pythons))
    lock = _lock(path, name, locked, found, ours, within)
    missing, stale = _missing(wanted, lock), _stale.contradicted(wanted.declared, lock)
    direct = _locked.resolved((one.requirement for one in wanted.declared), (*locked, *as_packages(missing)))
    return Lockfile(
        path=path,
        format=name,
        ecosystem=ECOSYSTEM,
        audit="python",
        packages=(*_locked.scoped(locked, _locked.roots_of(direct) if roots is None else roots), *as_packages((*missing, *stale))),
        direct=(*direct, *(one.requirement for one in stale)),
        unpinned=(*found.unpinned, *(one.requirement for one in missing if not one.version and not one.reason)),
        unaudited=(*found.unaudited, *(unaudited(one) for one in missing if one.reason)),
        problems=(*found.problems, *_stale.unanswered(wanted.unread, lock)),
        notices=tuple(_stale.told(stale, lock)),
        covers=wanted.paths,
    )


def _lock(path: str, name: str, locked: Iterable[Package], found: Sorted, ours: Iterable[str], made_for: Environments) -> Lock:
    """What the lockfile has and knows; of what is partly from elsewhere no versions."""
    others = {one.name for one in found.unpinned} | {one.name for one in found.unaudited} | found.ours.union(ours)
    versions: dict[str, dict[str, None]] = {}
    for one in locked:
        versions.setdefault(one.name, {})[one.version] = None
    knows = others.union(versions)
    for other in others.intersection(versions):
        del versions[other]
    return Lock(path=path, name=name, versions=versions, knows=frozenset(knows), made_for=made_for)


def _missing(wanted: Manifests, lock: Lock) -> tuple[Declared, ...]:
    """What the lockfile lacks and some environment of its own needs; of more markers than a person writes each may be true."""
    lacking = [one for one in wanted.declared if one.requirement.name not in lock.knows]
    few = len(lacking) <= MOST_TRIED
    return tuple(one for one in lacking if not few or lock.made_for.need(one.requirement.spec.partition(";")[2]))


def _python(path: str, text: str) -> str:
    """The versions of Python for which a manifest says it is; empty where it does not."""
    if basename(path) == "setup.cfg":
        return setup_cfg_python(text)
    return pyproject_python(text, path) if basename(path) == "pyproject.toml" else ""


def _declared_in(path: str, name: str, read: Reader) -> tuple[str | None, list[Declared | Problem] | None]:
    try:
        text = read(path)
        return text, None if text is None else _READERS[name](text, path, read)
    except ScannerError:
        return None, None
