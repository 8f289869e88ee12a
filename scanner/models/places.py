"""Where something is, what could not be checked, and what is worth saying."""

from __future__ import annotations

from msgspec import Struct


class File(Struct, frozen=True, kw_only=True):
    """One file under scan.

    ``path`` is relative to the root, POSIX and always valid UTF-8 (odd bytes are shown as ``\\xff``), fit for every output; ``name`` is
    what
    the operating system calls it (``os.fsdecode`` form, relative to the root); ``size`` is in bytes; ``blob`` is git's object id where
    known.
    """

    path: str
    name: str
    size: int
    blob: str = ""


class Location(Struct, frozen=True, kw_only=True, order=True, gc=False):
    """A place in a file of the scanned tree: POSIX path relative to its root, 1-based lines and columns, end inclusive of nothing
    after it.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Related(Struct, frozen=True, kw_only=True):
    """A second place that helps the reader, for example the manifest line a person edits."""

    location: Location
    note: str


class Problem(Struct, frozen=True, kw_only=True):
    """Something we were asked to check and could not: what, why, and the user's next step. Makes the scan incomplete."""

    subject: str
    reason: str
    hint: str = ""
    location: Location | None = None


class Notice(Struct, frozen=True, kw_only=True):
    """Something worth saying that takes nothing from the check: one of two sources was down, a policy was loosened."""

    subject: str
    reason: str
    location: Location | None = None
