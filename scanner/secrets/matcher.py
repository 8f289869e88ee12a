"""The only door to hyperscan: regexes in, a database that finds all of them at once in a file's bytes, in time linear in its length."""

from __future__ import annotations

import platform
from functools import cache
from typing import TYPE_CHECKING

import hyperscan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Scan = Callable[..., None]

Refused = hyperscan.error
"""What ``build`` raises where the engine does not run the regexes."""

FLAGS = hyperscan.HS_FLAG_MULTILINE
"""Never HS_FLAG_SOM_LEFTMOST: with it the engine (Vectorscan 5.4.12) crashes on regexes as simple as ``a+b``."""


class Matcher:
    """A compiled set of regexes; the id of a regex is its place in the sequence it was compiled from."""

    def __init__(self, database: hyperscan.Database) -> None:
        self._database = database
        self._scan: Scan = database.scan

    def ends(self, data: bytes | memoryview) -> list[tuple[int, int]]:
        """``(id, end)`` of every match, where ``end`` is a byte offset: one entry for each place where a match may end, in that order."""
        found: list[tuple[int, int]] = []
        self._scan(data, match_event_handler=_note_end, context=found)
        return found

    def dump(self) -> bytes:
        """The database as bytes for this engine's version and this kind of CPU."""
        return bytes(hyperscan.dumpb(self._database))


def build(regexes: Sequence[bytes], *, once: Sequence[bytes] = ()) -> Matcher:
    """Compile ``regexes`` together, some seconds for hundreds; ``once`` are more of them that report their first match only."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions = [*regexes, *once]
    flags = [FLAGS] * len(regexes) + [FLAGS | hyperscan.HS_FLAG_SINGLEMATCH] * len(once)
    database.compile(expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), flags=flags)
    return _with_scratch(database)


def folded(word: str) -> str:
    """A word with its ASCII letters in lower case, which are all that the engine and ``bytes.lower`` fold."""
    return word.encode().lower().decode()


def literal(word: bytes) -> bytes:
    """A regex that matches this word, whatever the case of its letters."""
    return b"(?i)" + b"".join(b"\\x%02x" % byte for byte in word)


def load(dumped: bytes) -> Matcher | None:
    """A database from its bytes; None when they are damaged or of another engine or CPU."""
    try:
        return _with_scratch(hyperscan.loadb(dumped, hyperscan.HS_MODE_BLOCK))
    except hyperscan.error:
        return None


def refusal(regex: str) -> str:
    """Why hyperscan does not run this regex in linear time; empty when it does."""
    if not regex.isascii() and any(not char.isascii() for part in _sets(regex) for char in part):
        return "a [set] holds a character that is not ASCII"
    try:
        build([regex.encode()])
    except (hyperscan.error, UnicodeEncodeError) as error:
        return str(error).rstrip(".")
    return ""


@cache
def engine() -> str:
    """What a dumped database depends on: engine version, CPU features, as one line of text."""
    probe = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    probe.compile(expressions=[b"a"], ids=[0], elements=1, flags=[0])
    version = hyperscan.__version__  # type: ignore[attr-defined]
    return f"{version} {probe.info()} {platform.machine()}"


def _with_scratch(database: hyperscan.Database) -> Matcher:
    database.scratch = hyperscan.Scratch(database)
    return Matcher(database)


def _note_end(number: int, _start: int, end: int, _flags: int, found: list[tuple[int, int]]) -> None:
    found.append((number, end))


def _sets(regex: str) -> list[str]:
    """The insides of the bracket expressions of a regex, escapes kept."""
    inside: list[str] = []
    at = 0
    while at < len(regex):
        if regex[at] == "\\":
            at += 2
        elif regex[at] == "[":
            end = at + 2
            while end < len(regex) and regex[end] != "]":
                end += 2 if regex[end] == "\\" else 1
            inside.append(regex[at + 1 : end])
            at = end + 1
        else:
            at += 1
    return inside
