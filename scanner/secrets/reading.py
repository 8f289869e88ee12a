"""A file's bytes in windows: whole where it is small, overlapping where it is large, byte order marks off, UTF-16 as UTF-8."""

from __future__ import annotations

import os
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.secrets import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UTF16 = (BOM_UTF16_LE, BOM_UTF16_BE)
WINDOW = 10 * 1024 * 1024
OVERLAP = decode.LONGEST
MARK = len(BOM_UTF8)
_HEAD = 8192
_STEP, _LEAST = 4096, 32

BINARY = frozenset(
    f".{ending}" for ending in (
        "7z", "a", "ai", "aif", "aiff", "apk", "avi", "avif", "bin", "bmp", "bz2", "class", "crx", "deb", "dll", "dmg",
        "doc", "docx", "dylib", "ear", "egg", "eot", "exe", "flac", "gem", "gif", "gz", "heic", "icns", "ico", "idx",
        "iso", "jar", "jks", "jpeg", "jpg", "keystore", "lz", "lz4", "lzma", "m4a", "m4v", "mkv", "mo", "mov", "mp3",
        "mp4", "mpeg", "mpg", "node", "npy", "npz", "nupkg", "o", "obj", "odt", "ogg", "ogv", "otf", "p12", "pack",
        "parquet", "pdf", "pfx", "png", "ppt", "pptx", "psd", "pyc", "pyd", "pyo", "rar", "rdb", "rpm", "so", "swf",
        "tar", "tgz", "tif", "tiff", "ttc", "ttf", "war", "wasm", "wav", "webm", "webp", "whl", "wmv", "woff", "woff2",
        "xls", "xlsx", "xz", "zip", "zst",
    )
)
"""Endings of media, archives and compiled code: such files are counted and not opened."""


class Window(Struct, frozen=True, kw_only=True):
    """Consecutive bytes of a text file. Matches that begin before ``begin`` belong to the window before this one, those that begin at
    ``end`` or later to the next."""

    data: bytes
    begin: int
    end: int


def binary_name(path: str) -> bool:
    """Whether the file's ending says that it holds no text."""
    dot = path.rfind(".")
    return dot > 0 and path[dot:].lower() in BINARY


def binary(data: bytes) -> bool:
    """Whether bytes that are no UTF-16 are no text either: a NUL stands near their beginning."""
    return data.find(b"\0", 0, _HEAD) >= 0


def windows(handle: int, size: int) -> Iterable[Window]:
    """The text of an open file, first byte to last; nothing at all for a binary file. ``size`` is a guess that saves a system call."""
    first = head(handle, size)
    if first[:2] in UTF16:
        return _overlapping(_transcoded(handle, first))
    if binary(first):
        return ()
    if len(first) < WINDOW:
        text = first.removeprefix(BOM_UTF8)
        return (Window(data=text, begin=0, end=len(text)),)
    return _overlapping(_pieces(handle, first))


def head(handle: int, size: int) -> bytes:
    """What a file begins with: a window of it, or all of it. A read may bring less than it was asked for; it brought everything where that
    is as much as the file was said to have."""
    first = os.read(handle, min(max(size, 0) + 1, WINDOW))
    if len(first) == size:
        return first
    while len(first) < WINDOW and (piece := os.read(handle, WINDOW - len(first))):
        first += piece
    return first


def split(data: bytes) -> Iterator[Window]:
    """The same for a file that is in memory already."""
    if data[:2] in UTF16:
        codec = "utf-16-le" if data.startswith(BOM_UTF16_LE) else "utf-16-be"
        data = data[2:].decode(codec, "replace").encode("utf-8", "replace")
    elif binary(data):
        return
    text = data.removeprefix(BOM_UTF8)
    yield from _overlapping(text[at : at + WINDOW] for at in range(0, max(len(text), 1), WINDOW))


def difference(data: bytes, before: bytes) -> tuple[int, int]:
    """The bytes of ``data`` between what both begin with and what both end with, grown to whole lines; empty where they are equal.

    It is found in steps that are halved down to a few bytes: it may be so much larger than it need be.
    """
    if data == before:
        return 0, 0
    most = min(len(data), len(before))
    low, step = 0, _STEP
    while step >= _LEAST:
        while low + step <= most and data[low : low + step] == before[low : low + step]:
            low += step
        step >>= 1
    most -= low
    high, last, step = len(data), len(before), _STEP
    while step >= _LEAST:
        while len(data) - high + step <= most and data[high - step : high] == before[last - step : last]:
            high, last = high - step, last - step
        step >>= 1
    end = data.find(b"\n", high)
    return data.rfind(b"\n", 0, low) + 1, end + 1 if end >= 0 else len(data)


def _pieces(handle: int, first: bytes) -> Iterator[bytes]:
    yield first.removeprefix(BOM_UTF8)
    while piece := os.read(handle, WINDOW):
        yield piece


def _transcoded(handle: int, first: bytes) -> Iterator[bytes]:
    """UTF-16 becomes UTF-8; lone surrogates and odd bytes are replaced: they can be no part of a secret."""
    codec = "utf-16-le" if first.startswith(BOM_UTF16_LE) else "utf-16-be"
    decoder = getincrementaldecoder(codec)("replace")
    for piece in _pieces(handle, first[2:]):
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _overlapping(pieces: Iterator[bytes]) -> Iterator[Window]:
    data, begin = b"", 0
    for piece in pieces:
        data += piece
        if len(data) >= WINDOW + 2 * OVERLAP:
            end = len(data) - OVERLAP
            yield Window(data=data, begin=begin, end=end)
            data, begin = data[end - OVERLAP :], OVERLAP
    yield Window(data=data, begin=begin, end=len(data))
