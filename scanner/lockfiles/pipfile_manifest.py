"""Pipfile without a Pipfile.lock: exact pins are audited, the rest is to be resolved."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from scanner.lockfiles._declared import as_lockfile
from scanner.lockfiles._pipfile import read_pipfile

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile


class PipfileManifest:
    """pipenv's manifest."""

    audit = "python"
    role = "manifest"

    def claims(self, path: str) -> bool:
        """Files of that very name."""
        return path.endswith("Pipfile") and basename(path) == "Pipfile"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every declared dependency."""
        return as_lockfile(read_pipfile(text, path, read), path, "pipfile_manifest")


FORMAT: Format = PipfileManifest()
