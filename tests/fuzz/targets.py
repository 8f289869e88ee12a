"""One function a parser: bytes in; anything but the parser's own, documented error is a crash."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from scanner import config, event, globs, lockfiles
from scanner.advisories import _records, _store, _zip, schema
from scanner.errors import ConfigError, ScannerError, SourceError
from scanner.lockfiles import inventory
from scanner.models import Problem
from scanner.secrets import baseline, inline, rules

Target = Callable[[bytes], None]


def one_line(error: ScannerError) -> None:
    """What every error of ours has: a reason, in one line."""
    assert error.reason
    assert "\n" not in error.reason


def lockfile(name: str, path: str) -> Target:
    """A format of ``lockfiles``: a Lockfile, or one of our errors."""

    def run(data: bytes) -> None:
        tree = {path: data.decode("utf-8", "surrogateescape"), "package.json": '{"dependencies":{"a":"1"}}'}
        found = list(inventory.read_all([path], tree.get))
        assert all(not isinstance(one, Problem) or "cannot be read (" not in one.reason for one in found), found

    run.__name__ = name
    return run


def policy_file(data: bytes) -> None:
    """The config file."""
    try:
        config.parse(data.decode("utf-8", "replace"), "x.yml")
    except ConfigError as error:
        one_line(error)


def rule_file(data: bytes) -> None:
    """A file of secret rules, regexes not compiled."""
    try:
        rules.read(data.decode("utf-8", "replace"), "x.yml")
    except ConfigError as error:
        one_line(error)


def record(data: bytes) -> None:
    """An OSV record."""
    try:
        schema.advisory(data, source="x", subject="x")
    except SourceError as error:
        one_line(error)


def yaml_record(data: bytes) -> None:
    """An OSV record as YAML."""
    try:
        schema.advisory(_records.text(_records.Document(where="x.yaml", data=data)), source="x", subject="x.yaml")
    except SourceError as error:
        one_line(error)


def on_disk(read: Callable[[str], object]) -> Target:
    """A parser that reads a file."""

    def run(data: bytes) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            read(file.name)

    return run


def payload(path: str) -> None:
    """GitHub's event."""
    event.read({"GITHUB_EVENT_PATH": path, "GITHUB_EVENT_NAME": "pull_request"})


def store(path: str) -> None:
    """A database file of advisories."""
    with open(path, "rb", buffering=0) as file:
        try:
            for one in _store.Store(os.fdopen(os.dup(file.fileno()), "rb"), path):
                assert one.id is not None
        except ScannerError as error:
            one_line(error)


def zipped(path: str) -> None:
    """A zip of records."""
    with open(path, "rb") as file:
        try:
            for member in _zip.members(_zip.directory(file)):
                if member.size < 1 << 20:
                    _zip.content(file, member)
        except _zip.DamagedZip:
            return


def secrets_baseline(data: bytes) -> None:
    """detect-secrets' baseline."""
    try:
        baseline.read(data.decode("utf-8", "replace"), ".secrets.baseline")
    except ScannerError as error:
        one_line(error)


def comment(data: bytes) -> None:
    """The words of an author who accepts a secret."""
    half = len(data) // 2
    inline.word(data, half, min(half + 8, len(data)), "aws-access-key")


def glob(data: bytes) -> None:
    """A glob and a path."""
    pattern, _, path = data.decode("utf-8", "replace").partition("\0")
    assert globs.matches((pattern,), path) in (True, False)


NAMES = {
    "npm": "package-lock.json", "pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock", "bun": "bun.lock", "package_json": "package.json",
    "poetry": "poetry.lock",
    "uv": "uv.lock", "pdm": "pdm.lock", "pylock": "pylock.toml", "pipfile": "Pipfile.lock", "pipfile_manifest": "Pipfile",
    "pyproject": "pyproject.toml", "setup_cfg": "setup.cfg", "setup_py": "setup.py", "requirements": "requirements.txt",
}  # fmt: skip


def targets() -> dict[str, Target]:
    """Every parser by its name; a format of lockfiles that has no file name here is an error."""
    formats = lockfiles.formats()
    missing = set(formats) - set(NAMES) - {"berry"}
    assert not missing, missing
    return {
        **{name: lockfile(name, NAMES[name]) for name in formats if name in NAMES},
        "policy_file": policy_file,
        "rule_file": rule_file,
        "record": record,
        "yaml_record": yaml_record,
        "event": on_disk(payload),
        "store": on_disk(store),
        "zip": on_disk(zipped),
        "baseline": secrets_baseline,
        "inline_comment": comment,
        "glob": glob,
    }


def seeds(name: str) -> list[bytes]:
    """The small corpus of a target: ``corpus/NAME.*``."""
    return [path.read_bytes() for path in sorted((Path(__file__).parent / "corpus").glob(f"{name}.*"))]
