"""A change in, the same change out, with every line of a file added where git and the scan may number its lines differently.

Git ends a line at each line feed byte. A text in UTF-16 has such bytes inside of characters; detect-secrets also ends lines at a carriage
return, and in YAML at three more characters. Who writes the file could so give a new line the number of an old one.
"""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner import workspace
from scanner.difference import EVERY_LINE
from scanner.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.changes import Change

_PIECE = 1024 * 1024
_LONGEST = 3
_OTHER_ENDS = re.compile(rb"\r[^\n]|\xc2\x85|\xe2\x80[\xa8\xa9]")


def sure(change: Change, root: str) -> Change:
    """The change as the files below ``root`` allow to tell it; one that cannot be read counts as added, too."""
    open_file = workspace.opener(root)
    unsure = {path: EVERY_LINE for path, lines in change.added.items() if lines not in ((), EVERY_LINE) and _odd(path, open_file)}
    return replace(change, added={**change.added, **unsure}) if unsure else change


def _odd(path: str, open_file: Callable[[str], int]) -> bool:
    """Whether lines of this file may have other numbers than git gives them."""
    try:
        handle = open_file(path)
    except WorkspaceError:
        return True
    try:
        data = os.read(handle, _PIECE)
        odd = data[:2] in (BOM_UTF16_LE, BOM_UTF16_BE)
        while data and not odd:
            odd = _OTHER_ENDS.search(data) is not None
            more = os.read(handle, _PIECE)
            data = data[1 - _LONGEST :] + more if more else b""
    except OSError:
        return True
    finally:
        os.close(handle)
    return odd
