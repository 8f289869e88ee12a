"""The text of a pnpm-lock.yaml in, what its documents say together out: the project's, and before it that of pnpm's own tools."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from scanner.errors import ParseError
from scanner.lockfiles import _npm_resolved, _pnpm_document, _yaml, _yaml_outline
from scanner.lockfiles._npm_resolved import Form
from scanner.lockfiles._places import refuse_crowded_whole, refuse_too_many
from scanner.lockfiles._pnpm_document import HINT
from scanner.lockfiles._yaml_regular import Odd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.lockfiles import Reader
    from scanner.models import Lockfile, Problem

_FORM = Form(name="pnpm", audit="pnpm", hint=HINT)


def parse(text: str, path: str, read: Reader) -> Lockfile:
    """Everything that the file says. Raises ParseError where it is no lockfile of pnpm."""
    with suppress(Odd):
        return _read(_yaml_outline.outlines(text), path, read)
    refuse_crowded_whole(text, path)  # not as pnpm writes it: all of it is in memory at once, so it has to be smaller
    return _read(_yaml.load_all(text, path), path, read)


def _read(roots: Sequence[_yaml.Value | _yaml_outline.Outline], path: str, read: Reader) -> Lockfile:
    if not roots:
        raise ParseError("empty", subject=path, line=1, hint=HINT)
    problems: list[Problem] = []
    documents = [_pnpm_document.opened(_checked(root, path), path, problems) for root in roots]
    refuse_too_many(sum(document.size for document in documents), path)
    parts = [_pnpm_document.parse(document, path, read, problems, project=document is documents[-1]) for document in documents]
    resolved, direct, covers = (chain.from_iterable(column) for column in zip(*parts, strict=True))
    return _npm_resolved.lockfile(path, _FORM, resolved, direct, covers, problems)


def _checked(root: _yaml.Value | _yaml_outline.Outline, path: str) -> _pnpm_document.Large:
    """Raises ParseError for what is no lockfile of pnpm, or of a generation that nobody knows yet."""
    known = None if isinstance(root, (str, list)) else root
    version = known.get("lockfileVersion") if known is not None else None
    if known is None or not isinstance(version, str):
        raise ParseError("not a lockfile of pnpm: no lockfileVersion", subject=path, line=1, hint=HINT)
    if version.partition(".")[0] not in ("5", "6", "7", "9"):
        line = known.place("lockfileVersion")[0]
        raise ParseError(f"lockfileVersion {version} is not known, 5 to 9 are", subject=path, line=line, hint=HINT)
    return known
