"""``rules list``: what a scan of the current folder goes by, no more and no less."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from scanner.commands import rules
from scanner.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

OWN = "secrets: {patterns: [{id: ours, description: Our token, regex: ourtok_9, keywords: [ourtok], severity: low}]}\n"


def ids(folder: Path, monkeypatch: pytest.MonkeyPatch, config: str = "") -> set[str]:
    if config:
        (folder / ".security-scan.yml").write_text(config, "utf-8")
    monkeypatch.chdir(folder)
    out = io.StringIO()
    assert rules.show(out) == 0
    return {line.split()[0] for line in out.getvalue().splitlines()}


def test_files_and_detectors_are_rules_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(tmp_path, monkeypatch) >= {"github-personal-access-token", "key-store-file", "entropy-hex"}


def test_what_is_disabled_is_not_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids(tmp_path, monkeypatch)
    assert before - ids(tmp_path, monkeypatch, "secrets: {disable: [key-store-file, entropy-hex]}\n") == {"key-store-file", "entropy-hex"}


def test_patterns_of_the_team_are_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids(tmp_path, monkeypatch)
    assert ids(tmp_path, monkeypatch, OWN) - before == {"ours"}


def test_detect_secrets_rules_stand_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ids(tmp_path, monkeypatch, "secrets: {rules: detect-secrets}\n")
    assert len(found) == 27
    assert "secret-keyword" in found
    assert "github-personal-access-token" not in found


def test_a_config_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"\.security-scan\.yml:1"):
        ids(tmp_path, monkeypatch, "secrets: {disabled: [x]}\n")
