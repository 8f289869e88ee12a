"""Where records lie: directories, git checkouts, zips, single files in; the JSON text of each record out, within bounds."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
from msgspec import Struct

from scanner.advisories import _zip as _zip_format
from scanner.advisories._store import Rejected
from scanner.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD_BYTES = 16 * 1024 * 1024
ENTRIES = 2_000_000
RATIO = 200
TOTAL_BYTES = 32 * 1024**3
_KINDS = (".json", ".yaml", ".yml")
_KEYS = frozenset({"id", "affected", "modified", "schema_version"})
_LINK = "is a link out of the folder, or no regular file, and is not read"


class Document(Struct, frozen=True, kw_only=True):
    """One file that may be a record: where it stands, for messages, and its bytes."""

    where: str
    data: bytes


def documents(source: Path) -> Iterator[Document | Rejected]:
    """Every JSON or YAML file of a directory (hidden ones, links and ``.git`` left out), a zip, or the one file that ``source`` is.

    Raises SourceError where ``source``, or a folder in it, cannot be read or is beyond the bounds.
    """
    if source.is_dir():
        yield from _directory(source)
    elif not source.is_file():
        raise SourceError(
            "no such file or directory", subject=str(source), hint="give a zip, a directory or a JSON or YAML file of OSV records"
        )
    elif zipfile.is_zipfile(source):
        yield from _zip(source)
    elif source.suffix.lower() in _KINDS:
        yield Document(where=source.name, data=_file(source))
    else:
        raise SourceError("is no zip and no JSON or YAML file, or is cut off", subject=str(source), hint="fetch it again")


def text(document: Document) -> bytes:
    """A document as JSON text. YAML scalars are all taken as strings: ``1.10`` is a version, not a number. Raises SourceError."""
    return _from_yaml(document) if document.where.lower().endswith(_KINDS[1:]) else document.data


def is_record(data: bytes) -> bool:
    """Whether a JSON text means to be an OSV record; True for text that cannot be read, so that it is reported."""
    try:
        found: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return True
    return not isinstance(found, dict) or bool(_KEYS & found.keys())


def packages(data: bytes) -> tuple[tuple[str, str], ...]:
    """The packages (ecosystem, name) that a broken record still names."""
    try:
        found: Any = msgspec.json.decode(data)
        blocks = found["affected"]
        return tuple(sorted({(str(block["package"]["ecosystem"]), str(block["package"]["name"])) for block in blocks}))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, LookupError, TypeError):
        return ()


def _directory(source: Path) -> Iterator[Document | Rejected]:
    seen = 0
    for folder, folders, files in os.walk(source, onerror=_refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for link in (Path(folder, name) for name in folders):
            if link.is_symlink() and not _within(link, source):
                yield Rejected(where=_shown(str(link.relative_to(source))), reason=_LINK)
        for name in sorted(files):
            if name.startswith(".") or not name.lower().endswith(_KINDS):
                continue
            path = Path(folder, name)
            where = _shown(str(path.relative_to(source)))
            try:
                if _is_plain(path):
                    yield Document(where=where, data=_file(path))
                elif not _within(path, source):
                    yield Rejected(where=where, reason=_LINK)
            except SourceError as error:
                yield Rejected(where=where, reason=error.reason)
            seen += 1
            if seen > ENTRIES:
                raise SourceError(f"holds more than {ENTRIES} files", subject=str(source), hint="give the directory of the records alone")


def _refused(error: OSError) -> NoReturn:
    """A folder or file that cannot be opened: what it holds may be the very record that counts."""
    subject = _shown(os.fsdecode(error.filename or ""))
    raise SourceError(f"cannot be read: {error.strerror}", subject=subject, hint="check its permissions") from None


def _within(link: Path, source: Path) -> bool:
    """Whether this is a link to what is read in its own place."""
    return link.is_symlink() and link.exists() and link.resolve().is_relative_to(source.resolve())


def _is_plain(path: Path) -> bool:
    """Whether this is a file itself and no link. Raises SourceError where nobody may look."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError as error:
        _refused(error)


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(RECORD_BYTES + 1)
    except OSError as error:
        _refused(error)
    if len(data) > RECORD_BYTES:
        raise SourceError(f"is larger than {RECORD_BYTES >> 20} MB", subject=_shown(str(path)), hint="no record is that large")
    return data


def _zip(source: Path) -> Iterator[Document]:
    try:
        with source.open("rb") as file:
            central = _zip_format.directory(file)
            _refuse_bombs(central, source)
            for member in _zip_format.members(central):
                if _wanted(member.name):
                    yield Document(where=_shown(member.name), data=_zip_format.content(file, member))
    except (_zip_format.DamagedZip, OSError):
        raise SourceError("is a damaged or unreadable zip", subject=str(source), hint="fetch it again") from None


def _wanted(name: str) -> bool:
    return name.lower().endswith(_KINDS) and not name.rpartition("/")[2].startswith(".")


def _refuse_bombs(central: bytes, source: Path) -> None:
    count = total = 0
    dense = False
    for member in _zip_format.members(central):
        count += 1
        if _wanted(member.name):
            total += member.size
            dense = dense or member.size > RECORD_BYTES or member.size > max(1 << 20, RATIO * member.packed)
    if dense or count > ENTRIES or total > TOTAL_BYTES:
        reason = "is refused: too many, too large or too densely packed entries"
        raise SourceError(reason, subject=str(source), hint="it may be a zip bomb")


def _from_yaml(document: Document) -> bytes:
    import yaml

    from scanner.advisories import _yaml

    try:
        return msgspec.json.encode(_yaml.plain(document.data))
    except _yaml.Refused as error:
        raise SourceError(str(error), subject=document.where, hint="report it to the source of the record") from None
    except (yaml.YAMLError, UnicodeError, ValueError):
        raise SourceError("is not readable YAML", subject=document.where, hint="fetch it again; it may be cut off") from None


def _shown(name: str) -> str:
    if name.isprintable():
        return name[:300]
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in os.fsencode(name).decode("utf-8", "replace"))[:300]
