"""Which sources a scan asks, and one source standing in for another."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from scanner.advisories import SourceOptions, sources
from tests.loopback import FAULTS, Fault, Records, serve
from tests.unit.advisories.samples import npm, pypi, record

TODAY = dt.date(2024, 5, 10)


@pytest.fixture
def server():
    with serve(Records([record()])) as running:
        yield running


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(record("GHSA-7777-7777-7777")))
    (folder / "b.json").write_text(json.dumps(record("PYSEC-2024-1", "right", "PyPI")))
    return folder


def options(server, database: Path, mode: str, **more) -> SourceOptions:
    return SourceOptions(database=database, today=TODAY, mode=mode, osv_url=server.url, **more)


@pytest.mark.parametrize(
    ("mode", "registry", "names"),
    [
        ("online", False, ["OSV service"]),
        ("online", True, ["OSV service", "npm registry"]),
        ("auto", True, ["OSV service", "npm registry"]),
        ("offline", True, ["local database"]),
    ],
)
def test_who_is_asked(server, records: Path, mode: str, registry: bool, names: list[str]) -> None:
    chosen = sources(options(server, records, mode, npm_registry=server.url if registry else ""))
    assert [one.name for one in chosen] == names


def test_online_needs_no_database_and_offline_no_network(server, records: Path, tmp_path: Path) -> None:
    (online,) = sources(options(server, tmp_path / "none", "auto"))
    assert [one.id for one in online.query([npm("left")]).advisories[npm("left")]] == ["GHSA-2222-3333-4444"]
    server.requests.clear()
    (offline,) = sources(options(server, records, "offline", npm_registry=server.url))
    assert [one.id for one in offline.query([npm("left")]).advisories[npm("left")]] == ["GHSA-7777-7777-7777"]
    assert server.requests == []


def test_offline_without_a_database_says_how_to_get_one(server, tmp_path: Path) -> None:
    (offline,) = sources(options(server, tmp_path / "none", "offline"))
    assert "does not exist (run `security-scan db update`" in offline.query([npm("left")]).unanswered[npm("left")]


def test_a_service_that_is_down_without_a_database_says_both(server, tmp_path: Path) -> None:
    server.faults.append(Fault(FAULTS["403"], route="querybatch"))
    (one,) = sources(options(server, tmp_path / "none", "auto"))
    answer = one.query([npm("left")])
    assert answer.advisories == {}
    assert answer.source == "OSV service"
    assert "HTTP 403" in answer.unanswered[npm("left")]
    assert "does not exist (run `security-scan db update`" in answer.unanswered[npm("left")]


def test_a_service_that_answers_is_believed_alone(server, records: Path) -> None:
    (one,) = sources(options(server, records, "auto"))
    answer = one.query([npm("left"), pypi("right")])
    assert {at.name: [a.id for a in found] for at, found in answer.advisories.items()} == {"left": ["GHSA-2222-3333-4444"], "right": []}
    assert answer.source == "OSV service"
    assert answer.notices == ()


def test_a_service_that_is_down_is_replaced_by_the_database_aloud(server, records: Path) -> None:
    server.faults.append(Fault(FAULTS["403"], route="querybatch"))
    (one,) = sources(options(server, records, "auto"))
    answer = one.query([npm("left"), pypi("right"), npm("more")])
    assert {at.name: [a.id for a in found] for at, found in answer.advisories.items()} == {
        "left": ["GHSA-7777-7777-7777"],
        "right": ["PYSEC-2024-1"],
        "more": [],
    }
    assert (answer.source, answer.date, answer.unanswered) == ("local database", "2024-05-01T00:00:00Z", {})
    assert "refuses access (HTTP 403)" in answer.notices[0]
    assert answer.notices[0].endswith("3 packages looked up in the local database of 2024-05-01 instead")


def test_what_neither_knows_stays_unanswered_with_both_reasons(server, tmp_path: Path) -> None:
    only = tmp_path / "records"
    only.mkdir()
    (only / "a.json").write_text(json.dumps(record()))
    server.faults.append(Fault(FAULTS["403"], route="querybatch"))
    (one,) = sources(options(server, only, "auto"))
    answer = one.query([npm("left"), pypi("right")])
    assert list(answer.advisories) == [npm("left")]
    assert "HTTP 403" in answer.unanswered[pypi("right")]
    assert "holds no PyPI record" in answer.unanswered[pypi("right")]


def test_one_record_that_fails_is_looked_up_in_the_database(server, records: Path) -> None:
    server.faults.append(Fault(FAULTS["404"], route="/vulns/"))
    (one,) = sources(options(server, records, "auto"))
    answer = one.query([npm("left"), npm("more")])
    assert answer.source == "OSV service, local database"
    assert [a.id for a in answer.advisories[npm("left")]] == ["GHSA-7777-7777-7777"]
    assert "1 package looked up" in answer.notices[0]


def test_a_broken_database_is_no_help(server, tmp_path: Path) -> None:
    (tmp_path / "adv.db").write_text("SSGADV")
    server.faults.append(Fault(FAULTS["403"], route="querybatch"))
    (one,) = sources(options(server, tmp_path / "adv.db", "auto"))
    answer = one.query([npm("left")])
    assert not answer.advisories
    assert "HTTP 403" in answer.unanswered[npm("left")]


def test_answers_are_kept_where_a_cache_is_given(server, records: Path, tmp_path: Path) -> None:
    chosen = options(server, records, "auto", cache=tmp_path / "cache", npm_registry=server.url)
    cold = [one.query([npm("left")]) for one in sources(chosen)]
    count = len(server.requests)
    assert [one.query([npm("left")]) for one in sources(chosen)] == cold
    assert len(server.requests) == count
