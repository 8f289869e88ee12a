"""OSV records (https://ossf.github.io/osv-schema/): the bytes of one in, an Advisory out, or a SourceError that names record and key."""

from __future__ import annotations

import functools
import re
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from scanner.advisories import _links, _severity
from scanner.errors import SourceError
from scanner.models import Advisory, Affected, Event, Range, Severity, canonical

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

ECOSYSTEMS = frozenset({"PyPI", "npm"})
_KINDS = ("introduced", "fixed", "last_affected", "limit")
_SUMMARY = 300
_LAST_KNOWN = re.compile(r"\s*(<=|<|=)\s*([^\s,<>=|]+)\s*\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,20}(?:Z|[+-]\d\d:?\d\d)?)?\Z")
_AT = re.compile(r"(.*) - at `\$\.?(.*)`\Z")
_FIRST = threading.Lock()
"""Held while a decoder may be made: of two threads that make the first one of a type, msgspec gives the second half a type, and crashes."""
_T = TypeVar("_T")


class _Package(Struct):
    ecosystem: str
    name: str


class _Event(Struct, omit_defaults=True):
    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class _Range(Struct):
    type: str
    events: list[_Event] | None = None


class _Score(Struct):
    type: str = ""
    score: str | None = None


class _Specific(Struct, rename={"last_known": "last_known_affected_version_range", "origins": "malicious-packages-origins"}):
    severity: str | None = None
    last_known: str | None = None
    origins: msgspec.Raw = msgspec.Raw()


class _Affected(Struct):
    package: _Package | None = None
    versions: list[str] | None = None
    ranges: list[_Range] | None = None
    severity: list[_Score] | None = None
    database_specific: _Specific | None = None


class _Reference(Struct):
    type: str = ""
    url: str = ""


