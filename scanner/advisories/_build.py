"""Building the database: sources of OSV records in, one file out, put in its place only when it is whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from scanner.advisories import schema
from scanner.advisories._records import Document, documents, is_record, packages, text
from scanner.advisories._store import MAGIC, Meta, Rejected, Store, Writer
from scanner.errors import SourceError
from scanner.models import canonical

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from scanner.models import Advisory

_KEPT = 50


def replace(sources: Sequence[Path], path: Path, now: dt.datetime) -> None:
    """Build ``path`` from ``sources`` beside it, then rename. Raises SourceError where that cannot be done; ``path`` is then as it was."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
        with _removed_on_failure(Path(name)), os.fdopen(handle, "w+b") as file:
            _refuse_empty(build(sources, file, now), sources)
            os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
    except OSError as error:
        raise SourceError(f"cannot be written: {error.strerror}", subject=str(path), hint="check the disk and SECURITY_SCAN_DB") from None


def build(sources: Sequence[Path], file: BinaryIO, now: dt.datetime | None) -> Meta:
    """Write every record of ``sources`` to ``file``; ``now`` is None for records that are only read for one scan."""
    writer = Writer(file)
    rejected: list[Rejected] = []
    for one in _advisories(sources):
        if isinstance(one, Rejected):
            rejected.append(one)
        elif one.affected:
            writer.add(one)
    created = now.isoformat(timespec="seconds") if now else ""
    return writer.finish(Meta(created=created, origins=tuple(source.name for source in sources), rejected=_shortened(rejected)))


def _advisories(sources: Sequence[Path]) -> Iterator[Advisory | Rejected]:
    for source in sources:
        if source.is_file() and _is_database(source):
            with source.open("rb") as file:
                store = Store(file, str(source))
                yield from store.meta.rejected
                yield from store
            continue
        for document in documents(source):
            one = document if isinstance(document, Rejected) else _read(document)
            if one is not None:
                yield one


def _read(document: Document) -> Advisory | Rejected | None:
    """One document's advisory; None for a file that is no record at all. Here a record's unit of work ends: an error is a Rejected."""
    data = document.data
    try:
        data = text(document)
        return schema.advisory(data, source="local database", subject=document.where)
    except SourceError as error:
        if not is_record(data):
            return None
        named = tuple((ecosystem, canonical(ecosystem, name)) for ecosystem, name in packages(data))
        return Rejected(where=document.where, reason=error.reason, packages=named)


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(6) == MAGIC[:6]


def _shortened(rejected: list[Rejected]) -> tuple[Rejected, ...]:
    """The first few by name; one without packages stands for all others, and puts every answer in doubt."""
    if len(rejected) <= _KEPT:
        return tuple(rejected)
    rest = Rejected(where=f"and {len(rejected) - _KEPT} more", reason="cannot be read")
    return (*rejected[:_KEPT], rest)


def _refuse_empty(meta: Meta, sources: Sequence[Path]) -> None:
    if not meta.own:
        names = ", ".join(str(source) for source in sources)
        broken = f": {meta.rejected[0].where} {meta.rejected[0].reason}" if meta.rejected else ""
        foreign = f", only {meta.total:,} of other ecosystems that name their packages too" if meta.total else ""
        reason = f"holds no OSV record of PyPI or npm that can be read{foreign}{broken}"
        raise SourceError(reason, subject=names, hint="give zips, directories or files of OSV records")


@contextlib.contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise
