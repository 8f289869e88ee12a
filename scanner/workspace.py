"""The files under scan: tracked and untracked-not-ignored ones of a git checkout, else a walk.

Never through a link, never outside the root, never a device.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner import checkout, excluded
from scanner.errors import WorkspaceError
from scanner.models import File, Notice, Problem, Skipped
from scanner.names import display
from scanner.walk import indexed
from scanner.walkers import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.checkout import Tree
    from scanner.standing import Standing

MAX_TEXT = 64 * 1024 * 1024
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class Listing(Struct, frozen=True, kw_only=True):
    """What there is to scan. ``commit`` is the checked-out commit's id, empty outside of git; ``skipped`` what was seen and left out,
    ``links`` the symbolic ones: one that bears a manifest's name is read as one, or is a Problem.
    """

    files: tuple[File, ...]
    links: tuple[File, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    commit: str = ""


def list_files(root: str, exclude: tuple[str, ...] = (), standing: Standing | None = None) -> Listing:
    """Every file to scan below ``root``, sorted by path; ``exclude`` are gitignore patterns. Zero files is a Problem.

    Where ``standing`` says that the files are those of the index, no folder is read.
    """
    notices: list[Notice] = []
    if standing is not None and standing.clean(checkout.asking(root)):
        commit, seen = standing.commit, indexed(root, standing)
    else:
        tree = _checkout(root, notices)
        commit, seen = tree.commit if tree else "", walk(root, tree)
    files = _without_excluded(seen.files, exclude)
    if not files:
        hint = "check out the repository before this step"
        seen.problems.append(Problem(subject=display(root), reason="no file to scan was found", hint=hint))
    files.sort(key=_path)
    return Listing(
        files=tuple(files), links=tuple(sorted(_without_excluded(seen.links, exclude), key=_path)), skipped=tuple(seen.skipped),
        problems=tuple(seen.problems), notices=tuple(notices), commit=commit,
    )


def opener(root: str) -> Callable[[str], int]:
    """A function that opens a file by its name below ``root`` for reading and returns the descriptor; WorkspaceError for all else."""
    base = os.path.realpath(root)
    held: list[_Folder] = []

    def open_file(name: str) -> int:
        folder, _, leaf = name.rpartition("/")
        try:
            if not held or held[0].name != folder:
                held[:] = [_Folder(base, folder)]
            if not held[0].inside:
                raise WorkspaceError("lies outside of the scanned tree", subject=display(name))
            handle = os.open(leaf, _READ, dir_fd=held[0].handle)
        except (OSError, ValueError) as error:
            raise _unreadable(name, error) from None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise WorkspaceError("is not a regular file", subject=display(name))
        return handle

    return open_file


class _Folder:
    """A folder below the root, held open: its files are opened by their own names alone, so no link on the way to them leads out.

    One is enough: files come sorted by path.
    """

    def __init__(self, base: str, name: str) -> None:
        path = os.path.join(base, name)
        self.handle = -1
        self.handle = os.open(path, os.O_DIRECTORY | getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC)
        self.name = name
        self.inside = _inside(self.handle, path, base)

    def __del__(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)


def text_reader(root: str, names: Mapping[str, str]) -> Callable[[str], str | None]:
    """A function that reads a text file by its path below ``root``: its text, None where there is none, WorkspaceError for all else.

    ``names`` maps a shown path to the operating system's name where the two may differ.
    """
    open_file = opener(root)
    base = os.path.realpath(root)

    def read(shown: str) -> str | None:
        path = names.get(shown, shown)
        if os.path.isabs(path) or os.path.normpath(path).startswith(".."):
            raise WorkspaceError("lies outside of the scanned tree", subject=display(path))
        if not os.path.lexists(os.path.join(base, path)):
            return None
        target = os.path.relpath(os.path.realpath(os.path.join(base, path)), base)
        if target.startswith(".."):
            raise WorkspaceError("lies outside of the scanned tree", subject=display(path))
        return _decode(_read_all(open_file(target), path), path)

    return read


def _read_all(handle: int, path: str) -> bytes:
    with open(handle, "rb") as stream:
        if os.fstat(handle).st_size > MAX_TEXT:
            raise WorkspaceError(f"is larger than {MAX_TEXT >> 20} MiB", subject=display(path))
        try:
            return stream.read(MAX_TEXT + 1)
        except OSError as error:
            raise _unreadable(path, error) from None


def _decode(data: bytes, path: str) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WorkspaceError("is not UTF-8 text", subject=display(path), line=line, hint="save it as UTF-8") from None


def _unreadable(name: str, error: Exception) -> WorkspaceError:
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return WorkspaceError(f"cannot be read: {reason}", subject=display(name), hint="check its permissions")


def _inside(handle: int, path: str, base: str) -> bool:
    try:
        real = os.readlink(f"/proc/self/fd/{handle}")
    except OSError:
        real = os.path.realpath(path)
    return real == base or real.startswith(base.rstrip("/") + "/")


def _without_excluded(files: list[File], exclude: tuple[str, ...]) -> list[File]:
    if not exclude:
        return files
    left_out = excluded.spec(exclude).match_file
    return [file for file in files if not left_out(file.name)]


def _checkout(root: str, notices: list[Notice]) -> Tree | None:
    try:
        return checkout.tracked(root)
    except WorkspaceError as error:
        notices.append(Notice(subject=".git", reason=f"{error.reason}: every file below the path is scanned instead"))
        return None


def _path(file: File) -> str:
    return file.path
