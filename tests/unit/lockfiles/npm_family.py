"""What the tests of the npm family share: a parser call on small texts, and the result as short words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.lockfiles import Format
    from scanner.models import Lockfile


def parse(known: Format, text: str, path: str, manifest: str | None = None, workspaces: Mapping[str, str] | None = None) -> Lockfile:
    """Parse ``text`` in a tree with the root's package.json and those of ``workspaces``, by folder."""
    tree = {f"{folder}/package.json": content for folder, content in (workspaces or {}).items()}
    return known.parse(text, path, {**tree, "package.json": manifest}.get)


def ids(found: Lockfile) -> list[str]:
    """``name@version`` of the packages, in order."""
    return [f"{one.name}@{one.version}" for one in found.packages]


def scopes(found: Lockfile) -> dict[str, str]:
    """Scope by name."""
    return {one.name: one.scope.value for one in found.packages}


def edges(found: Lockfile) -> dict[str, tuple[str, ...]]:
    """What each key brings in; those that bring in nothing left out."""
    return {one.key: one.requires for one in found.packages if one.requires}


def direct(found: Lockfile) -> list[tuple[str, str, str]]:
    """(name, place, key) of the direct requirements."""
    return [(one.name, str(one.location), one.key) for one in found.direct]


def unaudited(found: Lockfile) -> dict[str, int]:
    """Line by name of what cannot be audited."""
    return {one.name: one.location.line for one in found.unaudited}


def problems(found: Lockfile) -> list[tuple[int, str]]:
    """(line, reason) of the problems."""
    return [(one.location.line if one.location else 0, one.reason) for one in found.problems]
