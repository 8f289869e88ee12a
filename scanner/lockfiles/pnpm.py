"""pnpm-lock.yaml, lockfileVersion 5 to 9: text in, the packages of every importer and what each importer asks for out."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.lockfiles import Reader
    from scanner.models import Lockfile

NAMES = frozenset(("pnpm-lock.yaml",))


class _Pnpm:
    audit = "pnpm"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        return basename(path) in NAMES

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        from scanner.lockfiles import _pnpm_documents  # most trees have no such file

        return _pnpm_documents.parse(text, path, read)


FORMAT = _Pnpm()
