"""requirements.txt, its many other names, and constraints: pins become packages, all else is to be resolved, unauditable or a problem."""

from __future__ import annotations

import re
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.lockfiles import _compiled
from scanner.lockfiles._declared import as_lockfile
from scanner.lockfiles._lines import logical
from scanner.lockfiles._requirements import read_requirements
from scanner.models import Scope

if TYPE_CHECKING:
    from scanner.lockfiles import Format, Reader
    from scanner.models import Lockfile

_NAME = re.compile(r".*requirements?.*\.(?:txt|in|pip|lock)$|(?:.*[-_.])?constraints(?:[-_.].*)?\.txt$", re.IGNORECASE)
_FOLDER = re.compile(r"(?:.*[-_.])?(?:requirements|constraints)$", re.IGNORECASE)
_DEVELOPMENT = re.compile(
    r"(?:^|[^a-z])(?:dev|devel|develop|development|test|tests|testing|lint|linting|doc|docs)(?:[^a-z]|$)", re.IGNORECASE
)
_HASH = re.compile(r"\s--hash[=\s]")
_CONSTRAINT = re.compile(r"constraints", re.IGNORECASE)


class Requirements:
    """pip's requirements files, both manifest and lockfile."""

    audit = "python"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        """``*requirements*.txt``, ``.in``, ``.pip``, ``.lock``, ``constraints*.txt``; ``.txt`` and ``.in`` in a folder ``requirements``."""
        if not path.endswith((".txt", ".in", ".pip", ".lock")):
            return False
        return bool(_NAME.match(basename(path)) or (_FOLDER.match(basename(dirname(path))) and path.endswith((".txt", ".in"))))

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """Everything the file and its includes say; a line that is not understood is in ``problems``."""
        constraint = bool(_CONSTRAINT.search(basename(path)))
        found = read_requirements(text, path, read, scope_of(path), constraint=constraint)
        hashed = any(_HASH.search(line.text) for line in logical(text))
        return _compiled.completed(replace(as_lockfile(found, path, "requirements"), hashed=hashed), text, read)


def scope_of(path: str) -> Scope:
    """Development where the file's name says so (``requirements-dev.txt``, ``requirements/test.in``), else runtime."""
    return Scope.DEVELOPMENT if _DEVELOPMENT.search(basename(path)) else Scope.RUNTIME


FORMAT: Format = Requirements()
