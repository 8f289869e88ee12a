"""Many advisories in one file: written once, front to back, then found by package with two seeks and read only where asked.

Layout: magic | records (length, CRC-32, msgpack) | sorted package hashes | record positions | description (JSON) | footer. The footer holds
the file's length and a checksum of all that is read on opening; a file that is cut off anywhere has no valid footer.
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
import struct
import weakref
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO

import msgspec
from msgspec import Struct

from scanner.errors import SourceError
from scanner.models import Advisory

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"SSGADV\x00\x03"
_END = b"SSGADVOK"
_HEAD = struct.Struct("<II")
_GUESS = 1024
_FOOT = struct.Struct("<QQQQI4x8s")
_REBUILD = "run `security-scan db update` or `security-scan db import` to build it anew"


class Rejected(Struct, frozen=True, kw_only=True):
    """A record that could not be read: where it stands, why, and the packages (ecosystem, name) it names, empty where that is unknown."""

    where: str
    reason: str
    packages: tuple[tuple[str, str], ...] = ()


class Meta(Struct, frozen=True, kw_only=True):
    """What a file says of itself: dates are ISO 8601; ``records`` counts by ecosystem; ``origins`` are the sources it was built from.

    ``own`` are the ecosystems with records that name no other, whether audited here or not. What another ecosystem publishes names that
    one in every record: an ecosystem that is not in ``own`` is known by the way only, its own records were never put in.
    """

    created: str
    newest: str = ""
    records: dict[str, int] = {}
    origins: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    total: int = 0
    own: tuple[str, ...] = ()


class Writer:
    """Fills a file opened for writing and reading; of several records with one id the last modified stays."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._by_id: dict[int, int] = {}
        self._modified: list[str] = []
        self._ecosystems: list[tuple[str, ...]] = []
        self._elsewhere: list[bool] = []
        self._positions = array("Q")
        self._packages = array("Q")
        self._owners = array("Q")
        self._at = file.write(MAGIC)

    def add(self, advisory: Advisory) -> None:
        """Store one advisory."""
        identity = _hash(advisory.id)
        before = self._by_id.get(identity)
        if before is not None and self._modified[before] > advisory.modified:
            return
        number = self._by_id[identity] = len(self._positions)
        self._positions.append(self._at)
        self._modified.append(advisory.modified)
        self._ecosystems.append(tuple(sorted({block.ecosystem for block in advisory.affected})))
        self._elsewhere.append(advisory.elsewhere)
        self._at += self._file.write(_packed(advisory))
        for key in sorted({_hash(block.ecosystem, block.name) for block in advisory.affected}):
            self._packages.append(key)
            self._owners.append(number)

    def finish(self, meta: Meta) -> Meta:
        """Write the index and the footer; returns ``meta`` with its counts and dates filled in."""
        alive = set(self._by_id.values())
        counts = Counter(ecosystem for number in alive for ecosystem in self._ecosystems[number])
        alone = (number for number in alive if len(self._ecosystems[number]) == 1 and not self._elsewhere[number])
        own = tuple(sorted({self._ecosystems[number][0] for number in alone}))
        newest = max((self._modified[number] for number in alive), default="")
        meta = msgspec.structs.replace(meta, total=len(alive), newest=newest, records=dict(sorted(counts.items())), own=own)
        pairs = sorted((key, self._positions[owner]) for key, owner in zip(self._packages, self._owners, strict=True) if owner in alive)
        index = array("Q", (key for key, _ in pairs)).tobytes() + array("Q", (at for _, at in pairs)).tobytes()
        tail = index + msgspec.json.encode(meta)
        foot = _FOOT.pack(self._at, len(pairs), self._at + len(index), self._at + len(tail) + _FOOT.size, zlib.crc32(tail), _END)
        self._file.write(tail + foot)
        self._file.flush()
        return meta


class Store:
    """A finished file, open for look-ups, and closed with this. Raises SourceError on opening where it is cut off, damaged or of another
    version.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._is_raw = isinstance(file, io.FileIO)
        self._name = name
        weakref.finalize(self, file.close)
        self._keys, self._positions, self.meta = self._opened()

    def find(self, ecosystem: str, name: str) -> tuple[Advisory, ...]:
        """Every advisory about a package, by id. Raises SourceError where one of them is damaged."""
        key = _hash(ecosystem, name)
        index = bisect_left(self._keys, key)
        found: list[Advisory] = []
        while index < len(self._keys) and self._keys[index] == key:
            one = self._read(self._positions[index])
            if any(block.ecosystem == ecosystem and block.name == name for block in one.affected):
                found.append(one)
            index += 1
        return tuple(sorted(found, key=lambda one: one.id)) if found else ()

    def __iter__(self) -> Iterator[Advisory]:
        for position in sorted(set(self._positions)):
            yield self._read(position)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _opened(self) -> tuple[array[int], array[int], Meta]:
        head = self._part(0, len(MAGIC))
        if head[:6] != MAGIC[:6]:
            raise SourceError("is not an advisory database", subject=self._name, hint=_REBUILD)
        if head != MAGIC:
            raise SourceError("is an advisory database of another version of this program", subject=self._name, hint=_REBUILD)
        size = self._file.seek(0, os.SEEK_END)
        foot = self._part(max(0, size - _FOOT.size), _FOOT.size)
        if len(foot) < _FOOT.size or not foot.endswith(_END):
            raise self._cut()
        index, count, about, length, checksum, _ = _FOOT.unpack(foot)
        if length != size or about != index + 16 * count:
            raise self._cut()
        tail = self._part(index, size - _FOOT.size - index)
        if zlib.crc32(tail) != checksum:
            raise self._cut()
        return _numbers(tail[: 8 * count]), _numbers(tail[8 * count : 16 * count]), msgspec.json.decode(tail[16 * count :], type=Meta)

    def _read(self, position: int) -> Advisory:
        start = self._part(position, _GUESS)
        length, checksum = _HEAD.unpack_from(start)
        data = start[_HEAD.size : _HEAD.size + length]
        if len(data) < length:
            data += self._part(position + len(start), length - len(data))
        if len(data) != length or zlib.crc32(data) != checksum:
            raise self._cut()
        return _decoder().decode(data)

    def _part(self, start: int, length: int) -> bytes:
        if self._is_raw:
            return os.pread(self._file.fileno(), length, start)
        self._file.seek(start)
        return self._file.read(length)

    def _cut(self) -> SourceError:
        return SourceError("is cut off or damaged", subject=self._name, hint=_REBUILD)


def _numbers(data: bytes) -> array[int]:
    numbers = array("Q")
    numbers.frombytes(data)
    return numbers


def _hash(*words: str) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest(), "little")


def _packed(one: Advisory) -> bytes:
    data = msgspec.msgpack.encode(one)
    return _HEAD.pack(len(data), zlib.crc32(data)) + data


@functools.cache
def _decoder() -> msgspec.msgpack.Decoder[Advisory]:
    return msgspec.msgpack.Decoder(Advisory)
