"""The patterns of ``exclude`` in, read as git reads a ``.gitignore``; which paths they leave out, and which of them means nothing, out."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@lru_cache(maxsize=2)
def spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    """What matches the paths that are left out. Raises what the library raises for a pattern that it cannot read: ask ``unreadable``."""
    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of ``[[``, which is a set with a bracket here and always will be
        return GitIgnoreSpec.from_lines(patterns)


def unreadable(patterns: tuple[str, ...]) -> int | None:
    """The place of the first pattern that means nothing (``!``, ``[z-a]``, a single backslash at the end); None where all are sound."""
    return None if not patterns or _sound(patterns) else next((at for at, one in enumerate(patterns) if not _sound((one,))), None)


def _sound(patterns: tuple[str, ...]) -> bool:
    try:
        spec(patterns)
    except Exception:  # noqa: BLE001 -- the library has three that share nothing: its own, the regex module's and its engine's
        return False
    return True
