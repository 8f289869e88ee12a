"""Advisory sources: coordinates in, candidate advisories out; whether one applies is decided in ``dependencies``. One module per source."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 -- msgspec reads the annotations at run time
from pathlib import Path  # noqa: TC003 -- the same
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scanner.models import Advisory


class Coordinate(Struct, frozen=True, kw_only=True, order=True, gc=False):
    """What a source is asked about: OSV ecosystem (``npm``, ``PyPI``), the registry's name, one version."""

    ecosystem: str
    name: str
    version: str


class Answer(Struct, frozen=True, kw_only=True):
    """What a source said.

    ``advisories`` has an entry (perhaps empty) for every coordinate that was answered in full; a coordinate that is asked for and stands in
    neither map was not answered. ``unanswered`` gives the reason for each that failed, as one line with the next step; ``partial`` what is
    known about those all the same (one bad record among good ones, a stale database): it counts, and the reason stays a Problem. ``date``
    says how fresh the source is (ISO 8601: the day of the query for a service, the newest record for a database). ``retries`` lists what
    was retried, ``notices`` what is worth saying and takes nothing from the check.
    """

    source: str
    advisories: Mapping[Coordinate, tuple[Advisory, ...]]
    unanswered: Mapping[Coordinate, str]
    date: str = ""
    retries: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    partial: Mapping[Coordinate, tuple[Advisory, ...]] = {}


class Source(Protocol):
    """One advisory source. ``ecosystems`` are OSV's names."""

    name: str
    ecosystems: frozenset[str]

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        """Candidate advisories for each coordinate. Never raises for a failing service: what failed stands in ``Answer.unanswered``."""


class Identified(Source, Protocol):
    """A source that can say whom it asks: ``identity`` is its URL."""

    identity: str


class SourceOptions(Struct, frozen=True, kw_only=True):
    """Which sources a scan asks. ``mode``: ``auto``, ``online`` or ``offline``; ``database``: a database file, or a directory or zip of OSV
    records; ``npm_registry``: empty for none; ``cache``: None for none; ``today`` dates the answers and judges a database's age, ``as_of``
    is the day whose knowledge is wanted. ``deadline`` (``time.monotonic()`` seconds) is when answers come too late.
    """

    database: Path
    today: dt.date
    mode: str = "auto"
    osv_url: str = "https://api.osv.dev"
    npm_registry: str = ""
    cache: Path | None = None
    as_of: dt.date | None = None
    deadline: float = float("inf")


def sources(options: SourceOptions) -> Sequence[Source]:
    """The sources to ask, all of them about all they know: answers are to be united.

    ``online``: the OSV service, and the npm registry where one is configured. ``offline``: the local database alone. ``auto``: as online,
    and what a service leaves unanswered is looked up in the local database.
    """
    from scanner.advisories.database import LocalDatabase

    local = LocalDatabase(options.database, today=options.today, as_of=options.as_of)
    if options.mode == "offline":
        return (local,)
    services = _services(options)
    if options.mode == "auto":
        from scanner.advisories._compose import Fallback

        return tuple(Fallback(one, local) for one in services)
    return services


def _services(options: SourceOptions) -> Sequence[Source]:
    """What is asked over the network, with a memory where there is one."""
    from scanner.advisories.osv import OsvService
    from scanner.fetch import Limits, Session

    today, limits = options.today.isoformat(), Limits(deadline=options.deadline)
    online: list[Identified] = [OsvService(Session(limits), url=options.osv_url, today=today)]
    if options.npm_registry:
        from scanner.advisories.npm_registry import NpmRegistry

        online.append(NpmRegistry(Session(limits), url=options.npm_registry, today=today))
    if options.cache is None:
        return tuple(online)
    from scanner.advisories.cache import Cached

    return tuple(Cached(one, options.cache, today=today) for one in online)
