"""The OSV service: coordinates in, the full records of every advisory it knows for them out; asked in batches, each record once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from scanner.advisories import Answer, Coordinate, schema
from scanner.errors import SourceError
from scanner.fetch import Asked, Session, StatusError, Unreachable
from scanner.models import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from scanner.models import Advisory

URL = "https://api.osv.dev"
BATCH = 1000
_WORKERS = 8
_PAGES = 200
_GIVE_UP = 3
_HINT = "check the network and --osv-url, or scan with --advisories offline after `security-scan db update`"
_K = TypeVar("_K", bound="Hashable")
_V = TypeVar("_V")


class _Vuln(Struct):
    id: str


class _Result(Struct, frozen=True):
    vulns: list[_Vuln] | None = None
    next_page_token: str | None = None


_NOTHING = _Result()


class _Batch(Struct):
    results: list[msgspec.Raw]


class _Question(Struct, frozen=True, omit_defaults=True):
    coordinate: Coordinate
    token: str = ""


class OsvService:
    """The OSV service or a mirror of it at ``url``; ``today`` (ISO 8601) dates its answers."""

    name = "OSV service"
    ecosystems = schema.ECOSYSTEMS

    def __init__(self, session: Session, *, url: str = URL, today: str = "") -> None:
        self.identity = url.rstrip("/").removesuffix("/v1/query").removesuffix("/v1")
        self._session = session
        self._today = today
        self._asked = Asked(service=self.name, hint=_HINT)

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        """Every advisory for each coordinate; a coordinate whose batch, page or record failed stands in ``unanswered``."""
        before = len(self._session.retried)
        asked = sorted(set(coordinates))
        ids, failed = self._listed(asked)
        wanted = sorted({name for found in ids.values() for name in found})
        records, broken = _parallel(self._record, wanted)
        known = {at: tuple(records[name] for name in sorted(found) if name in records) for at, found in ids.items()}
        for at, found in ids.items():
            if at not in failed and (missing := sorted(name for name in found if name in broken)):
                failed[at] = str(broken[missing[0]])
            if at not in failed and (strange := [one.id for one in known[at] if not _names(one, at)]):
                failed[at] = (
                    f"{self._asked.at(self.identity)}: record {strange[0]} was answered for {at.name} and does not name it ({_HINT})"
                )
        return Answer(
            source=self.name,
            advisories={at: known.get(at, ()) for at in asked if at not in failed},
            unanswered=failed,
            partial={at: known[at] for at in failed if known.get(at)},
            date=self._today,
            retries=tuple(self._session.retried[before:]),
        )

    def _listed(self, coordinates: list[Coordinate]) -> tuple[dict[Coordinate, set[str]], dict[Coordinate, str]]:
        """The ids for each coordinate that has any, page after page, and the coordinates that could not be asked to the end."""
        ids: dict[Coordinate, set[str]] = {}
        failed: dict[Coordinate, str] = {}
        questions = [_Question(coordinate=at) for at in coordinates]
        for _ in range(_PAGES):
            chunks = [tuple(questions[i : i + BATCH]) for i in range(0, len(questions), BATCH)]
            replies, errors = _parallel(self._batch, chunks)
            failed |= {one.coordinate: str(error) for chunk, error in errors.items() for one in chunk}
            questions = [more for chunk, reply in replies.items() for more in _collected(chunk, reply, ids)]
            if not questions:
                return ids, failed
        endless = f"{self._asked.at(self.identity)}: still had another page after {_PAGES} ({_HINT})"
        return ids, failed | {one.coordinate: endless for one in questions}

    def _batch(self, chunk: tuple[_Question, ...]) -> list[_Result]:
        body = msgspec.json.encode({"queries": [_asking(one) for one in chunk]})
        url = f"{self.identity}/v1/querybatch"
        batch = schema.decode(self._session.post(url, body, self._asked), _Batch, self._asked.at(url))
        if len(batch.results) != len(chunk):
            raise self._asked.broken(f"answered {len(batch.results)} of {len(chunk)} questions", url)
        return [self._result(bytes(raw), url) for raw in batch.results]

    def _result(self, raw: bytes, url: str) -> _Result:
        """One result; ``{}`` means that nothing is known, an object that says something else does not."""
        if raw == b"{}":
            return _NOTHING
        result = schema.decode(raw, _Result, self._asked.at(url))
        if result.vulns is None and result.next_page_token is None:
            said = schema.decode(raw, dict[str, msgspec.Raw], self._asked.at(url)).keys()
            if said and not said & {"vulns", "next_page_token"}:
                raise self._asked.broken("answered a question with something else than advisories", url)
        return result

    def _record(self, name: str) -> Advisory:
        url = f"{self.identity}/v1/vulns/{quote(name, safe='')}"
        subject = f"{self._asked.at(url)}, record {name[:100]}"
        data = self._session.get(url, Asked(service=f"{self.name}, record {name[:100]},", hint=_HINT))
        record = schema.advisory(data, source=self.name, subject=subject)
        if record.id != name and name not in record.aliases:
            raise SourceError(f"answered with record {record.id}", subject=subject, hint=_HINT)
        return record


def _names(one: Advisory, at: Coordinate) -> bool:
    """Whether a record is about the package it was answered for; a withdrawn one need not be."""
    name = canonical(at.ecosystem, at.name)
    return bool(one.withdrawn) or any(block.ecosystem == at.ecosystem and block.name == name for block in one.affected)


def _asking(one: _Question) -> dict[str, object]:
    at = one.coordinate
    package = {"name": canonical(at.ecosystem, at.name), "ecosystem": at.ecosystem}
    question: dict[str, object] = {"package": package, "version": at.version}
    return question | ({"page_token": one.token} if one.token else {})


def _collected(chunk: Iterable[_Question], results: Iterable[_Result], ids: dict[Coordinate, set[str]]) -> list[_Question]:
    """Note the ids of one reply; return the questions that have a further page."""
    further: list[_Question] = []
    for one, result in zip(chunk, results, strict=True):
        if result.vulns:
            ids.setdefault(one.coordinate, set()).update(vuln.id for vuln in result.vulns)
        if result.next_page_token:
            further.append(_Question(coordinate=one.coordinate, token=result.next_page_token))
    return further


def _parallel(work: Callable[[_K], _V], items: Iterable[_K]) -> tuple[dict[_K, _V], dict[_K, SourceError]]:
    """Results and errors by item. Once the service itself is down (not one record wrong), what still waits fails with the same words."""
    done: dict[_K, _V] = {}
    failed: dict[_K, SourceError] = {}
    down: list[SourceError] = []

    def one(item: _K) -> None:
        if len(down) >= _GIVE_UP:
            failed[item] = down[0]
            return
        try:
            done[item] = work(item)
        except SourceError as error:
            failed[item] = error
            if isinstance(error, Unreachable) or (isinstance(error, StatusError) and (error.status == 429 or error.status >= 500)):
                down.append(error)

    todo = list(items)
    if len(todo) < 2:
        for item in todo:
            one(item)
        return done, failed
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(_WORKERS, len(todo))) as pool:
        list(pool.map(one, todo))
    return done, failed
