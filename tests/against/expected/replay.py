"""Published cases: a folder with lockfiles in, what our audit finds out."""

from __future__ import annotations

import functools
import json
import tarfile
from typing import TYPE_CHECKING

import yaml

from scanner.advisories import Answer, Coordinate, schema
from scanner.dependencies.audit import AuditResult, Options, audit
from scanner.dependencies.resolve import never
from scanner.dependencies.versions import same_name
from scanner.lockfiles import inventory
from scanner.models import Advisory, Lockfile

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class Records:
    """A source over advisories in memory, looked up by package."""

    name = "records"
    ecosystems = frozenset({"npm", "PyPI"})

    def __init__(self, advisories: Iterable[Advisory]) -> None:
        self._by_package: dict[tuple[str, str], dict[Advisory, None]] = {}
        for advisory in advisories:
            for block in advisory.affected:
                self._by_package.setdefault((block.ecosystem, same_name(block.ecosystem, block.name)), {})[advisory] = None

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        """Every record of each package."""
        found = {c: tuple(self._by_package.get((c.ecosystem, same_name(c.ecosystem, c.name)), ())) for c in coordinates}
        return Answer(source=self.name, advisories=found, unanswered={}, date="2024-10-10")


@functools.cache
def records(shared: Path) -> Records:
    """Every advisory of the shared data set."""
    files = [path.read_bytes() for path in sorted((shared / "advisories").rglob("*.json"))]
    with tarfile.open(shared / "advisories" / "pysec-2024-10-10.tar.xz") as pack:
        texts = [pack.extractfile(one) for one in pack if one.name.endswith(".yaml")]
        files += [json.dumps(yaml.load(text, yaml.CSafeLoader), default=str).encode() for text in texts if text]
    return Records(schema.advisory(data, source="osv") for data in files)


def read(folder: Path) -> list[Lockfile]:
    """The lockfiles below a folder."""

    def text(path: str) -> str | None:
        return (folder / path).read_text() if (folder / path).is_file() else None

    paths = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    return [found for found in inventory.read_all(paths, text) if isinstance(found, Lockfile)]


def replay(folder: Path, source: Records, *, as_of: dt.date | None = None, include_dev: bool = True) -> AuditResult:
    """Audit a folder against a source, unpinned requirements left as they are."""
    return audit(read(folder), [source], Options(as_of=as_of, include_dev=include_dev), resolver=never("resolve is off"))
