"""Write a report file whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from scanner.errors import OutputError


def write(path: str, text: str, *, inside: str = "") -> None:
    """Replace ``path`` by ``text`` in one step: a reader sees the old file or the new one, never half.

    A link at ``path`` is replaced, not followed; a device or a pipe (``/dev/stdout``) is written to. With ``inside``,
    a relative path whose folder leads out of that folder is refused. Raises OutputError.
    """
    folder = Path(path).parent
    if inside and not Path(path).is_absolute() and not folder.resolve().is_relative_to(Path(inside).resolve()):
        raise OutputError("its folder leads out of the workspace", subject=path, hint="choose a folder inside it")
    try:
        if _is_stream(path):
            _pour(path, text)
            return
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder, path, text)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", subject=path, hint="choose another path") from None


def _is_stream(path: str) -> bool:
    """Whether something other than a file or folder stands there; of links, only those of ``/dev`` are asked where they lead."""
    if path.startswith("/dev/"):
        return os.path.exists(path) and not os.path.isdir(path) and not path.startswith("/dev/shm/")
    try:
        kind = stat.S_IFMT(os.lstat(path).st_mode)
    except OSError:
        return False
    return kind in (stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK)


def _pour(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)


def _replace(folder: Path, path: str, text: str) -> None:
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".security-scan-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
