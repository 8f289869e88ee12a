"""Paths of a tree in, parsed lockfiles and the problems of those that could not be read out: which files count, and what beats what."""

from __future__ import annotations

import re
from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner import globs, lockfiles
from scanner.errors import ScannerError
from scanner.lockfiles import _places, _text
from scanner.lockfiles._listed import Listed
from scanner.lockfiles._repeats import without_repeats
from scanner.lockfiles._room import Room
from scanner.models import Location, Lockfile, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scanner.lockfiles import Format, Reader

VENDORED = frozenset(
    {
        "node_modules",
        "bower_components",
        "jspm_packages",
        ".yarn",
        ".pnpm-store",
        ".git",
        "site-packages",
        "dist-packages",
        ".eggs",
        ".venv",
        "venv",
        ".virtualenv",
        "virtualenv",
        "__pypackages__",
        ".tox",
        ".nox",
    }
)
"""Folders of other people's installed code: a lockfile inside says what its author used. ``vendor`` is read: teams keep their own there."""

FOREIGN = frozenset(
    {
        "Cargo.lock", "Cartfile.resolved", "Gemfile.lock", "Package.resolved", "Podfile.lock", "build.gradle", "build.gradle.kts",
        "cabal.project.freeze", "composer.lock", "conan.lock", "conda-lock.yml", "cpanfile.snapshot", "deno.lock", "environment.yml",
        "environment.yaml", "flake.lock", "go.mod", "gradle.lockfile", "mix.lock", "packages.lock.json", "pixi.lock", "pom.xml",
        "pubspec.lock", "renv.lock", "stack.yaml.lock",
    }
)  # fmt: skip
"""What other package managers install from: nothing of it is audited here, and who reads a green check should know."""

NODE = frozenset({"npm", "pnpm", "yarn"})
"""The audits of those who read a package.json: without a lockfile, nobody knows which of them its author uses."""

_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_BEATEN_BY = {"package-lock.json": "npm-shrinkwrap.json"}
_MAKE_A_LOCKFILE = "make one with `npm install --package-lock-only`, `pnpm install --lockfile-only` or `yarn install`, and commit it"


class _Candidate(Struct, frozen=True):
    path: str
    formats: tuple[Format, ...]

    @property
    def is_lockfile(self) -> bool:
        return any(known.role == "lockfile" for known in self.formats)

    @property
    def home(self) -> tuple[str, str]:
        """Folder and ecosystem, known also where the file cannot be parsed."""
        python = any(known.audit == "python" for known in self.formats)
        return dirname(self.path), "PyPI" if python else "npm"

    @property
    def audits(self) -> frozenset[str]:
        """Whose business the file is, known also where it cannot be parsed."""
        return NODE if not self.is_lockfile and self.home[1] == "npm" else frozenset(known.audit for known in self.formats)


def read_all(paths: Sequence[str], read: Reader, off: frozenset[str] = frozenset()) -> Iterator[Lockfile | Problem]:
    """Every lockfile among ``paths`` (relative, POSIX), parsed, then the manifests that no lockfile covers, each in order of path.

    A file that cannot be read becomes a Problem that names it; several package managers in one folder are all read; an npm manifest with
    dependencies and without a lockfile is a Problem (Python's are resolved from ``Lockfile.unpinned``). Of a file that is the business of
    audits in ``off`` alone nothing is said.
    """
    clean = Listed(_text.clean(read), paths)
    found = _candidates(paths)
    locked = [one for one in found if one.is_lockfile]
    room = Room()
    parsed = {one.path: _parsed(one, clean, room) for one in locked}
    covered = _covered(parsed.values(), [one.path for one in found])
    kept = {path: result for path, result in parsed.items() if path not in covered}
    silent = {one.path for one in found if one.audits <= off}
    for path, result in kept.items():
        if path not in silent:
            yield without_repeats(result, path, kept)
    answered = {one.home for one in locked if one.home[1] == "npm" or isinstance(parsed[one.path], Problem)}
    for one in found:
        if not (one.is_lockfile or one.path in covered or one.home in answered or one.path in silent):
            result = _unlocked(without_repeats(_parsed(one, clean, room), one.path, kept))
            if isinstance(result, Problem) or _asks(result):
                yield result


def audits(paths: Iterable[str]) -> frozenset[str]:
    """The audits that have a lockfile or a manifest among ``paths``."""
    return frozenset().union(*(one.audits for one in _candidates(paths)))


