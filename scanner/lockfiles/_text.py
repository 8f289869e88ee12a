"""The reader of the tree in, a reader of clean text out: no byte order mark, no binary, no undecodable bytes."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from scanner.errors import ParseError

if TYPE_CHECKING:
    from scanner.lockfiles import Reader

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(read: Reader) -> Reader:
    """``read`` with its text made clean; it then also raises ParseError, for a file that is no text."""

    def clean_read(path: str) -> str | None:
        text = read(path)
        return None if text is None else decoded(text, path)

    return clean_read


def decoded(text: str, path: str) -> str:
    """``text`` without byte order mark; UTF-16 that was read as bytes (``surrogateescape``) is decoded, as pip does. Raises ParseError."""
    if _SURROGATE.search(text):
        text = _rescued(text, path)
    if "\0" in text:
        raise ParseError("binary, not text", subject=path, line=1, hint="commit the text that the package manager wrote")
    return text.removeprefix("\ufeff")


def _rescued(text: str, path: str) -> str:
    try:
        data = text.encode("utf-8", "surrogateescape")
        if data.startswith(_UTF_16):
            return data.decode("utf-16")
    except UnicodeError:
        pass
    raise ParseError("not UTF-8 text", subject=path, line=1, hint="save it as UTF-8")
