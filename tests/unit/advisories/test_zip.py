"""Our reading of zips against the standard library's writing, and against damage."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.advisories import _zip
from scanner.advisories._zip import DamagedZip

FILES = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0/\\"), min_size=1, max_size=20), st.binary(max_size=300), max_size=5
)


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    file = io.BytesIO(data)
    return {member.name: _zip.content(file, member) for member in _zip.members(_zip.directory(file))}


@given(files=FILES, method=st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]))
def test_what_was_packed_comes_out(files: dict[str, bytes], method: int) -> None:
    assert unpacked(packed(files, method)) == files


@given(files=FILES, data=st.data())
def test_damage_is_noticed_or_harmless(files: dict[str, bytes], data: st.DataObject) -> None:
    whole = packed(files)
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] if data.draw(st.booleans()) else whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    try:
        contents = list(unpacked(broken).values())
    except DamagedZip:
        return
    assert all(content in files.values() for content in contents)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedZip):
        unpacked(data)


def test_large_zips_keep_their_numbers_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    files = {f"{i}.json": b"x" * 200 * i for i in range(4)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    assert b"PK\x06\x06" in buffer.getvalue()
    assert unpacked(buffer.getvalue()) == files


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_refused(method: int) -> None:
    with pytest.raises(DamagedZip):
        unpacked(packed({"a.json": b"{}" * 100}, method))


def test_no_more_comes_out_than_was_announced() -> None:
    whole = bytearray(packed({"a": b"\0" * 100_000}))
    entry = whole.rindex(b"PK\x01\x02")
    whole[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    with pytest.raises(DamagedZip):
        unpacked(bytes(whole))