def foreign(paths: Iterable[str]) -> list[str]:
    """The lockfiles and manifests of package managers that are not audited, in order of path."""
    return sorted(path for path in paths if basename(path) in FOREIGN and not is_vendored(path))


def is_vendored(path: str) -> bool:
    """Whether a path lies in a folder of installed third-party code."""
    return not VENDORED.isdisjoint(path.split("/")[:-1])


def _candidates(paths: Iterable[str]) -> list[_Candidate]:
    claims = [(one, one.claims) for one in lockfiles.formats().values()]
    present = set(paths)
    found = []
    for path in present:  # tens of thousands, few of them claimed
        claiming = [one for one, claimed in claims if claimed(path)]
        if claiming and not is_vendored(path) and not _is_beaten(path, present):
            found.append(_Candidate(path, tuple(claiming)))
    return sorted(found, key=lambda one: one.path)


def _is_beaten(path: str, present: set[str]) -> bool:
    winner = _BEATEN_BY.get(basename(path))
    return winner is not None and join(dirname(path), winner) in present


def _parsed(candidate: _Candidate, read: Reader, room: Room) -> Lockfile | Problem:
    """The first format of those that claim the name (``yarn.lock`` has two) which can read the file; else what the first one says.

    The one place where an exception of a parser, whatever it is, ends: as a Problem of its file. A poisoned file must never end the scan.
    """
    path, text = candidate.path, None
    problem: Problem | None = None
    for known in candidate.formats:
        try:
            text = read(path)
            if text is None:
                return Problem(subject=path, reason="listed, but it cannot be found", location=Location(path=path))
            refuse = _places.refuse_large if known.role == "manifest" else _places.refuse_crowded
            refuse(text, path)
            room.refuse_more(text, path)
            return room.taken(known.parse(text, path, read))
        except Exception as error:  # noqa: BLE001 -- the unit of work ends here
            problem = problem or (_evident(text, path) if text is not None else None) or _problem(error, path)
    return problem or Problem(subject=path, reason="no format reads it", location=Location(path=path))


def _evident(text: str, path: str) -> Problem | None:
    """What a person sees at once in a file that cannot be read, and parsers tell in their own words."""
    if conflict := _CONFLICT.search(text):
        line = 1 + text.count("\n", 0, conflict.start())
        hint = f"resolve it, then let the package manager write it again; nothing in {basename(path)} was audited"
        return Problem(subject=path, reason="an unresolved merge conflict", hint=hint, location=Location(path=path, line=line))
    if len(text) < 99 and not text.strip():
        return Problem(subject=path, reason="is empty", hint=_again(path), location=Location(path=path))
    return None


def _problem(error: Exception, path: str) -> Problem:
    if isinstance(error, ScannerError):
        where = Location(path=error.subject or path, line=error.line or 1)
        return Problem(subject=path, reason=error.reason, hint=error.hint or _again(path), location=where)
    reason = "nested too deeply" if isinstance(error, RecursionError) else f"cannot be read ({type(error).__name__})"
    return Problem(subject=path, reason=reason, hint=_again(path), location=Location(path=path))


def _again(path: str) -> str:
    return f"check {basename(path)} or let the package manager write it again; nothing in it was audited"


def _covered(results: Iterable[Lockfile | Problem], paths: Sequence[str]) -> frozenset[str]:
    """The files that a lockfile answers for; Yarn 1 knows its workspaces as globs only."""
    named = {path for result in results if isinstance(result, Lockfile) for path in result.covers if path != result.path}
    wild = tuple(sorted(f"/{path}" for path in named if "*" in path))
    return frozenset(named) | frozenset(path for path in paths if wild and globs.matches(wild, path))


def _asks(manifest: Lockfile) -> bool:
    """Whether a manifest asks for anything: many a pyproject.toml or setup.cfg only configures tools."""
    return bool(manifest.packages or manifest.direct or manifest.unpinned or manifest.unaudited or manifest.problems)


def _unlocked(result: Lockfile | Problem) -> Lockfile | Problem:
    """A manifest without a lockfile: Python's requirements can be resolved, npm's cannot."""
    if isinstance(result, Problem) or result.ecosystem != "npm" or not (result.direct or result.unpinned):
        return result
    first = (result.unpinned or result.direct)[0]
    count = len(result.unpinned or result.direct)
    reason = f"no lockfile: its {count} dependencies cannot be audited" if count > 1 else "no lockfile: its dependency cannot be audited"
    return Problem(subject=result.path, reason=reason, hint=_MAKE_A_LOCKFILE, location=first.location)
