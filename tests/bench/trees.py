"""Source trees: the most downloaded packages of PyPI and npm at pinned versions, unpacked; parts of them, and a large git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

from tests.bench.places import CACHE, made

if TYPE_CHECKING:
    from pathlib import Path

PYPI = (
    "ansible-core==2.19.14", "babel==2.18.0", "boto3==1.44.5", "botocore==1.44.5", "django==5.2.19", "faker==40.54.0",
    "google-api-python-client==2.202.0", "kubernetes==37.0.2", "networkx==3.6.1", "plotly==7.1.0", "pydantic==2.14.3",
    "pygments==2.21.0", "requests==2.34.2", "rich==15.0.0", "setuptools==84.2.1", "sympy==1.14.0", "urllib3==2.8.0",
)
NPM = (
    "@babel/core@7.29.13", "@babel/parser@7.29.14", "@mui/material@9.5.0", "@types/node@26.6.6", "antd@6.6.8", "aws-sdk@2.1693.0",
    "axios@1.21.1", "bootstrap@5.3.9", "core-js@3.51.0", "date-fns@4.4.0", "echarts@6.1.0", "eslint@10.15.0", "express@5.3.0",
    "firebase@13.2.0", "jquery@4.0.0", "lodash@4.18.1", "moment@2.31.0", "mongodb@7.9.0", "prettier@3.10.1", "react-dom@19.3.1",
    "rxjs@7.8.2", "three@0.187.0", "typescript@7.0.2", "vue@3.5.45", "webpack@5.112.2",
)
"""Of the most downloaded ones those that hold much source text: some 700 MB together."""


def whole() -> Path:
    """All packages, unpacked."""
    return made("tree", _unpack)


def part(share: int) -> Path:
    """Every ``share``-th file of the whole, in the order of their paths: alike in kind, linked instead of copied."""

    def link(folder: Path) -> None:
        for number, source in enumerate(_files(whole())):
            if number % share == 0:
                target = folder / source.relative_to(whole())
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(source, target)

    return whole() if share == 1 else made(f"tree-{share}", link)


def typical() -> Path:
    """3,000 source files without a git folder; lockfiles are put beside them by ``lockfiles.typical``."""

    def copy(folder: Path) -> None:
        kinds = {".py", ".js", ".ts", ".css", ".html"}
        sources = [path for path in _files(whole()) if path.stat().st_size < 60_000 and path.suffix in kinds]
        for source in sources[:: len(sources) // 3000][:3000]:
            target = folder / "src" / source.relative_to(whole())
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    return made("typical-sources", copy)


def weight(folder: Path) -> tuple[int, int]:
    """Files and bytes."""
    sizes = [path.stat().st_size for path in _files(folder)]
    return len(sizes), sum(sizes)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and ".git" not in path.parts)


def _unpack(folder: Path) -> None:
    packed = CACHE / "packed"
    packed.mkdir(parents=True, exist_ok=True)
    wheels = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "--python-version", "3.12"]
    _run([*wheels, "--implementation", "py", "--abi", "none", "--platform", "any", "-d", str(packed), *PYPI], packed)
    _run(["npm", "pack", "--silent", *NPM], packed)
    for archive in sorted(packed.iterdir()):
        target = folder / archive.name.removesuffix(".whl").removesuffix(".tgz")
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(target)
        elif archive.suffix == ".tgz":
            with tarfile.open(archive) as tarball:
                tarball.extractall(target, filter="data")
    shutil.rmtree(packed)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=1200)
    if done.returncode:
        raise RuntimeError(f"{command[:4]} failed: {done.stderr[-800:]}")
