"""yarn.lock, of Yarn 1 or Berry: text in, packages out; which of them only development needs is told by package.json."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.lockfiles import Reader
    from scanner.models import Lockfile


class _Yarn:
    audit = "yarn"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        return basename(path) == "yarn.lock"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        if text.startswith("__metadata:") or "\n__metadata:" in text:
            from scanner.lockfiles import _yarn_berry

            return _yarn_berry.parse(text, path, read)
        from scanner.lockfiles import _yarn_classic

        return _yarn_classic.parse(text, path, read)


FORMAT = _Yarn()
