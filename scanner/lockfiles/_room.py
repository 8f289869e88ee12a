"""The lockfiles and manifests of a tree, one after the other, in; a ParseError out for the one from which on memory has no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.errors import ParseError
from scanner.lockfiles._places import values

if TYPE_CHECKING:
    from scanner.models import Lockfile

MOST = 440 * 1024 * 1024
"""Bytes for all of them together, until the audit is done; one lockfile within its own limits has room."""
_VALUE = 220
"""Bytes, measured: what a value takes while its file is read."""
_ENTRY, _ASKED, _LETTER, _EDGE = 520, 250, 2.5, 16
"""What a package and the like take from then on, by what they say."""


class Room:
    """What is left of it."""

    def __init__(self) -> None:
        self._left = float(MOST)

    def refuse_more(self, text: str, path: str) -> None:
        """Raise ParseError for a file that might take more than is left while it is read."""
        if values(text) * _VALUE > self._left:
            raise _full(path)

    def taken(self, one: Lockfile) -> Lockfile:
        """The same, now counted. Raises ParseError where it takes more than is left."""
        weight = _weight(one)
        if weight > self._left:
            raise _full(one.path)
        self._left -= weight
        return one


def _weight(one: Lockfile) -> float:
    listed = len(one.packages) + len(one.unpinned) + len(one.unaudited) + len(one.problems)
    letters = sum([len(package.name) + len(package.version) + len(package.key) for package in one.packages])
    letters += sum([len(asked.name) + len(asked.spec) for asked in (*one.direct, *one.unpinned)])
    edges = sum([len(package.requires) for package in one.packages])
    return listed * _ENTRY + len(one.direct) * _ASKED + letters * _LETTER + edges * _EDGE


def _full(path: str) -> ParseError:
    reason = f"the lockfiles of this tree say more than fits into {MOST >> 20} MiB of memory; this one was not audited"
    return ParseError(reason, subject=path, hint="scan folders of it by themselves, or leave some out with exclude")
