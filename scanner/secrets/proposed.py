"""A text in; out come the lines on which a plugin of detect-secrets may find something, with the plugins that should look there."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from scanner.secrets import compile as compiled
from scanner.secrets import proposals
from scanner.secrets.detect_secrets import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Wanted = dict[int, set[str]]
    """By the number of a line (from 0) the plugins that should look at it, in the order of the lines."""

_RUNS = {
    "Base64HighEntropyString": re.compile(rb"[^A-Za-z0-9+/\\\-_=]?([A-Za-z0-9+/\\\-_=]+)"),
    "HexHighEntropyString": re.compile(rb"[^0-9A-Fa-f]?([0-9A-Fa-f]+)"),
}
_LONGEST = 200
_KEPT = tuple(kind for kind, _ in (*proposals.RUNS, *proposals.KEPT))
_FOLDED = len(proposals.ALL) - 1
_ANYWHERE = tuple(plugin for plugin, _ in proposals.ALL)
_ELSEWHERE = tuple("" if proposal in proposals.UNQUOTED else proposal[0] for proposal in proposals.ALL)
"""By proposal its plugin (empty: none): in files in which the keyword plugin takes values without quotes, and elsewhere."""


class Proposer:
    """The engine with what it looks for on behalf of detect-secrets. One to a process."""

    def __init__(self) -> None:
        ready = compiled.ready("detect-secrets")
        self._ends = ready.hot.matcher.ends
        self._kept = (ready.placed or ready.hot).matcher.ends

    def wanted(self, path: str, data: bytes) -> Wanted:
        """What is worth a plugin's look in a file as it stands: UTF-8, lines that end with a line feed."""
        ends = self._ends(data)
        if any(number == _FOLDED for number, _ in ends):
            data = _folded(data)
            ends = self._ends(data)
        found: dict[int, set[str]] = {}
        index = at = 0
        for plugin, end in _told(path, data, ends):
            index += data.count(b"\n", at, end - 1)
            at = max(at, end - 1)
            found.setdefault(index, set()).add(plugin)
        return found

    def among(self, path: str, lines: Sequence[str]) -> Iterator[Line]:
        """The lines to judge among those that detect-secrets made of a file; they may hold line feeds themselves."""
        encoded = [_folded(line.encode("utf-8", "surrogatepass")) for line in lines]
        starts = list(accumulate((len(line) + 1 for line in encoded), initial=0))
        data = b"\n".join(encoded)
        found: dict[int, set[str]] = {}
        for plugin, end in _told(path, data, self._ends(data)):
            found.setdefault(bisect_right(starts, end - 1) - 1, set()).add(plugin)
        return (Line(number, lines[number], lines[number - 1] if number else "", frozenset(found[number])) for number in sorted(found))

    def kept(self, data: bytes, *, yaml: bool) -> bool:
        """Whether anything can be found in what detect-secrets makes of an INI or YAML file in which nothing is wanted as it stands."""
        data = data if data.isascii() else _folded(data)
        return any(_tells(_KEPT[number], data, end, yaml=yaml) for number, end in self._kept(data))


def cut(data: bytes, wanted: Wanted) -> Iterator[Line]:
    """The lines of a file that are to be judged."""
    lines = data.split(b"\n") if wanted else []
    for number, plugins in wanted.items():
        yield Line(number, lines[number].decode(), lines[number - 1].decode() if number else "", frozenset(plugins))


def _told(path: str, data: bytes, ends: list[tuple[int, int]]) -> list[tuple[str, int]]:
    """``(plugin, end offset)`` of all that is worth a plugin's look, in the order of the text."""
    asked = _ANYWHERE if os.path.splitext(path)[1] in proposals.LOOSE else _ELSEWHERE
    told = [(plugin, end) for number, end in ends if (plugin := asked[number]) and _various(plugin, data, end)]
    return sorted(told, key=_end)


def _end(hit: tuple[str, int]) -> int:
    return hit[1]


def _various(plugin: str, data: bytes, end: int) -> bool:
    """Whether a string in quotes can exceed the entropy plugins' limits: one of few different characters never does."""
    least = proposals.LEAST_DISTINCT.get(plugin)
    if least is None:
        return True
    start = data.rfind(data[end - 1 : end], 0, end - 1) + 1
    return len(set(data[start : end - 1])) >= least


def _tells(kind: str, data: bytes, end: int, *, yaml: bool) -> bool:
    """Whether a match of one of ``proposals.RUNS`` and ``KEPT`` means that something may be found; long strings are always believed."""
    if kind not in _RUNS:
        return yaml or kind == "ini"
    run = _RUNS[kind].match(data[max(0, end - _LONGEST) : end][::-1])
    return run is None or run.end() == _LONGEST or len(set(run[1])) >= proposals.LEAST_DISTINCT[kind] - 1


def _folded(data: bytes) -> bytes:
    """With the letters of ASCII for which Python's case-blind regexes take some others. Regexes with case propose no less for it."""
    for other, letter in proposals.FOLDS:
        data = data.replace(other, letter)
    return data
