"""The operating system's name of a file in, text that can be shown out."""

from __future__ import annotations

import os


def display(name: str) -> str:
    """A file's name as valid text, whatever bytes it is made of."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")
