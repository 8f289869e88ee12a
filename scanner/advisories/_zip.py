"""Zips of very many small files: a zip in, its members out one by one, without an object for each in memory as ``zipfile`` keeps.

Format: PKWARE's APPNOTE.TXT 4.3 (central directory, Zip64); methods stored and deflated, which is all that published archives use.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL = 0xFFFFFFFF
_DIRECTORY_BYTES = 512 * 1024 * 1024


class DamagedZip(ValueError):
    """The file is not a zip, or not a whole one."""


class Member(Struct, frozen=True):
    """One file of a zip: ``packed`` and ``size`` in bytes, ``offset`` of its local header."""

    name: str
    method: int
    encrypted: bool
    crc: int
    packed: int
    size: int
    offset: int


def directory(file: BinaryIO) -> bytes:
    """The central directory. Raises DamagedZip."""
    length = file.seek(0, 2)
    tail = _at(file, max(0, length - 65557), 65557)
    where = tail.rfind(b"PK\x05\x06")
    if where < 0 or len(tail) - where < _END.size:
        raise DamagedZip
    _, _, _, _, _, size, start, _ = _END.unpack_from(tail, where)
    if _FULL in (size, start) and where >= _LOCATOR.size:
        size, start = _large(file, tail[where - _LOCATOR.size : where])
    if size > _DIRECTORY_BYTES or start + size > length:
        raise DamagedZip
    return _at(file, start, size)


def members(central: bytes) -> Iterator[Member]:
    """Every entry of a central directory, in its order. Raises DamagedZip."""
    at = 0
    while at < len(central):
        try:
            head = _ENTRY.unpack_from(central, at)
        except struct.error:
            raise DamagedZip from None
        name, extra, comment = head[10:13]
        if head[0] != b"PK\x01\x02":
            raise DamagedZip
        raw = central[at + _ENTRY.size : at + _ENTRY.size + name]
        packed, size, offset = _wide(head[8], head[9], head[16], central[at + _ENTRY.size + name : at + _ENTRY.size + name + extra])
        yield Member(raw.decode("utf-8", "replace"), head[4], bool(head[3] & 1), head[7], packed, size, offset)
        at += _ENTRY.size + name + extra + comment


def content(file: BinaryIO, member: Member) -> bytes:
    """A member's bytes, never more than it announces. Raises DamagedZip."""
    local = _at(file, member.offset, _LOCAL.size)
    if len(local) < _LOCAL.size or not local.startswith(b"PK\x03\x04") or member.encrypted or member.method not in {0, 8}:
        raise DamagedZip
    name, extra = _LOCAL.unpack(local)[9:11]
    data = _at(file, member.offset + _LOCAL.size + name + extra, member.packed)
    if member.method == 8:
        try:
            data = zlib.decompressobj(-15).decompress(data, member.size + 1)
        except zlib.error:
            raise DamagedZip from None
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        raise DamagedZip
    return data


def _large(file: BinaryIO, locator: bytes) -> tuple[int, int]:
    signature, _, offset, _ = _LOCATOR.unpack(locator)
    end = _at(file, offset, _END64.size) if signature == b"PK\x06\x07" else b""
    if len(end) < _END64.size or not end.startswith(b"PK\x06\x06"):
        raise DamagedZip
    return int(_END64.unpack(end)[8]), int(_END64.unpack(end)[9])


def _wide(packed: int, size: int, offset: int, extra: bytes) -> tuple[int, int, int]:
    """The three numbers of an entry, from its Zip64 field where they do not fit into 32 bits."""
    if _FULL not in (packed, size, offset):
        return packed, size, offset
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", extra[4:].ljust(length, b"\0")))
            size, packed, offset = (next(wide, 0) if number == _FULL else number for number in (size, packed, offset))
            return packed, size, offset
        extra = extra[4 + length :]
    raise DamagedZip


def _at(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)
