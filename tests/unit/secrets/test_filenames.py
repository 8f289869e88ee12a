"""Files that are secrets as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scanner.secrets import filenames
from tests.unit.secrets.test_scan import VALUE, scan, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("path", "data", "rule"),
    [
        ("a/server.PFX", b"\x30\x82\x09\x01\x00", "key-store-file"),
        ("config/master.key", b"0123456789abcdef" * 2 + b"\n", "rails-master-key-file"),
        ("x/secring.gpg", b"\x95\x01", "pgp-secret-ring-file"), ("db.kdbx", b"\x03\xd9\xa2\x9a\x67", "password-database-file"),
        ("a/.bash_history", b"ls\n", "shell-history-file"),
    ],
)
def test_a_file_that_is_a_secret(tmp_path: Path, path: str, data: bytes, rule: str) -> None:
    result = scan(write(tmp_path, {path: data}))
    assert [(finding.rule_id, finding.location.path) for finding in result.findings] == [(rule, path)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a/server.pfx", b""), ("a/server.pfx", b"text"), ("tests/server.pfx", b"\x30\x82\x09\x01"),
        ("config/master.key", b"<put the key here>"),
        ("docs/master.key.md", b"0123456789abcdef" * 2), ("a.p12.txt", b"\x30\x82"), ("debug.keystore", b"\xfe\xed\xfe\xed"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, path: str, data: bytes) -> None:
    assert scan(write(tmp_path, {path: data})).findings == ()


def test_a_baseline_takes_the_file_and_what_is_in_it(tmp_path: Path) -> None:
    result = scan(write(tmp_path, {".bash_history": f"deploy {VALUE}\n"}), entries=True)
    assert sorted(finding.rule_id for finding in result.findings) == ["shell-history-file", "team-token"]
    assert [len(entries) for entries in result.entries.values()] == [2]


def test_every_kind_has_an_id_of_its_own() -> None:
    assert len({kind.id for kind in filenames.KINDS}) == len(filenames.KINDS)
