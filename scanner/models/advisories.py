"""What is published about a package's versions, in one form for every source."""

from __future__ import annotations

from msgspec import Struct

from scanner.models.terms import Severity


class Event(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One bound of an OSV range: ``kind`` is ``introduced``, ``fixed``, ``last_affected`` or ``limit``."""

    kind: str
    version: str


class Range(Struct, frozen=True, kw_only=True, array_like=True):
    """An OSV range; ``type`` is ``SEMVER`` or ``ECOSYSTEM``; events as the record gives them, in any order."""

    type: str
    events: tuple[Event, ...]


class Affected(Struct, frozen=True, kw_only=True, array_like=True):
    """What one advisory says about one package: the union of the listed versions and the ranges (or of npm's own range text)."""

    ecosystem: str
    name: str
    versions: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    npm_range: str = ""


class Advisory(Struct, frozen=True, kw_only=True, array_like=True):
    """One published advisory, whatever source it came from.

    ``severity_source`` says what decided: ``CVSS:3.1 vector``, ``GHSA level``, ``alias GHSA-…``, ``malware``; ``related_ids`` are ids that
    the record mentions only in references and by which twins are joined; dates are ISO 8601 text as published, empty where unknown.
    ``elsewhere``: it also names what ``affected`` leaves out, packages of ecosystems that nobody asks about here, or none at all.
    """

    id: str
    aliases: tuple[str, ...] = ()
    related_ids: tuple[str, ...] = ()
    summary: str = ""
    url: str = ""
    severity: Severity = Severity.UNKNOWN
    severity_source: str = ""
    cvss: str = ""
    affected: tuple[Affected, ...] = ()
    published: str = ""
    modified: str = ""
    withdrawn: str = ""
    source: str = ""
    elsewhere: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Every id by which this advisory is known."""
        return frozenset((self.id, *self.aliases))
