"""A folder in, the secret room's Result out: the real engine over every file of a tree, whatever git would say of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scanner.models import File
from scanner.secrets import Options, Result, scan

if TYPE_CHECKING:
    from pathlib import Path


def scan_tree(root: Path) -> Result:
    """All files below ``root``, in one process."""
    files = [_file(path, root) for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
    return scan(files, lambda name: os.open(root / name, os.O_RDONLY), Options())


def _file(path: Path, root: Path) -> File:
    name = path.relative_to(root).as_posix()
    return File(path=name, name=name, size=path.stat().st_size)
