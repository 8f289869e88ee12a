"""The workspaces of Yarn 1, which its lockfile does not write down: the globs of the root's package.json in, folders and names out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.lockfiles import _npm_manifest
from scanner.lockfiles._listed import matching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles import Reader

_BRACES = re.compile(r"\{([^{},]*(?:,[^{},]*)+)\}")
_MOST = 100


class Workspaces(Struct, frozen=True, kw_only=True):
    """Folders relative to the lockfile's own, the root's first; the names of their projects; globs of package.json files from the root of
    the tree; and whether every glob led to a folder: else somebody may ask for more than is known here.
    """

    folders: tuple[str, ...] = (".",)
    names: tuple[str, ...] = ()
    globs: tuple[str, ...] = ()
    complete: bool = True


NONE = Workspaces()


def workspaces(path: str, read: Reader) -> Workspaces:
    """Those of the lockfile at ``path``. Yarn 1 knows no exclusions (``!packages/old``)."""
    root = _npm_manifest.beside(path, ".", read)
    patterns = [one.removeprefix("./").strip("/") for one in (root.workspaces if root else ()) if not one.startswith("!")]
    plain = list(dict.fromkeys(one for pattern in patterns[:_MOST] for one in _spread(pattern)))
    found = {one: list(_folders(path, one, read)) for one in plain[:_MOST]}
    folders = tuple(dict.fromkeys((".", *(folder for group in found.values() for folder in group))))
    manifests = (_npm_manifest.beside(path, folder, read) for folder in folders[1:])
    wild = (_npm_manifest.path_beside(path, one) for one in plain if _is_glob(one))
    return Workspaces(
        folders=folders,
        names=tuple(one.name for one in manifests if one and one.name),
        globs=tuple(one for one in wild if one),
        complete=all(found.values()) and max(len(patterns), len(plain)) <= _MOST,
    )


def _spread(pattern: str) -> list[str]:
    """``packages/{a,b}`` as two."""
    done: list[str] = []
    waiting = [pattern]
    while waiting and len(done) <= _MOST:
        one = waiting.pop()
        match = _BRACES.search(one)
        if match is None:
            done.append(one)
        else:
            waiting += [f"{one[: match.start()]}{part}{one[match.end() :]}" for part in reversed(match[1].split(",")[: _MOST + 1])]
    return done


def _folders(path: str, pattern: str, read: Reader) -> Iterator[str]:
    wanted = _npm_manifest.path_beside(path, pattern)
    if wanted is None:
        return
    if not _is_glob(pattern):
        yield from [pattern] if read(wanted) is not None else []
        return
    home = len(path.rpartition("/")[0]) + 1 if "/" in path else 0
    for one in matching(wanted, read):
        if "node_modules" not in one.split("/"):
            yield one[home:].removesuffix("/package.json")


def _is_glob(pattern: str) -> bool:
    return any(mark in pattern for mark in "*?[{")
