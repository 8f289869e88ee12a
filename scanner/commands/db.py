"""``security-scan db``: make, renew and describe the local advisory database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scanner import action
from scanner.advisories import database
from scanner.policy import CLEAN, INCOMPLETE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def update(url: str, path: str, env: Mapping[str, str], out: TextIO) -> int:
    """Download the OSV zips of every ecosystem and build the database from them; 3 where a record was left out. Raises SourceError."""
    from scanner.fetch import Session

    place = _place(path, env)
    made = database.update(place, Session(), now=dt.datetime.now(dt.UTC), **({"url": url} if url else {}))
    return _built(made, env, out)


def import_(sources: Sequence[str], path: str, env: Mapping[str, str], out: TextIO) -> int:
    """Build the database from zips, directories, files or git checkouts; 3 where a record was left out. Raises SourceError."""
    made = database.import_([Path(source) for source in sources], _place(path, env), now=dt.datetime.now(dt.UTC))
    return _built(made, env, out)


def info(path: str, env: Mapping[str, str], out: TextIO) -> int:
    """Say how many records there are and how old they are. Raises SourceError."""
    _tell(database.info(_place(path, env)), env, out)
    return CLEAN


def _place(path: str, env: Mapping[str, str]) -> Path:
    return Path(path) if path else database.default_path(env)


def _built(made: database.Info, env: Mapping[str, str], out: TextIO) -> int:
    """The database stands and is used; that some of it is missing must not look like success."""
    _tell(made, env, out)
    if not made.rejected:
        return CLEAN
    out.write("incomplete: what was left out will not be found; mend or remove these records, and build again\n")
    return INCOMPLETE


def _tell(found: database.Info, env: Mapping[str, str], out: TextIO) -> None:
    from scanner import redaction  # the words of records are their authors'

    counts = ", ".join(f"{name} {number:,}" for name, number in sorted(found.records.items()))
    out.write(f"{found.path}: {found.total:,} advisories ({counts}), {found.size / 1e6:,.1f} MB\n")
    out.write(f"built {found.created}, newest record {found.newest}\n")
    out.writelines(f"left out: {action.line(redaction.text(line), env)}\n" for line in found.rejected)
