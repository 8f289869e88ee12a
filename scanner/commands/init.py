"""``security-scan init``: what a repository is made of in; a workflow, a commented config file and its schema out, never over a file."""

from __future__ import annotations

import json
import os
from difflib import unified_diff
from posixpath import dirname
from typing import TYPE_CHECKING, TextIO

from scanner import config, settings
from scanner.commands import _look, _starter
from scanner.config_file import CONFIG_NAME
from scanner.errors import ConfigError, OutputError
from scanner.names import display

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write(path: str, action: str, out: TextIO) -> int:
    """Write what is not there yet and say what to do next. Raises ConfigError, OutputError."""
    root = settings.root(path)
    seen = _look.look(root)
    for name, text in _starter_files(seen, action):
        out.write(f"{'wrote' if _create(root, name, text) else 'left alone, it exists:'} {name}\n")
    out.writelines(f"{line}\n" for line in _starter.next_steps(seen, action))
    return 0


def show(path: str, action: str, out: TextIO) -> int:
    """Show what ``write`` would write as a unified diff. Raises ConfigError."""
    root = settings.root(path)
    seen = _look.look(root)
    for name, text in _starter_files(seen, action):
        if os.path.lexists(root / name):
            out.write(f"# {name} exists and would be left alone\n")
        else:
            out.writelines(unified_diff([], text.splitlines(keepends=True), "/dev/null", f"b/{name}"))
    out.writelines(f"# {line}\n" for line in _starter.next_steps(seen, action))
    return 0


def _starter_files(seen: _look.Seen, action: str) -> Iterable[tuple[str, str]]:
    """Names and texts. Raises ConfigError, before the first of them, where a file stands in the place of a folder."""
    _refuse_a_file_for_a_folder(seen.root)
    if not seen.scanned:
        yield _starter.WORKFLOW, _starter.workflow(seen, action)
    yield CONFIG_NAME, _starter.config_file(seen)
    yield _starter.SCHEMA, json.dumps(config.schema(), indent=2) + "\n"


def _refuse_a_file_for_a_folder(root: Path) -> None:
    for name in (dirname(_look.WORKFLOWS), _look.WORKFLOWS):
        if os.path.lexists(root / name) and not (root / name).is_dir():
            reason = "is not a folder, and the workflow belongs into one of that name"
            raise ConfigError(reason, subject=name, hint="move it out of the way")


def _create(root: Path, name: str, text: str) -> bool:
    """Whether the file was written; False where one (or a link) is there already. Raises OutputError."""
    target = root / name
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise OutputError("its folder leads out of the repository", subject=name, hint="make it a folder of its own")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", subject=display(str(target)), hint="check its permissions") from None
    return True
