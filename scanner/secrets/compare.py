"""Versions of files in, what each holds that the one before it did not, out: the unit of work of a scan of the history."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from scanner.errors import ScannerError, WorkspaceError
from scanner.secrets import filenames, reading
from scanner.secrets.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.secrets import Options, Result
    from scanner.secrets.engine import Engine
    from scanner.secrets.found import Found
    from scanner.secrets.parity import Detectors
    from scanner.secrets.versions import Version

MOST = 128 * 1024 * 1024
MOST_KEPT = 4 * 1024 * 1024


def engine(options: Options) -> Engine | Detectors:
    """What looks at the text of versions."""
    if options.rules == "detect-secrets":
        from scanner.secrets.parity import Detectors

        return Detectors(options)
    from scanner.secrets.engine import Engine

    return Engine(options)


class Reader:
    """Scans versions; keeps the blobs that it read last: the next version of a file is compared with the one before."""

    def __init__(self, repository: Any, engine: Engine | Detectors, options: Options) -> None:
        self._repository = repository
        self._odb: Any = repository.odb
        self._engine = engine
        self._options = options
        self._kept: dict[bytes, bytes] = {}
        self._room = MOST_KEPT

    def scan(self, batch: Sequence[Version]) -> Result:
        tally = Tally(explain=self._options.explain, entries=self._options.entries)
        for version in batch:
            try:
                self._one(version, tally)
            except Exception as error:  # noqa: BLE001
                tally.problem(name(version), *_said(error))
        return tally.result()

    def _one(self, version: Version, tally: Tally) -> None:
        tally.files += 1
        if reading.binary_name(version.path) and not filenames.suspect(version.path):
            return None
        before = self._taken(version.before) if version.before else None
        data = self._taken(version.blob)
        if data is None:
            return tally.problem(version.path, f"a version of it is larger than {MOST >> 20} MiB", "exclude it, or scan the tree only")
        self._keep(version.blob, data)
        if items := self._items(version, data, before, tally):
            accepted = self._options.baseline.get(version.path, frozenset())
            tally.add(version.path, items, accepted, commit=version.commit.hex(), author_date=self._date(version.commit))
        return None

    def _items(self, version: Version, data: bytes, before: bytes | None, tally: Tally) -> list[Found]:
        """What the version holds that the one before it did not."""
        engine, path = self._engine, version.path
        if before is None:
            return [*engine.whole(path, data), *engine.text(path, data, tally)]
        items = [*engine.whole(path, data), *engine.changed(path, data, before, tally)]
        if not items:
            return []
        old = (*engine.whole(path, before), *engine.text(path, before, Tally()))
        known = {(item.rule.id, item.value) for item in old if item.said is None}  # what a comment accepted there may be bare here
        return [item for item in items if (item.rule.id, item.value) not in known]

    def _taken(self, blob: bytes) -> bytes | None:
        """A blob's bytes, None where they are too many; it is not kept any more."""
        if (data := self._kept.pop(blob, None)) is not None:
            self._room += len(data)
            return data
        key = blob.hex()
        try:
            return None if self._odb.read_header(key)[1] > MOST else self._odb.read(key)[1]
        except KeyError as error:
            hint = "fetch the whole history: fetch-depth: 0, without a filter"
            raise WorkspaceError("the clone does not hold this version", hint=hint) from error

    def _keep(self, blob: bytes, data: bytes) -> None:
        self._kept[blob] = data
        self._room -= len(data)
        while self._room < 0:
            self._room += len(self._kept.pop(next(iter(self._kept))))

    def _date(self, commit: bytes) -> str:
        author = self._repository[commit.hex()].author
        return dt.datetime.fromtimestamp(author.time, dt.timezone(dt.timedelta(minutes=author.offset))).isoformat()


def name(version: Version) -> str:
    """A version in words."""
    return f"{version.path}@{version.commit.hex()[:12]}"


def _said(error: Exception) -> tuple[str, str]:
    if isinstance(error, ScannerError):
        return error.reason, error.hint
    import pygit2

    if isinstance(error, pygit2.GitError):
        return f"this version cannot be read: {error}", "look at the repository with git fsck, and clone it anew"
    return f"the secret scan of this version failed: {type(error).__name__}", "please report it, with the repository if you can"
