"""An entry that accepts in, the audits that could find what it accepts out: all of them where its words leave that open. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.models import Suppression

NODE = ("npm", "pnpm", "yarn")
DEPENDENCIES = ("python", *NODE)
"""An advisory's id mostly does not say in which of them it would be found."""
_RULE_ID, _ADVISORY_ID = re.compile(r"[a-z][a-z0-9._-]*"), re.compile(r"[A-Z]")
_BY_FILE = {
    **dict.fromkeys(("package-lock.json", "npm-shrinkwrap.json", "bun.lock"), ("npm",)),
    **dict.fromkeys(("Pipfile", "Pipfile.lock", "poetry.lock", "pyproject.toml", "requirements.txt", "uv.lock"), ("python",)),
    "pnpm-lock.yaml": ("pnpm",), "yarn.lock": ("yarn",), "package.json": NODE,
}  # fmt: skip
"""Whose findings stand in files of these names."""


def audits(entry: Suppression) -> tuple[str, ...]:
    """By the id, the package and the file's name, where the path ends in one."""
    advisory = entry.package or entry.version or _ADVISORY_ID.search(entry.id)
    if not advisory and _RULE_ID.fullmatch(entry.id):
        return ("secrets",)
    dependencies = tuple(audit for audit in DEPENDENCIES if all(audit in those for those in _said(entry)))
    return dependencies if advisory else (*dependencies, "secrets")


def _said(entry: Suppression) -> tuple[tuple[str, ...], ...]:
    """What each of its words leaves of the audits of dependencies."""
    return (
        _BY_FILE.get(entry.path.rpartition("/")[2], DEPENDENCIES),
        NODE if entry.package.startswith("@") else DEPENDENCIES,  # no name at the Python index begins so
        ("python",) if entry.id.startswith("PYSEC-") else DEPENDENCIES,
    )
