"""``python -m tests.accuracy.false_alarms [FOLDER]``: what would block a merge in the most downloaded packages.

Fetches each package with pip or npm into FOLDER (default: a temporary one), unpacks it and scans it. Nothing of a package is installed.
The packages that the benchmark has unpacked are scanned too, where they are.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from scanner.models import Severity
from tests.accuracy.scanning import scan_tree
from tests.bench.places import CACHE

PYPI = (
    "boto3", "urllib3", "requests", "certifi", "charset-normalizer", "idna", "botocore", "setuptools", "packaging",
    "python-dateutil", "six", "typing-extensions", "numpy", "pyyaml", "cryptography", "fsspec", "s3transfer", "pydantic", "click",
    "attrs",
)
COMPILED = {"numpy", "pyyaml", "cryptography"}
NPM = (
    "semver", "ansi-styles", "debug", "chalk", "minimatch", "supports-color", "strip-ansi", "ms", "ansi-regex", "string-width",
    "tslib", "glob", "commander", "lru-cache", "color-convert", "emoji-regex", "color-name", "uuid", "has-flag", "wrap-ansi",
)


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(arguments[0]) if arguments else Path(temporary)
        for archive in sorted({*fetch_pypi(folder / "pypi"), *fetch_npm(folder / "npm")}):
            unpack(archive)
        for kind in ("pypi", "npm"):
            table(kind, folder / kind / "files")
    if (CACHE / "tree").exists():
        table("the benchmark's packages", CACHE / "tree")
    return 0


def fetch_pypi(folder: Path) -> list[Path]:
    """Source distributions; wheels of what pip would have to compile to know its metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PYPI:
        if not any(folder.glob(f"{name.replace('-', '[-_]')}-*")):
            common = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
            subprocess.run([*common, *([] if name in COMPILED else ["--no-binary", name]), name], check=True, timeout=240)
    return [path for path in folder.iterdir() if path.is_file()]


def fetch_npm(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name in NPM:
        if not any(folder.glob(f"{name}-[0-9]*")):
            subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)
    return [path for path in folder.iterdir() if path.is_file()]


def unpack(archive: Path) -> None:
    target = archive.parent / "files" / archive.name
    if target.exists():
        return
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(target)
    else:
        with tarfile.open(archive) as source:
            source.extractall(target, filter="data")


def table(name: str, root: Path) -> None:
    """The blocking findings of a tree one by one, and how many of each severity there are."""
    result = scan_tree(root)
    count = Counter(finding.severity.label for finding in result.findings)
    print(f"\n{name}: {result.scanned.files} files, {result.scanned.bytes / 1e6:.1f} MB, findings {dict(count)}\n")
    print("| severity | rule | file | line |\n|---|---|---|---|")
    for finding in sorted(result.findings, key=lambda one: (-one.severity, one.location)):
        if finding.severity >= Severity.HIGH:
            print(f"| {finding.severity.label} | {finding.rule_id} | {finding.location.path} | {finding.location.line} |")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
