"""setup.cfg without a lockfile: exact pins are audited, the rest is to be resolved."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from scanner.lockfiles._declared import as_lockfile
from scanner.lockfiles._setup_cfg import read_setup_cfg

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile


class SetupCfg:
    """setuptools' declarative manifest."""

    audit = "python"
    role = "manifest"

    def claims(self, path: str) -> bool:
        """Files of that very name."""
        return path.endswith("setup.cfg") and basename(path) == "setup.cfg"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every declared dependency."""
        return as_lockfile(read_setup_cfg(text, path, read), path, "setup_cfg")


FORMAT: Format = SetupCfg()
