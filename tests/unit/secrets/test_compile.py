"""Compiled rule sets are kept, and what is damaged is made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scanner.secrets import compile as compiled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiled, "FOLDER", "nowhere")
    return tmp_path / "security-scan-gate"


def test_the_second_time_it_is_read(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compiled.ready("detect-secrets")
    assert [path.suffix for path in cache.iterdir()] == [".hs"]
    monkeypatch.setattr(compiled, "_build", None)
    second = compiled.ready("detect-secrets")
    data = b"pass" + b"word = 'hunter'"
    assert second.hot.matcher.ends(data) == first.hot.matcher.ends(data) != []


@pytest.mark.parametrize("content", [b"", b"junk", None])
def test_a_damaged_file_is_made_anew(cache: Path, content: bytes | None) -> None:
    compiled.ready("detect-secrets")
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert compiled.ready("detect-secrets").hot.matcher.ends(b"AK" + b"IA" + b"A" * 16)
    assert len(kept.read_bytes()) == len(whole)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert compiled.ready("detect-secrets").proposed


def test_the_command_fills_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "SETS", ("detect-secrets",))
    assert compiled.main([str(tmp_path / "new")]) == 0
    assert [path.name.startswith("detect-secrets-") for path in (tmp_path / "new").iterdir()] == [True]
