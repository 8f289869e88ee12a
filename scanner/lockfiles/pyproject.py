"""pyproject.toml without a lockfile: exact pins are audited, the rest is to be resolved."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from scanner.lockfiles._declared import as_lockfile
from scanner.lockfiles._pyproject import read_pyproject

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile


class Pyproject:
    """The manifest of poetry, uv, pdm, setuptools and most others."""

    audit = "python"
    role = "manifest"

    def claims(self, path: str) -> bool:
        """Files of that very name."""
        return path.endswith("pyproject.toml") and basename(path) == "pyproject.toml"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every declared dependency."""
        return as_lockfile(read_pyproject(text, path, read), path, "pyproject")


FORMAT: Format = Pyproject()
