"""A path in, what its name decides of a scan out: bytes that were looked at under one path need not be under another of the same kind."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scanner import globs
from scanner.secrets import filenames, judge, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from scanner.secrets import Options, Rule

    Kind = Callable[[str], Hashable]


def teller(rules: Iterable[Rule], options: Options) -> Kind:
    """A function that says the same of two paths where the same is found in, and accepted of, the same bytes: whether the file is read at
    all, is a secret itself, which of the rules look at it, how the judge and the baseline take it, which entries may accept what is in it.
    It keeps what it said.
    """
    narrowed = (((glob,), ()) for glob in options.narrowed)
    placed = tuple(dict.fromkeys((*((rule.paths, rule.exclude) for rule in rules if rule.paths or rule.exclude), *narrowed)))

    @lru_cache(maxsize=4096)
    def kind(path: str) -> Hashable:
        looking = tuple(_applies(paths, exclude, path) for paths, exclude in placed)
        return reading.binary_name(path), filenames.suspect(path), judge.kind(path), options.baseline.get(path), looking

    return kind


def _applies(paths: tuple[str, ...], exclude: tuple[str, ...], path: str) -> bool:
    return not (paths and not globs.matches(paths, path)) and not (exclude and globs.matches(exclude, path))
