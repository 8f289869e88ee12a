"""A rule's regex in, the one that the engine runs for it out: every match of the first ends where one of the second ends.

The engine only proposes, and the regex itself is run where it does. So what costs the engine much and tells it little is left out.
"""

from __future__ import annotations

import re

LONG = 900
"""With longer regexes (characters) the engine has to keep so many counts that it is quicker without them; with shorter ones it is not."""

_COUNTED = re.compile(r"(?<=\])\{([0-9]+),[0-9]+\}")


def proposal(regex: str) -> str:
    """Without the word boundary that it begins with and, where it is long, without the upper bounds of its repeated sets."""
    begun = regex.removeprefix(r"\b")
    return _COUNTED.sub(r"{\1,}", begun) if len(regex) > LONG else begun
