"""setup.py where nothing else in its folder declares dependencies: literal lists are read, never run; what is computed is a Problem."""

from __future__ import annotations

import re
from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from scanner.lockfiles._declared import as_lockfile
from scanner.lockfiles._setup_py import read_setup_py

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile

_ENOUGH = ("requirements.txt", "poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "Pipfile")
_DECLARING = {
    "pyproject.toml": re.compile(r"^\s*\[\s*(project|tool\s*\.\s*poetry)\s*[\].]", re.MULTILINE),
    "setup.cfg": re.compile(r"^install[_-]requires\s*[:=]", re.MULTILINE),
}


class SetupPy:
    """setuptools' script."""

    audit = "python"
    role = "manifest"

    def claims(self, path: str) -> bool:
        """Files of that very name."""
        return path.endswith("setup.py") and basename(path) == "setup.py"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every declared dependency; none where a lockfile or another manifest beside it speaks for the folder."""
        return as_lockfile([] if _declared_elsewhere(dirname(path), read) else read_setup_py(text, path), path, "setup_py")


FORMAT: Format = SetupPy()


def _declared_elsewhere(folder: str, read: Reader) -> bool:
    if any(read(join(folder, name)) is not None for name in _ENOUGH):
        return True
    return any(sign.search(read(join(folder, name)) or "") for name, sign in _DECLARING.items())
