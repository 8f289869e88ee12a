"""Globs on relative POSIX paths: ``*`` and ``?`` stay inside one folder, ``**`` crosses folders, ``[ab]`` is a set."""

from __future__ import annotations

import re
from functools import lru_cache


def matches(patterns: tuple[str, ...], path: str) -> bool:
    """Whether any of the globs matches the whole path. A glob without a slash matches the file's name anywhere."""
    return _compiled(patterns).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_translate(pattern)})" for pattern in patterns) or r"(?!)", re.DOTALL)


def _translate(pattern: str) -> str:
    anchored = pattern.removeprefix("./").removeprefix("/")
    text = anchored if "/" in pattern else f"**/{anchored}"
    out, at = [], 0
    while at < len(text):
        piece, at = _next(text, at)
        out.append(piece)
    return "".join(out)


def _next(text: str, at: int) -> tuple[str, int]:
    if text.startswith("**/", at):
        return "(?:[^/]+/)*", at + 3
    if text.startswith("**", at):
        return ".*", at + 2
    if text[at] == "*":
        return "[^/]*", at + 1
    if text[at] == "?":
        return "[^/]", at + 1
    if text[at] == "[" and (end := text.find("]", at + 2)) > 0:
        return _character_set(text[at + 1 : end]), end + 1
    return re.escape(text[at]), at + 1


def _character_set(body: str) -> str:
    """``[!a-z]`` as a regex set; one that makes no sense (``[z-a]``) stands for its own characters."""
    escaped = re.sub(r"([\\\[\]^&~|/])", r"\\\1", body.removeprefix("!"))
    candidate = f"(?!/)[{'^' if body.startswith('!') and escaped else ''}{escaped or '!'}]"
    try:
        re.compile(candidate)
    except re.error:
        return re.escape(f"[{body}]")
    return candidate
