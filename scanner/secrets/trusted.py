"""A kept file in, its bytes out, where nobody can have written them who has no other way to decide what a scan says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = 0o022


def read(path: Path, owner: int | None = None) -> bytes:
    """The bytes of a file that, as its folder, belongs to root, to this user or to ``owner``, and that no one else may write to; OSError
    else."""
    with open(path, "rb") as stream:
        for one in (os.fstat(stream.fileno()), os.stat(path.parent)):
            if one.st_uid not in {0, os.geteuid(), owner} or one.st_mode & _OTHERS:
                raise PermissionError(f"{path} can be written by others")
        return stream.read()
