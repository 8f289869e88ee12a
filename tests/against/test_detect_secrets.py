"""With ``rules: detect-secrets`` our report is detect-secrets' own: same file, line, type and hash, entry by entry, on any tree."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from hashlib import sha1
from pathlib import Path

import pytest

from scanner.secrets import Options
from scanner.secrets.parity import Detectors
from tests.against.generate_secrets import tree

pytestmark = pytest.mark.against
Report = set[tuple[str, int, str, str]]


def theirs(root: Path) -> Report:
    command = [str(Path(sysconfig.get_paths()["scripts"]) / "detect-secrets"), "scan", "--all-files", "--no-verify"]
    out = subprocess.run(command, cwd=root, capture_output=True, check=True, env={**os.environ, "PYTHONUTF8": "1"}).stdout
    results = json.loads(out)["results"]
    return {(path, item["line_number"], item["type"], item["hashed_secret"]) for path, items in results.items() for item in items}


def ours(root: Path) -> Report:
    detectors = Detectors(Options(rules="detect-secrets"))
    return {
        (name, item.line, item.type, sha1(item.value.encode()).hexdigest())
        for path in root.rglob("*")
        if path.is_file() and (name := path.relative_to(root).as_posix())
        for item in detectors.reported(name, path.read_bytes())
    }


@pytest.mark.parametrize("seed", range(100, 104))
def test_generated_trees(tmp_path: Path, seed: int) -> None:
    tree(tmp_path, seed, files=300)
    expected = theirs(tmp_path)
    assert len(expected) > 500
    assert ours(tmp_path) == expected


@pytest.mark.slow
@pytest.mark.parametrize("package", ["requests", "yaml", "click", "pip_audit", "detect_secrets"])
def test_installed_packages(tmp_path: Path, package: str) -> None:
    source = Path(sysconfig.get_paths()["purelib"]) / package
    for path in source.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            target = tmp_path / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    assert ours(tmp_path) == theirs(tmp_path)
