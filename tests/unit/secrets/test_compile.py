"""Compiled rule sets are kept, and what is damaged is made anew."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scanner.secrets import compile as compiled
from scanner.secrets import spans
from scanner.secrets.measures import Measures, measured

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


@pytest.mark.parametrize("mode", [0o666, 0o620])
def test_a_file_that_others_can_write_is_not_believed(cache: Path, mode: int, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled.ready("detect-secrets")
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1])
    kept.chmod(mode)
    compiled.ready("detect-secrets")
    assert kept.read_bytes() == whole
    assert kept.stat().st_mode & 0o777 == 0o644
    cache.chmod(0o777)
    monkeypatch.setattr(compiled, "_build", _refuse)
    with pytest.raises(NotImplementedError):
        compiled.ready("detect-secrets")


def test_a_file_of_another_user_is_not_believed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled.ready("detect-secrets")
    monkeypatch.setattr(compiled, "_build", _refuse)
    assert compiled.ready("detect-secrets")
    (kept,) = cache.iterdir()
    owner = kept.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    if owner == 0:
        os.chown(kept, 12345, -1)
    with pytest.raises(NotImplementedError):
        compiled.ready("detect-secrets")


def _refuse(_name: str) -> compiled.Compiled:
    raise NotImplementedError


def test_what_is_kept_of_a_regex_is_what_its_measures_are_now() -> None:
    """Else what takes them has changed and ``_FORMAT`` has not."""
    for rule in compiled.ready("default").rules:
        shape = spans.shape(rule.regex)
        assert Measures(shape.width, shape.crosses, shape.values, shape.leads, shape.whole) == measured(rule.regex), rule.id
