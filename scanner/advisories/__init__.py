"""Advisory sources: coordinates in, candidate advisories out; whether one applies is decided in ``dependencies``. One module per source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scanner.models import Advisory


class Coordinate(Struct, frozen=True, kw_only=True, order=True):
    """What a source is asked about: OSV ecosystem (``npm``, ``PyPI``), the registry's name, one version."""

    ecosystem: str
    name: str
    version: str


class Answer(Struct, frozen=True, kw_only=True):
    """What a source said.

    ``advisories`` has an entry (perhaps empty) for every coordinate that was answered; ``unanswered`` gives the reason for each that was
    not, or not in full, as one line with the next step. A coordinate in both was answered in part: what is known counts, and the reason is
    a Problem all the same (one bad record among good ones, a stale database). One in neither was not answered. ``date`` says how fresh the
    source is (ISO 8601: the day of the query for a service, the newest record for a database). ``retries`` lists what was retried,
    ``notices`` what is worth saying and takes nothing from the check.
    """

    source: str
    advisories: Mapping[Coordinate, tuple[Advisory, ...]]
    unanswered: Mapping[Coordinate, str]
    date: str = ""
    retries: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class Source(Protocol):
    """One advisory source. ``ecosystems`` are OSV's names."""

    name: str
    ecosystems: frozenset[str]

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        """Candidate advisories for each coordinate. Never raises for a failing service: what failed stands in ``Answer.unanswered``."""
