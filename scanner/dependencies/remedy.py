"""Remedies in pieces, so that each report can say their paths from where its reader stands: words and paths in, ``Step``s out."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING, TypeAlias

from scanner.models import Step

if TYPE_CHECKING:
    from scanner.models import Location

Fix: TypeAlias = tuple[Step, ...]


def said(*pieces: str | Step) -> Fix:
    """Words and paths in this order."""
    return tuple(Step(text=piece) if isinstance(piece, str) else piece for piece in pieces)


def file(path: str) -> Step:
    """A file that the words are about."""
    return Step(text=path, said="file")


def line(location: Location) -> Fix:
    """``change line 4 of`` a file, with nothing behind it."""
    return said(f"change line {location.line} of ", file(location.path))


def run(command: str, folder: str) -> Fix:
    """A command to be typed, in the folder where it has to be."""
    return (Step(text=folder, said="cd"), Step(text=command))


def beside(lockfile: str) -> Step:
    """That what was said is to be done in the folder of this lockfile."""
    return Step(text=dirname(lockfile), said="in")
