"""OSV record files in, the records that affect a version out: brute force, and nothing shared with what it tests."""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import nodesemver
import yaml
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Records:
    """OSV records by id and by package; ``hits`` are those that affect one version."""

    def __init__(self, records: Iterable[dict[str, Any]] = ()) -> None:
        self.by_id: dict[str, dict[str, Any]] = {}
        self._by_package: dict[tuple[str, str], list[str]] = defaultdict(list)
        for record in records:
            self.add(record)

    @classmethod
    def load(cls, directory: Path) -> Records:
        """Read every ``.json``, ``.yaml`` and ``.yml`` file below ``directory``."""
        return cls(_read(path) for path in sorted(directory.rglob("*")) if path.suffix in {".json", ".yaml", ".yml"})

    def add(self, record: dict[str, Any]) -> None:
        """Add one record, replacing the one of the same id."""
        self.by_id[record["id"]] = record
        for affected in record.get("affected") or []:
            package = affected.get("package") or {}
            ids = self._by_package[_key(package.get("ecosystem", ""), package.get("name", ""))]
            if record["id"] not in ids:
                ids.append(record["id"])

    def named(self, ecosystem: str, name: str) -> Iterator[dict[str, Any]]:
        """Records, not withdrawn, that speak of a package."""
        for identity in sorted(self._by_package.get(_key(ecosystem, name), ())):
            if not self.by_id[identity].get("withdrawn"):
                yield self.by_id[identity]

    def hits(self, ecosystem: str, name: str, version: str) -> list[dict[str, Any]]:
        """Records that affect ``version``, sorted by id; all records of the package where ``version`` is empty."""
        found = list(self.named(ecosystem, name))
        return [r for r in found if any(_covers(a, version) for a in blocks(r, ecosystem, name))] if version else found


def blocks(record: dict[str, Any], ecosystem: str, name: str) -> list[dict[str, Any]]:
    """The ``affected`` blocks of a record about one package."""
    key = _key(ecosystem, name)
    return [a for a in record.get("affected") or [] if _key(a["package"]["ecosystem"], a["package"]["name"]) == key]


def pairs(events: list[dict[str, str]], ecosystem: str) -> list[tuple[str, str, str]]:
    """The intervals of a range in order: ``(introduced, "fixed" | "last_affected" | "", bound)``."""
    flat = [(version, kind) for event in events for kind, version in event.items() if kind != "limit"]
    rank = {"introduced": 1, "fixed": 0, "last_affected": 2}
    flat.sort(key=functools.cmp_to_key(lambda a, b: compare(a[0], b[0], ecosystem) or rank[a[1]] - rank[b[1]]))
    found: list[tuple[str, str, str]] = []
    start = ""
    for version, kind in flat:
        if kind == "introduced":
            start = start or version
        elif start:
            found.append((start, kind, version))
            start = ""
    return [*found, (start, "", "")] if start else found


def compare(left: str, right: str, ecosystem: str) -> int:
    """Minus one, zero or one by the ecosystem's order; ``0`` is before everything."""
    if left == right:
        return 0
    if "0" in (left, right):
        return -1 if left == "0" else 1
    if ecosystem == "npm":
        return int(nodesemver.compare(left, right, loose=True))
    return _pep440(left, right)


def _pep440(left: str, right: str) -> int:
    try:
        a, b = Version(left), Version(right)
    except InvalidVersion:
        return (left > right) - (left < right)
    return (a > b) - (a < b)


def _covers(affected: dict[str, Any], version: str) -> bool:
    ecosystem = affected["package"]["ecosystem"]
    if any(_same(v, version, ecosystem) for v in affected.get("versions") or []):
        return True
    return any(_inside(r, version, ecosystem) for r in affected.get("ranges") or [] if r["type"] in {"SEMVER", "ECOSYSTEM"})


def _same(left: str, right: str, ecosystem: str) -> bool:
    return left == right or (ecosystem == "PyPI" and _pep440(left, right) == 0)


def _inside(span: dict[str, Any], version: str, ecosystem: str) -> bool:
    limits = [event["limit"] for event in span["events"] if "limit" in event and event["limit"] != "*"]
    if limits and not any(compare(version, limit, ecosystem) < 0 for limit in limits):
        return False
    return any(_between(version, pair, ecosystem) for pair in pairs(span["events"], ecosystem))


def _between(version: str, pair: tuple[str, str, str], ecosystem: str) -> bool:
    start, kind, end = pair
    if start != "0" and compare(version, start, ecosystem) < 0:
        return False
    order = compare(version, end, ecosystem) if kind else -1
    return order < 0 or (order == 0 and kind == "last_affected")


def _key(ecosystem: str, name: str) -> tuple[str, str]:
    return ecosystem, re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "PyPI" else name


def _read(path: Path) -> dict[str, Any]:
    text = path.read_bytes()
    record: dict[str, Any] = json.loads(text) if path.suffix == ".json" else json.loads(json.dumps(yaml.safe_load(text), default=str))
    return record
