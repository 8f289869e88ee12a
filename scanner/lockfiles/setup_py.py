"""setup.py, as far as nothing else in its folder answers for it: literal lists are read, never run; what is computed is a Problem."""

from __future__ import annotations

import re
from contextlib import suppress
from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from scanner import lockfiles
from scanner.errors import ParseError, ScannerError
from scanner.lockfiles._answers import Answers
from scanner.lockfiles._declared import Declared, as_lockfile
from scanner.lockfiles._setup_cfg import declares
from scanner.lockfiles._setup_py import read_setup_py

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile, Problem

_BESIDE = {
    "requirements.txt": "requirements",
    "poetry.lock": "poetry",
    "uv.lock": "uv",
    "pdm.lock": "pdm",
    "pylock.toml": "pylock",
    "Pipfile.lock": "pipfile",
    "Pipfile": "pipfile_manifest",
    "setup.cfg": "setup_cfg",
}
_PROJECT = re.compile(r"^\s*\[\s*(project|tool\s*\.\s*poetry)\s*[\].]", re.MULTILINE)


class SetupPy:
    """setuptools' script."""

    audit = "python"
    role = "manifest"

    def claims(self, path: str) -> bool:
        """Files of that very name."""
        return path.endswith("setup.py") and basename(path) == "setup.py"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Every declared dependency that no lockfile or other manifest beside it answers for."""
        if _PROJECT.search(read(join(dirname(path), "pyproject.toml")) or ""):
            return as_lockfile([], path, "setup_py")
        return as_lockfile(_unanswered(text, path, read), path, "setup_py")


FORMAT: Format = SetupPy()


def _unanswered(text: str, path: str, read: Reader) -> list[Declared | Problem]:
    """What the files beside it do not answer for. What a script computes beside a file that asks for something it takes from there."""
    try:
        beside = [one for name in _BESIDE if (one := _beside(name, dirname(path), read))]
    except ScannerError:  # that file is complained of in its own right
        return []
    if not beside:
        return read_setup_py(text, path)
    with suppress(ParseError):  # a script of Python 2
        wanted = [one for one in read_setup_py(text, path) if isinstance(one, Declared)]
        answers = Answers(*beside)
        return list(dict.fromkeys((*answers.lacks(wanted), *answers.other_pins(wanted))))
    return []


def _beside(name: str, folder: str, read: Reader) -> Lockfile | None:
    """A file beside the script; None where it is not there or asks for nothing. Raises ScannerError."""
    path = join(folder, name)
    text = read(path)
    if text is None or (name == "setup.cfg" and not declares(text, "dependencies")):
        return None
    found = lockfiles.formats()[_BESIDE[name]].parse(text, path, read)
    return found if found.packages or found.unpinned or found.unaudited or found.problems else None
