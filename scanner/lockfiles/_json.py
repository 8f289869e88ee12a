"""JSON text in, members with their exact places out: one level at a time, each value decoded into a frozen type, one pass over the text."""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from scanner.errors import ParseError
from scanner.lockfiles._places import Lines
from scanner.models import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
_KEY = re.compile(rb'[\s,{]*("(?:[^"\\]++|\\.)*+")\s*:\s*', re.DOTALL)
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_STRING = msgspec.json.Decoder(str)
_NOT_JSON = re.compile(rb'"(?:[^"\\\n]++|\\.)*+"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_LAST_COMMA = re.compile(rb'"(?:[^"\\\n]++|\\.)*+"|,(?=\s*[}\]])', re.DOTALL)


class Member(NamedTuple):
    """One ``"key": value``: byte offsets of the key's opening quote and of the value's first and past-the-last byte."""

    key: str
    at: int
    start: int
    end: int


class Members:
    """The members of one object in the order of the text: of very many each is an object only while it is looked at.

    ``keys`` gives every key as itself, so that who builds one anew can go on with the one that is there.
    """

    def __init__(self, keys: dict[str, str], places: array[int]) -> None:
        self.keys = keys
        self._places = places

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Member]:
        places = iter(self._places)
        return map(Member, self.keys, places, places, places)


class Json:
    """One JSON file. Raises ParseError where the text is no JSON, nested too deeply, or a key stands twice where it is read."""

    def __init__(self, text: str, path: str, *, relaxed: bool = False) -> None:
        """``relaxed`` also takes comments and commas before a closing bracket (JSONC, as bun writes it)."""
        self.path = path
        self._bytes = text.encode("utf-8", "surrogatepass")
        if relaxed:
            self._bytes = _LAST_COMMA.sub(_blank_comma, _NOT_JSON.sub(_blank_comment, self._bytes))
        self._lines = Lines(self._bytes)

    def members(self, of: Member | None = None) -> Members:
        """The members of an object, in the order of the text; of the whole file's object where ``of`` is left out."""
        at, end = (0, len(self._bytes)) if of is None else (of.start, of.end)
        values: dict[str, Any] = self._decoded(_OBJECT, at, end)
        places = array("I")
        for key, raw in values.items():
            match = _KEY.match(self._bytes, at)
            if match is None or _STRING.decode(match[1]) != key:
                raise ParseError(f"the same key twice, or not JSON, near {key!r}", subject=self.path, line=self.location(at).line)
            start = match.end()
            at = start + len(raw)
            places.extend((match.start(1), start, at))
            values[key] = key  # the value is let go: half a million of them take much room
        if self._bytes.find(b'"', at, end) != -1:
            raise ParseError("the same key twice", subject=self.path, line=self.location(at).line)
        return Members(values, places)

    def decode(self, member: Member, into: msgspec.json.Decoder[T]) -> T:
        """The value of ``member`` in the decoder's type. Raises ParseError with the line and the bad key."""
        return self._decoded(into, member.start, member.end)

    def root(self, into: msgspec.json.Decoder[T]) -> T:
        """The whole file in the decoder's type."""
        return self._decoded(into, 0, len(self._bytes))

    def location(self, offset: int) -> Location:
        """The place of a byte offset (``Member.at``)."""
        line, column = self._lines.at(offset)
        return Location(path=self.path, line=line, column=column)

    def _decoded(self, into: msgspec.json.Decoder[T], start: int, end: int) -> T:
        try:
            return into.decode(memoryview(self._bytes)[start:end])
        except RecursionError as error:
            raise ParseError("nested too deeply", subject=self.path, line=self.location(start).line) from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ParseError(_said(error), subject=self.path, line=self._line_of(error, start)) from error

    def _line_of(self, error: Exception, start: int) -> int:
        byte = re.search(r"\(byte (\d+)\)", str(error))
        return self.location(min(start + int(byte[1]) if byte else start, len(self._bytes))).line


def _said(error: Exception) -> str:
    """What the library says of a file, in the words of whoever reads a report."""
    text = str(error)
    if text == "Input data was truncated":
        return "is cut off: its JSON ends too early"
    if malformed := re.match(r"JSON is malformed: (.*) \(byte \d+\)", text):
        return f"is not JSON: {malformed[1]}"
    return text


def _blank_comment(match: re.Match[bytes]) -> bytes:
    return match[0] if match[0].startswith(b'"') else re.sub(rb"[^\n]", b" ", match[0])


def _blank_comma(match: re.Match[bytes]) -> bytes:
    return match[0] if match[0].startswith(b'"') else b" "
