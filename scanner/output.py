"""Write a report file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from scanner.errors import OutputError


def write(path: str, text: str, *, inside: str = "") -> None:
    """Replace ``path`` by ``text`` in one step: a reader sees the old file or the new one, never half.

    A link at ``path`` is replaced, not followed. With ``inside``, a relative path whose folder leads out of that folder is refused.
    Raises OutputError.
    """
    folder = Path(path).parent
    if inside and not Path(path).is_absolute() and not folder.resolve().is_relative_to(Path(inside).resolve()):
        raise OutputError("its folder leads out of the workspace", subject=path, hint="choose a folder inside it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder, path, text)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", subject=path, hint="choose another path") from None


def _replace(folder: Path, path: str, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".security-scan-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
