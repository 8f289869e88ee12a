"""Files as windows of text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scanner.secrets import reading

if TYPE_CHECKING:
    from pathlib import Path


def windows(path: Path, data: bytes, size: int | None = None) -> list[reading.Window]:
    path.write_bytes(data)
    handle = os.open(path, os.O_RDONLY)
    try:
        return list(reading.windows(handle, len(data) if size is None else size))
    finally:
        os.close(handle)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", b""), (b"abc\n", b"abc\n"), (b"\xef\xbb\xbfabc", b"abc"), ("é\n".encode("utf-16"), "é\n".encode()),
        (b"\xfe\xff" + "aé😀".encode("utf-16-be"), "aé😀".encode()), (b"\xff\xfea", b"\xef\xbf\xbd"),
    ],
)
def test_small_files_are_one_text(tmp_path: Path, data: bytes, text: bytes) -> None:
    assert b"".join(window.data[window.begin : window.end] for window in windows(tmp_path / "f", data)) == text


@pytest.mark.parametrize("data", [b"\0", b"abc\0def", b"\x89PNG\0"])
def test_binary_files_have_no_text(tmp_path: Path, data: bytes) -> None:
    assert windows(tmp_path / "f", data) == []


@pytest.mark.parametrize("size", [None, 0, 5, 10**9])
@pytest.mark.parametrize("length", [1, reading.WINDOW - 1, reading.WINDOW, reading.WINDOW + 1, 2 * reading.WINDOW + 99])
def test_windows_cover_every_byte_once(tmp_path: Path, length: int, size: int | None) -> None:
    data = (b"0123456789abcde\n" * (length // 16 + 1))[:length]
    found = windows(tmp_path / "f", data, size)
    assert b"".join(window.data[window.begin : window.end] for window in found) == data
    assert all(len(window.data) <= reading.WINDOW * 2 + 3 * reading.OVERLAP for window in found)
    assert all(window.begin >= reading.OVERLAP for window in found[1:])


@pytest.mark.parametrize("size", [None, 0, 5, 10**9])
@pytest.mark.parametrize("text", ["abc " * 20, "", "é" * 50])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("most", [1, 7, 79])
def test_a_read_may_bring_less_than_it_was_asked_for(
    tmp_path: Path, size: int | None, text: str, encoding: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = os.read
    monkeypatch.setattr(os, "read", lambda handle, length: read(handle, min(length, most)))
    found = windows(tmp_path / "f", text.encode(encoding), size)
    assert b"".join(window.data[window.begin : window.end] for window in found) == text.encode()


def test_large_utf16_is_read_to_its_end(tmp_path: Path) -> None:
    text = "zeile é\n" * 900_000
    found = windows(tmp_path / "f", text.encode("utf-16"))
    assert b"".join(window.data[window.begin : window.end] for window in found) == text.encode()


@pytest.mark.parametrize(("path", "binary"), [("a/b.PNG", True), ("a.py", False), (".zip", False), ("x.tar.gz", True), ("makefile", False)])
def test_names_of_binary_files(path: str, binary: bool) -> None:
    assert reading.binary_name(path) is binary
