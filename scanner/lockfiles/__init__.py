"""Lockfile formats: text in, packages out. One module per format, each offering ``FORMAT``; ``inventory.read_all`` is the room's entry.

Shared by the formats: ``_json``, ``_yaml``, ``_toml`` read with exact places at bounded cost; ``_declared``, ``_locked`` are Python's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from scanner import plugins

if TYPE_CHECKING:
    from scanner.models import Lockfile

Reader = Callable[[str], str | None]
"""Text of another file of the tree by its path relative to the root (``-r`` includes, the manifest beside a lockfile); None where there is
none; raises WorkspaceError where it lies outside of the root or cannot be read."""


class Format(Protocol):
    """One lockfile or manifest format.

    ``audit``: ``python``, ``npm``, ``pnpm`` or ``yarn``. ``role``: ``lockfile`` (says exact versions) or ``manifest`` (what a person edits;
    it is only parsed where no lockfile covers it). Where two formats claim one name, the first that can read the file speaks.
    """

    audit: str
    role: str

    def claims(self, path: str) -> bool:
        """Whether a file of this path (relative, POSIX) is of this format, by its name alone."""

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Everything that ``text`` says. Raises ParseError where the file as a whole is not of this format."""


def formats() -> dict[str, Format]:
    """Every known format by module name."""
    return plugins.load(__name__, "FORMAT")
