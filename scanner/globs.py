"""Globs on relative POSIX paths: ``*`` and ``?`` stay inside one folder, ``**`` crosses folders, ``[ab]`` is a set."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDERS, _ANY, _SOME = "(?:[^/]+/)*", ".*", "[^/]*"
_STARS = frozenset((_FOLDERS, _ANY, _SOME))
_TAME = 2

Steps = tuple["str | re.Pattern[str]", ...]


class _Set(NamedTuple):
    """Globs by the way they are matched: a regex for those of a file's name alone, one for those of paths, and steps for those with so many
    stars that a regex would try every way to share the text out."""

    names: re.Pattern[str] | None
    paths: re.Pattern[str] | None
    wild: tuple[Steps, ...]


def matches(patterns: tuple[str, ...], path: str) -> bool:
    """Whether any of the globs matches the whole path, in time bounded by both lengths. One without a slash matches the file's name."""
    globs = _compiled(patterns)
    if globs.names and globs.names.fullmatch(path, path.rfind("/") + 1):
        return True
    if globs.paths and globs.paths.fullmatch(path):
        return True
    return bool(globs.wild) and any(_walk(steps, path) for steps in globs.wild)


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> _Set:
    named: list[list[str]] = []
    tame: list[list[str]] = []
    wild: list[list[str]] = []
    for pieces in map(_pieces, patterns):
        name = pieces[1:] if pieces[:1] == [_FOLDERS] and not any(_crosses(piece) for piece in pieces[1:]) else []
        stars = sum(piece in _STARS for piece in name or pieces)
        (wild if stars > _TAME else named if name else tame).append(name if name and stars <= _TAME else pieces)
    steps = tuple(tuple(piece if piece in _STARS else re.compile(piece, re.DOTALL) for piece in one) for one in wild)
    return _Set(_either(named), _either(tame), steps)


def _either(globs: list[list[str]]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{''.join(one)})" for one in globs), re.DOTALL) if globs else None


def _crosses(piece: str) -> bool:
    return piece in {_FOLDERS, _ANY, "/"}


def _walk(steps: Steps, path: str) -> bool:
    """All places of the glob that the path may have reached, character by character; ``~n`` is inside of a folder's name at step ``n``."""
    reached = _onward({0}, steps)
    for char in path:
        reached = _onward({after for place in reached for after in _after(place, char, steps)}, steps)
    return len(steps) in reached


def _after(place: int, char: str, steps: Steps) -> Iterator[int]:
    if place == len(steps):
        return
    step = steps[place] if place >= 0 else _FOLDERS
    if not isinstance(step, str):
        if step.fullmatch(char):
            yield place + 1
    elif char != "/":
        yield place if step != _FOLDERS or place < 0 else ~place
    elif place < 0:
        yield ~place
    elif step == _ANY:
        yield place


def _onward(reached: set[int], steps: Steps) -> set[int]:
    """The places and those behind the stars that stand there: a star may stand for nothing."""
    found = set(reached)
    for place in reached:
        while 0 <= place < len(steps) and isinstance(steps[place], str):
            place += 1
            found.add(place)
    return found


def _pieces(pattern: str) -> list[str]:
    anchored = pattern.removeprefix("./").removeprefix("/")
    text = anchored if "/" in pattern else f"**/{anchored}"
    out: list[str] = []
    at = 0
    while at < len(text):
        piece, at = _next(text, at)
        if not (out and piece == out[-1] and piece in _STARS):
            out.append(piece)
    return out


def _next(text: str, at: int) -> tuple[str, int]:
    if text.startswith("**/", at):
        return _FOLDERS, at + 3
    if text.startswith("**", at):
        return _ANY, at + 2
    if text[at] == "*":
        return _SOME, at + 1
    if text[at] == "?":
        return "[^/]", at + 1
    if text[at] == "[" and (end := text.find("]", at + 2)) > 0:
        return _character_set(text[at + 1 : end]), end + 1
    return re.escape(text[at]), at + 1


def _character_set(body: str) -> str:
    """``[!a-z]`` as a regex set; one that makes no sense (``[z-a]``) stands for its own characters."""
    escaped = re.sub(r"([\\\[\]^&~|/])", r"\\\1", body.removeprefix("!")).replace("--", r"-\-")
    candidate = f"(?!/)[{'^' if body.startswith('!') and escaped else ''}{escaped or '!'}]"
    try:
        re.compile(candidate)
    except re.error:
        return re.escape(f"[{body}]")
    return candidate
