"""A pyproject.toml in, the names out of which uv or pdm installs what its overrides say, whatever the dependencies ask for.

https://docs.astral.sh/uv/concepts/resolution/#dependency-overrides, https://pdm-project.org/en/latest/usage/lockfile/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanner.lockfiles._declared import canonical, name_in

if TYPE_CHECKING:
    from collections.abc import Callable

_PDM = (("tool", "pdm", "resolution", "overrides"), ("tool", "pdm", "overrides"))


def overridden(table: Callable[..., dict[str, Any]]) -> frozenset[str]:
    """``table`` gives the table of a path of keys, empty where there is none."""
    listed = table("tool", "uv").get("override-dependencies")
    texts = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    tables = (table(*home[:-1]).get(home[-1]) for home in _PDM)
    named = [name for found in tables if isinstance(found, dict) for name in found]
    return frozenset(map(name_in, texts)) | frozenset(map(canonical, named))