class _Record(Struct):
    id: str
    schema_version: str | None = None
    modified: str | None = None
    published: str | None = None
    withdrawn: str | None = None
    aliases: list[str] | None = None
    summary: str | None = None
    details: str | None = None
    severity: list[_Score] | None = None
    affected: list[_Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: _Specific | None = None


def advisory(data: bytes, *, source: str, subject: str = "") -> Advisory:
    """The advisory that an OSV record (JSON text) tells; packages of other ecosystems than ``ECOSYSTEMS`` are left out of ``affected``.

    Raises SourceError, its subject the record's id (or ``subject`` where it has none), for text that is not JSON, a key of the wrong type
    or a schema of another generation.
    """
    return _built(decode(data, _Record, subject), source)


def decode(data: bytes, shape: type[_T], subject: str) -> _T:
    """JSON text as ``shape``; unknown keys are ignored. Raises SourceError naming the key that is wrong."""
    try:
        with _FIRST:
            decoder = _decoder(shape)  # type: ignore[arg-type]
        record: _T = decoder.decode(data)
        return record
    except msgspec.ValidationError as error:
        raise SourceError(_wrong(error), subject=identity(data) or subject, hint="report it to the source of the record") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise SourceError("is not whole, readable JSON", subject=subject, hint="fetch it again; it may be cut off") from None


def identity(data: bytes) -> str:
    """The id of a record that may otherwise be broken; empty where none can be read."""
    try:
        found: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""
    name = found.get("id") if isinstance(found, dict) else None
    return name if isinstance(name, str) and len(name) < 100 and name.isprintable() else ""


def date(text: str | None) -> str:
    """A date as ISO 8601 writes it, as it stands; empty for other words, which nobody could compare and reports would show."""
    return text if text and _DATE.match(text) else ""


@functools.cache
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def _wrong(error: msgspec.ValidationError) -> str:
    match = _AT.match(str(error))
    what, where = match.groups() if match else (str(error), "")
    return f"has another shape than expected: key `{where}`: {what}" if where else f"has another shape than expected: {what}"


def _built(record: _Record, source: str) -> Advisory:
    if not record.id or not record.id.isprintable() or len(record.id) > 200:
        raise SourceError("has no usable id", subject=repr(record.id[:50])[1:-1], hint="report it to the source of the record")
    if (record.schema_version or "1").partition(".")[0] != "1":
        version = repr(record.schema_version) if re.fullmatch(r"[\d.]{1,20}", record.schema_version or "") else "other than 1"
        raise SourceError(f"uses schema version {version}", subject=record.id, hint="update the scanner: it reads version 1")
    blocks = [block for block in record.affected or () if block.package and block.package.ecosystem in ECOSYSTEMS]
    rating = _rated(record, blocks)
    aliases = tuple(dict.fromkeys(name for name in record.aliases or () if name != record.id))
    links = [(reference.type, reference.url) for reference in record.references or ()]
    return Advisory(
        id=record.id,
        aliases=aliases,
        related_ids=_links.related((record.id, *aliases), [url for _, url in links]),
        summary=_line(record.summary) or _line(record.details),
        url=_links.page(record.id, links),
        severity=rating.severity,
        severity_source=rating.source,
        cvss=rating.vector,
        affected=tuple(_affected(block) for block in blocks),
        elsewhere=len(blocks) < len(record.affected or ()),
        published=date(record.published),
        modified=date(record.modified),
        withdrawn=date(record.withdrawn),
        source=source,
    )


def _rated(record: _Record, blocks: list[_Affected]) -> _severity.Rating:
    label = (record.database_specific and record.database_specific.severity) or ""
    scores = [*(record.severity or ()), *(one for block in blocks for one in block.severity or ())]
    vectors = [one.score for one in scores if one.score and one.type.startswith("CVSS")]
    rating = _severity.rate(vectors, label, _owner(record.id))
    if _malware(record):
        return _severity.Rating(severity=Severity.CRITICAL, source="malware", vector=rating.vector)
    return rating


def _owner(name: str) -> str:
    return name.partition("-")[0] if "-" in name else "database"


def _malware(record: _Record) -> bool:
    """Records of the malicious-packages database, and GitHub's advisories of type malware, which are all titled alike."""
    named = any(name.startswith("MAL-") for name in (record.id, *(record.aliases or ())))
    marked = record.database_specific is not None and bool(bytes(record.database_specific.origins))
    return named or marked or (record.summary or "").startswith(("Malware in ", "Malicious code in "))


def _affected(block: _Affected) -> Affected:
    package = block.package
    assert package is not None
    last = (block.database_specific and block.database_specific.last_known) or ""
    ranges = tuple(_narrowed(one, last) for one in _ranges(block.ranges or []))
    name = canonical(package.ecosystem, package.name)
    return Affected(ecosystem=package.ecosystem, name=name, versions=tuple(block.versions or ()), ranges=ranges)


def _ranges(ranges: list[_Range]) -> Iterator[Range]:
    for one in ranges:
        if one.type in {"SEMVER", "ECOSYSTEM"}:
            yield Range(type=one.type, events=tuple(_events(one.events or [])))


def _events(events: list[_Event]) -> Iterator[Event]:
    for event in events:
        for kind in _KINDS:
            version: str | None = getattr(event, kind)
            if version is not None:
                yield Event(kind=kind, version=version)


def _narrowed(one: Range, last: str) -> Range:
    """Close an open range by ``last_known_affected_version_range``: GitHub's own bound, which its OSV export cannot say in events."""
    match = _LAST_KNOWN.match(last)
    if not match or any(event.kind in {"fixed", "last_affected"} for event in one.events):
        return one
    kind = "fixed" if match[1] == "<" else "last_affected"
    return Range(type=one.type, events=(*one.events, Event(kind=kind, version=match[2])))


def _line(text: str | None) -> str:
    """The first line that says something, in printable characters, cut to a readable length."""
    first = next((line for line in (text or "")[:5000].splitlines() if line.strip(" #-=_*`\t")), "")
    plain = (first if first.isprintable() else "".join(c if c.isprintable() else " " for c in first)).strip()
    return plain if len(plain) <= _SUMMARY else plain[: _SUMMARY - 1] + "…"
