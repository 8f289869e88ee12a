"""Answers of a service kept for a day: a source and a directory in, a source out that asks only for what the directory does not know.

One text file per service and day; a line each for an advisory or a coordinate, each with a checksum. Lines that do not fit theirs are
ignored, and so are those that need them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from scanner.advisories import Answer, Coordinate
from scanner.models import Advisory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scanner.advisories import Identified

_VERSION = "1"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_BYTES = 256 * 1024 * 1024


class _Known(Struct, frozen=True):
    """A coordinate and the numbers, within the file, of its advisories."""

    at: Coordinate
    advisories: tuple[str, ...]


class Cached:
    """``source`` with a memory in ``directory`` for the day ``today`` (ISO 8601); a directory that cannot be used is no failure."""

    def __init__(self, source: Identified, directory: Path, *, today: str) -> None:
        self.name = source.name
        self.ecosystems = source.ecosystems
        self._source = source
        self._days = directory / "advisories"
        key = hashlib.sha256(f"{_VERSION}\0{source.name}\0{source.identity}".encode()).hexdigest()[:16]
        self._file = self._days / today / f"{key}.jsonl"
        self._today = today

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        """As the source would answer; only what is answered in full is kept."""
        kept = _read(self._file)
        missing = [at for at in dict.fromkeys(coordinates) if at not in kept]
        if not missing:
            return Answer(source=self.name, advisories={at: kept[at] for at in coordinates}, unanswered={}, date=self._today)
        answer = self._source.query(missing)
        if answer.advisories:
            self._keep({**kept, **answer.advisories} if kept else answer.advisories)
        known = {at: kept[at] for at in coordinates if at in kept}
        return msgspec.structs.replace(answer, advisories={**known, **answer.advisories}) if known else answer

    def _keep(self, known: Mapping[Coordinate, tuple[Advisory, ...]]) -> None:
        import shutil
        import tempfile

        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent, suffix=".new")
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, 0o644)  # in a job the runner's user packs what a container's root has written
                file.writelines(_lines(known))
            Path(name).replace(self._file)
            for day in self._days.iterdir():
                if _DAY.match(day.name) and day.name < self._today:
                    shutil.rmtree(day, ignore_errors=True)


def _lines(known: Mapping[Coordinate, tuple[Advisory, ...]]) -> Iterable[bytes]:
    encode = msgspec.json.encode
    keys: dict[Advisory, str] = {}
    for advisory in dict.fromkeys(one for found in known.values() for one in found):
        data = encode(advisory)
        keys[advisory] = hashlib.sha256(data).hexdigest()[:32]
        yield _line(b"A", data)
    for at in sorted(known):
        yield _line(b"C", encode(_Known(at, tuple(keys[one] for one in known[at]))))


def _line(kind: bytes, data: bytes) -> bytes:
    return b"%s %08x %s\n" % (kind, zlib.crc32(kind + data), data)


def _read(path: Path) -> dict[Coordinate, tuple[Advisory, ...]]:
    """What a file knows; nothing where it cannot be read."""
    try:
        if path.stat().st_size > _BYTES:
            return {}
        lines = path.read_bytes().splitlines()
    except OSError:
        return {}
    advisories: dict[str, Advisory] = {}
    known: dict[Coordinate, tuple[Advisory, ...]] = {}
    read_advisory, read_known = msgspec.json.Decoder(Advisory), msgspec.json.Decoder(_Known)
    for kind, data in _whole(lines):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if kind == b"A":
                advisories[hashlib.sha256(data).hexdigest()[:32]] = read_advisory.decode(data)
                continue
            one = read_known.decode(data)
            if all(key in advisories for key in one.advisories):
                known[one.at] = tuple(advisories[key] for key in one.advisories)
    return known


def _whole(lines: Iterable[bytes]) -> Iterable[tuple[bytes, bytes]]:
    for line in lines:
        kind, _, rest = line.partition(b" ")
        checksum, _, data = rest.partition(b" ")
        if kind in {b"A", b"C"} and checksum == b"%08x" % zlib.crc32(kind + data):
            yield kind, data
