"""Byte offsets of a window -> lines and columns of the file, in one pass from front to back whatever the length of its lines."""

from __future__ import annotations


class Cursor:
    """Walks forward through the windows of one file. Lines and columns are 1-based; columns count characters of the decoded line."""

    def __init__(self) -> None:
        self.data = b""
        self.at = 0
        self.line = 1
        self.column = 1

    def enter(self, data: bytes, begin: int) -> None:
        """The next window: its byte ``begin`` is the place where ``leave`` left the one before."""
        self.data = data
        self.at += begin

    def move(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset that is not before the last one asked for."""
        newlines = self.data.count(b"\n", self.at, offset)
        if newlines:
            self.line += newlines
            self.column = 1
            self.at = self.data.rfind(b"\n", self.at, offset) + 1
        self.column += len(self.data[self.at : offset].decode("utf-8", "replace"))
        self.at = max(self.at, offset)
        return self.line, self.column

    def leave(self, end: int) -> None:
        """The window's own part ends at its byte ``end``; the cursor may already stand after it."""
        self.move(end)
        self.at -= end
