"""A configured npm registry's audit endpoint: coordinates in, its advisories out, asked as npm and pnpm ask.

``POST /-/npm/v1/security/advisories/bulk`` first; a registry without it (404, 405, 410, 503) is asked at
``/-/npm/v1/security/audits/quick``, as older npm and pnpm do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from scanner.advisories import Answer, Coordinate, _links, _severity, schema
from scanner.errors import SourceError
from scanner.fetch import Asked, Session, StatusError
from scanner.models import Advisory, Affected, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BULK = "/-/npm/v1/security/advisories/bulk"
QUICK = "/-/npm/v1/security/audits/quick"
NAMES = 5000
_WITHOUT_BULK = frozenset({404, 405, 410, 503})
_HINT = "check the network and --npm-registry; the registry may not offer audits"


class _Cvss(Struct):
    vector: str | None = msgspec.field(name="vectorString", default=None)


class _Row(Struct):
    severity: str
    vulnerable_versions: str
    id: int | str = ""
    url: str | None = None
    title: str | None = None
    cvss: _Cvss | None = None
    module_name: str | None = None
    github_advisory_id: str | None = None
    cves: list[str] | None = None
    created: str | None = None
    updated: str | None = None


class _Quick(Struct):
    advisories: dict[str, msgspec.Raw]


class _Named(Struct):
    module_name: str


class NpmRegistry:
    """The audit endpoint of the registry at ``url``; ``today`` (ISO 8601) dates its answers."""

    name = "npm registry"
    ecosystems = frozenset({"npm"})

    def __init__(self, session: Session, *, url: str, today: str = "") -> None:
        self.identity = url.rstrip("/")
        self._session = session
        self._today = today
        self._asked = Asked(service=self.name, hint=_HINT)

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        """The advisories for each npm coordinate, whichever of its versions they are about. Never raises."""
        before = len(self._session.retried)
        ours = sorted({at for at in coordinates if at.ecosystem == "npm"})
        found: dict[Coordinate, tuple[Advisory, ...]] = {}
        failed: dict[Coordinate, str] = {}
        for chunk in _chunks(ours):
            try:
                rows = self._rows(chunk)
            except SourceError as error:
                failed |= dict.fromkeys(chunk, str(error))
                continue
            for at in chunk:
                try:
                    found[at] = tuple(_advisory(at.name, row) for row in self._read(at.name, rows))
                except SourceError as error:
                    failed[at] = str(error)
        return Answer(
            source=self.name,
            advisories=found,
            unanswered=failed,
            date=self._today,
            retries=tuple(self._session.retried[before:]),
        )

    def _rows(self, chunk: Sequence[Coordinate]) -> Mapping[str, list[msgspec.Raw]]:
        """The registry's rows by package, not read yet."""
        try:
            return self._bulk(chunk)
        except StatusError as error:
            if error.status not in _WITHOUT_BULK:
                raise
            first = error
        try:
            return self._quick(chunk)
        except StatusError as error:
            if error.status not in _WITHOUT_BULK:
                raise
            raise first from None

    def _bulk(self, chunk: Sequence[Coordinate]) -> Mapping[str, list[msgspec.Raw]]:
        versions: dict[str, list[str]] = {}
        for at in chunk:
            versions.setdefault(at.name, []).append(at.version)
        url = self.identity + BULK
        data = self._session.post(url, msgspec.json.encode(versions), self._asked, packed=True)
        rows = schema.decode(data, dict[str, msgspec.Raw], self._asked.at(url))
        for name in rows.keys() - versions.keys():
            self._spare(bytes(rows[name]), url)
        return {name: schema.decode(bytes(rows[name]), list[msgspec.Raw], self._about(name)) for name in rows.keys() & versions.keys()}

    def _spare(self, raw: bytes, url: str) -> None:
        """Advisories about what nobody asked do no harm; anything else there is no audit's answer (an error, a note)."""
        try:
            schema.decode(raw, list[_Row], "")
        except SourceError:
            raise self._asked.broken("answered with something else than advisories", url) from None

    def _quick(self, chunk: Sequence[Coordinate]) -> Mapping[str, list[msgspec.Raw]]:
        """The older endpoint takes a tree, in which a name stands once per level: one request for the first version of each name, one for
        the second, and so on.
        """
        rows: dict[str, list[msgspec.Raw]] = {}
        url = self.identity + QUICK
        for level in _levels(chunk):
            tree = {"name": "audit", "version": "0.0.0", "requires": level, "dependencies": {n: {"version": v} for n, v in level.items()}}
            data = self._session.post(url, msgspec.json.encode(tree), self._asked, packed=True)
            for raw in schema.decode(data, _Quick, self._asked.at(url)).advisories.values():
                name = schema.decode(bytes(raw), _Named, self._asked.at(url)).module_name
                rows.setdefault(name, []).append(raw)
        return rows

    def _read(self, name: str, rows: Mapping[str, list[msgspec.Raw]]) -> Iterator[_Row]:
        for raw in rows.get(name, ()):
            yield schema.decode(bytes(raw), _Row, self._about(name))

    def _about(self, name: str) -> str:
        return f"{self._asked.at(self.identity)}, package {name[:200]}"


def _advisory(name: str, row: _Row) -> Advisory:
    """A row as an advisory; its id is the one (GHSA, MAL) that stands in the URL, else ``npm:`` and the registry's own number."""
    known = next(iter(_links.ids(row.github_advisory_id or row.url or "")), "")
    rating = _severity.rate([row.cvss.vector] if row.cvss and row.cvss.vector else [], row.severity, "npm")
    malware = known.startswith("MAL-") or (row.title or "").startswith(("Malware in ", "Malicious code in "))
    return Advisory(
        id=known or f"npm:{row.id}",
        aliases=tuple(row.cves or ()),
        summary=(row.title or "").strip()[:300],
        url=_links.page(known or f"npm:{row.id}", [("ADVISORY", row.url or "")]),
        severity=Severity.CRITICAL if malware else rating.severity,
        severity_source="malware" if malware else rating.source,
        cvss=rating.vector,
        affected=(Affected(ecosystem="npm", name=name, npm_range=row.vulnerable_versions),),
        published=schema.date(row.created),
        modified=schema.date(row.updated),
        source=NpmRegistry.name,
    )


def _chunks(coordinates: Sequence[Coordinate]) -> Iterator[Sequence[Coordinate]]:
    """Parts of at most ``NAMES`` coordinates, the versions of one package together where they fit."""
    for start in range(0, len(coordinates), NAMES):
        yield coordinates[start : start + NAMES]


def _levels(chunk: Sequence[Coordinate]) -> Iterator[dict[str, str]]:
    waiting: dict[str, list[str]] = {}
    for at in chunk:
        waiting.setdefault(at.name, []).append(at.version)
    while waiting:
        yield {name: versions[0] for name, versions in waiting.items()}
        waiting = {name: versions[1:] for name, versions in waiting.items() if len(versions) > 1}
