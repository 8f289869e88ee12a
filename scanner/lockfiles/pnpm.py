"""pnpm-lock.yaml, lockfileVersion 5 to 9: text in, the packages of every importer and what each importer asks for out."""

from __future__ import annotations

from itertools import chain
from posixpath import basename
from typing import TYPE_CHECKING

from scanner.errors import ParseError
from scanner.lockfiles import _npm_resolved, _pnpm_document, _yaml, _yaml_regular
from scanner.lockfiles._npm_resolved import Form
from scanner.lockfiles._places import refuse_too_many
from scanner.lockfiles._pnpm_document import HINT

if TYPE_CHECKING:
    from scanner.lockfiles import Reader
    from scanner.models import Lockfile, Problem

NAMES = frozenset(("pnpm-lock.yaml",))
_FORM = Form(name="pnpm", audit="pnpm", hint=HINT)


class _Pnpm:
    audit = "pnpm"
    role = "lockfile"

    def claims(self, path: str) -> bool:
        return basename(path) in NAMES

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:
        """One file may hold two documents: pnpm's own version and its tools, then the project."""
        documents = [_checked(document, path) for document in _yaml_regular.load_all(text, path)]
        if not documents:
            raise ParseError("empty", subject=path, line=1, hint=HINT)
        refuse_too_many(sum(_pnpm_document.size(document) for document in documents), path)
        problems: list[Problem] = []
        parts = [_pnpm_document.parse(document, path, read, problems, project=document is documents[-1]) for document in documents]
        resolved, direct, covers = (chain.from_iterable(column) for column in zip(*parts, strict=True))
        return _npm_resolved.lockfile(path, _FORM, resolved, direct, covers, problems)


FORMAT = _Pnpm()


def _checked(document: _yaml.Value, path: str) -> _yaml.Map:
    """Raises ParseError for what is no lockfile of pnpm, or of a generation that nobody knows yet."""
    version = document.get("lockfileVersion") if isinstance(document, _yaml.Map) else None
    if not isinstance(document, _yaml.Map) or not isinstance(version, str):
        raise ParseError("not a lockfile of pnpm: no lockfileVersion", subject=path, line=1, hint=HINT)
    if version.partition(".")[0] not in ("5", "6", "7", "9"):
        line = document.places["lockfileVersion"][0]
        raise ParseError(f"lockfileVersion {version} is not known, 5 to 9 are", subject=path, line=line, hint=HINT)
    return document
