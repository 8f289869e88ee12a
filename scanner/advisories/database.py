"""The local advisory database: built from OSV records into one file; that file, or the records as they lie, answers for packages.

The file is replaced atomically: a scan that has it open goes on reading the old one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.advisories import Answer, Coordinate, schema
from scanner.advisories._store import MAGIC, Meta, Store
from scanner.errors import SourceError
from scanner.models import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scanner.fetch import Session
    from scanner.models import Advisory

NAME = "local database"
ZIPS = "https://osv-vulnerabilities.storage.googleapis.com"
STALE_DAYS = 14
_UPDATE = "run `security-scan db update`"


class Info(Struct, frozen=True, kw_only=True):
    """What a database holds: ``records`` counts by ecosystem, ``created`` and ``newest`` (the last change of any record) are ISO 8601,
    ``rejected`` the records that could not be read, one line each; ``total`` counts each record once.
    """

    path: str
    size: int
    created: str
    newest: str
    records: Mapping[str, int]
    total: int
    origins: tuple[str, ...]
    rejected: tuple[str, ...]


def default_path(environ: Mapping[str, str]) -> Path:
    """Where the database lives: ``SECURITY_SCAN_DB``, else ``security-scan/advisories.db`` in the user's data directory (XDG)."""
    if chosen := environ.get("SECURITY_SCAN_DB"):
        return Path(chosen)
    data = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME") or "~").expanduser() / ".local" / "share")
    return Path(data) / "security-scan" / "advisories.db"


def import_(sources: Sequence[Path], path: Path, *, now: dt.datetime) -> Info:
    """Build ``path`` from zips, directories (git checkouts too), JSON or YAML files, or other databases; what it held before is gone.

    Records that cannot be read are left out and stand in ``Info.rejected``. Raises SourceError where a source cannot be read at all or
    where no record of a known ecosystem is found; ``path`` is then as it was.
    """
    from scanner.advisories._build import replace

    replace(sources, path, now)
    return info(path)


def update(path: Path, session: Session, *, url: str = ZIPS, now: dt.datetime) -> Info:
    """Build ``path`` from the OSV zips of PyPI and npm below ``url`` (``{url}/npm/all.zip``).

    What is unchanged since the last time is not fetched again (ETag), what broke off is continued (Range); the zips are kept beside
    ``path``. Raises SourceError; ``path`` is then as it was.
    """
    from scanner.advisories._build import replace
    from scanner.advisories._update import fetched, forget

    folder = path.with_name(f"{path.name}.downloads")
    zips = fetched(folder, session, url, sorted(schema.ECOSYSTEMS))
    try:
        replace(zips, path, now)
    except SourceError:
        forget(folder)
        raise
    return info(path)


def info(path: Path) -> Info:
    """What the database (or directory, or zip of records) at ``path`` holds. Raises SourceError where it cannot be read."""
    with contextlib.closing(open_store(path)) as store:
        meta = store.meta
        size = path.stat().st_size
    rejected = tuple(f"{one.where}: {one.reason}" for one in meta.rejected)
    return Info(
        path=str(path), size=size, created=meta.created, newest=meta.newest, records=meta.records, total=meta.total,
        origins=meta.origins, rejected=rejected,
    )  # fmt: skip


class LocalDatabase:
    """A database file, or a directory, zip or file of records, as a source. ``today`` judges its age, ``as_of`` the day it must reach."""

    name = NAME
    ecosystems = schema.ECOSYSTEMS

    def __init__(self, path: Path, *, today: dt.date, as_of: dt.date | None = None) -> None:
        self.path = path
        self._day = min(as_of, today) if as_of else today
        self._store: Store | None = None

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        """Every advisory about each package, whatever its version. Never raises: what cannot be told stands in ``unanswered``."""
        try:
            self._store = self._store or open_store(self.path)
        except SourceError as error:
            return Answer(source=NAME, advisories={}, unanswered=dict.fromkeys(coordinates, str(error)))
        whole: dict[Coordinate, tuple[Advisory, ...]] = {}
        partial: dict[Coordinate, tuple[Advisory, ...]] = {}
        failed: dict[Coordinate, str] = {}
        doubts = self._doubts(self._store.meta)
        last = ("", "")
        found: tuple[Advisory, ...] = ()
        reason = ""
        for at in coordinates:
            if (at.ecosystem, at.name) != last:  # the versions of one package stand together
                last = at.ecosystem, at.name
                found, reason = _known(self._store, doubts, *last)
            if not reason:
                whole[at] = found
                continue
            failed[at] = reason
            if found:
                partial[at] = found
        meta = self._store.meta
        return Answer(source=NAME, advisories=whole, unanswered=failed, partial=partial, date=meta.newest, notices=self._notices(meta))

    def _doubts(self, meta: Meta) -> dict[tuple[str, str], str]:
        """Why answers cannot be trusted to be whole, by package (ecosystem, name); an empty name stands for all of them."""
        doubts: dict[tuple[str, str], str] = {}
        age = _age(meta.created, self._day)
        for ecosystem in self.ecosystems:
            if age > STALE_DAYS:
                doubts[ecosystem, ""] = f"{NAME} ({self.path}): was built on {meta.created[:10]}, {age} days ago ({_UPDATE})"
            if not (count := meta.records.get(ecosystem)):
                doubts[ecosystem, ""] = f"{NAME} ({self.path}): holds no {ecosystem} record ({_UPDATE}, or import some)"
            elif ecosystem not in meta.own:
                few = f"holds no {ecosystem} record but {count:,} of another ecosystem that name{'s' * (count == 1)} it too"
                doubts[ecosystem, ""] = f"{NAME} ({self.path}): {few} ({_UPDATE}, or import those of {ecosystem})"
        for one in meta.rejected:
            reason = f"{NAME} ({self.path}): record {one.where} {one.reason} (mend or remove it and import again)"
            doubts |= dict.fromkeys(one.packages or [(ecosystem, "") for ecosystem in self.ecosystems], reason)
        return doubts

    def _notices(self, meta: Meta) -> tuple[str, ...]:
        age = _age(meta.newest, self._day)
        if meta.created or age <= STALE_DAYS:
            return ()
        return (f"{self.path}: its newest record is of {meta.newest[:10]}, {age} days ago",)


def open_store(path: Path) -> Store:
    """The database at ``path``; records as they lie (a directory, a zip, a file) are read into memory first. Raises SourceError."""
    try:
        file = path.open("rb", buffering=0) if path.is_file() else None
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", subject=f"{NAME} ({path})", hint="check its permissions") from None
    if file is not None:
        if file.read(6) == MAGIC[:6]:
            return Store(file, f"{NAME} ({path})")
        file.close()
    if not path.exists():
        raise SourceError("does not exist", subject=f"{NAME} ({path})", hint=f"{_UPDATE}, or give --advisory-db")
    from scanner.advisories._build import build

    memory = io.BytesIO()
    build([path], memory, None)
    return Store(memory, f"{NAME} ({path})")


def _known(store: Store, doubts: Mapping[tuple[str, str], str], ecosystem: str, package: str) -> tuple[tuple[Advisory, ...], str]:
    """What is known of a package, and why that may not be all; an empty reason where it is."""
    name = canonical(ecosystem, package)
    try:
        return store.find(ecosystem, name), doubts.get((ecosystem, name)) or doubts.get((ecosystem, ""), "")
    except SourceError as error:
        return (), str(error)


def _age(day: str, today: dt.date) -> int:
    """Days from an ISO 8601 date to today; 0 where it cannot be read."""
    try:
        return (today - dt.date.fromisoformat(day[:10])).days
    except ValueError:
        return 0
