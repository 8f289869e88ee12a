"""A registry's audit endpoints: the bulk one, the older one where it is missing, and rows of every shape."""

from __future__ import annotations

import json

import pytest

from scanner.advisories import Answer
from scanner.advisories.npm_registry import NpmRegistry
from scanner.fetch import Limits, Session
from scanner.models import Severity
from tests.conftest import SHARED
from tests.loopback import FAULTS, Fault, Records, Server, serve
from tests.loopback.faults import reply
from tests.unit.advisories.samples import HIGH, npm, pypi, record

QUICK = Limits(connect_s=1, read_s=1, body_s=2, retries=1, backoff_s=0.01)
ROW = {"id": 7, "url": "https://github.com/advisories/GHSA-2222-3333-4444", "title": "bad", "severity": "high", "vulnerable_versions": "<2"}


@pytest.fixture
def server():
    scored = record(severity=[{"type": "CVSS_V3", "score": HIGH}], database_specific={"severity": "MODERATE"})
    with serve(Records([scored, record("MAL-2024-1", "@evil/one")])) as running:
        yield running


def ask(server: Server, *coordinates) -> Answer:
    session = Session(QUICK)
    try:
        return NpmRegistry(session, url=server.url + "/", today="2024-06-01").query(coordinates)
    finally:
        session.close()


def answered(server: Server, rows: object) -> Answer:
    server.faults = [Fault(reply(200, json.dumps(rows).encode()))]
    return ask(server, npm("left"), npm("right"))


def test_one_gzipped_question_for_all_versions(server: Server) -> None:
    answer = ask(server, npm("left"), npm("left", "3.0.0"), npm("@evil/one"), npm("unknown"), pypi("left"))
    assert {at: [one.id for one in found] for at, found in answer.advisories.items()} == {
        npm("left"): ["GHSA-2222-3333-4444"],
        npm("left", "3.0.0"): ["GHSA-2222-3333-4444"],
        npm("@evil/one"): ["MAL-2024-1"],
        npm("unknown"): [],
    }
    assert answer.advisories[npm("@evil/one")][0].severity_source == "malware"
    assert len(server.requests) == 1
    assert server.requests[0].headers["content-encoding"] == "gzip"
    assert json.loads(server.requests[0].body) == {"@evil/one": ["1.0.0"], "left": ["1.0.0", "3.0.0"], "unknown": ["1.0.0"]}
    assert (answer.source, answer.date, answer.unanswered) == ("npm registry", "2024-06-01", {})


def test_a_row_becomes_an_advisory(server: Server) -> None:
    known = ask(server, npm("left")).advisories[npm("left")][0]
    assert (known.severity, known.severity_source, known.cvss) == (Severity.HIGH, "CVSS:3.1 vector (npm level says moderate)", HIGH)
    assert known.affected[0].npm_range == "<2.0.0"
    assert known.url == "https://github.com/advisories/GHSA-2222-3333-4444"


@pytest.mark.parametrize(
    ("change", "identity", "severity", "source"),
    [
        ({}, "GHSA-2222-3333-4444", Severity.HIGH, "npm level"),
        ({"cvss": {"score": 0, "vectorString": None}}, "GHSA-2222-3333-4444", Severity.HIGH, "npm level"),
        ({"cvss": None}, "GHSA-2222-3333-4444", Severity.HIGH, "npm level"),
        ({"severity": "info"}, "GHSA-2222-3333-4444", Severity.LOW, "npm level"),
        ({"severity": "unheard of"}, "GHSA-2222-3333-4444", Severity.UNKNOWN, ""),
        ({"url": "https://a.example/advisories/755"}, "npm:7", Severity.HIGH, "npm level"),
        ({"url": None, "id": "1-2"}, "npm:1-2", Severity.HIGH, "npm level"),
        ({"title": "Malware in left"}, "GHSA-2222-3333-4444", Severity.CRITICAL, "malware"),
    ],
)
def test_rows_of_every_kind(server: Server, change: dict[str, object], identity: str, severity: Severity, source: str) -> None:
    known = answered(server, {"left": [ROW | change]}).advisories[npm("left")][0]
    assert (known.id, known.severity, known.severity_source) == (identity, severity, source)


@pytest.mark.parametrize(
    "rows",
    [
        [ROW, 7],
        [{}],
        [{key: value for key, value in ROW.items() if key != "vulnerable_versions"}],
        7,
        {"a": 1},
        [ROW | {"cvss": 7}],
        [None],
    ],
)
def test_a_bad_row_leaves_only_its_package_unanswered(server: Server, rows: object) -> None:
    answer = answered(server, {"left": rows, "right": [ROW]})
    if answer.advisories:
        assert list(answer.advisories) == [npm("right")]
    assert "another shape" in answer.unanswered[npm("left")]


def test_rows_about_what_nobody_asked_are_left_alone(server: Server) -> None:
    assert answered(server, {"stranger": [ROW]}).advisories == {npm("left"): (), npm("right"): ()}


@pytest.mark.parametrize("status", ["404", "410", "503"])
def test_the_older_endpoint_answers_where_the_bulk_one_is_missing(server: Server, status: str) -> None:
    server.faults.append(Fault(FAULTS[status], route="advisories/bulk"))
    answer = ask(server, npm("left"), npm("left", "3.0.0"), npm("left", "1.5.0"), npm("unknown"))
    assert not answer.unanswered
    assert [one.id for one in answer.advisories[npm("left")]] == ["GHSA-2222-3333-4444", "GHSA-2222-3333-4444"]
    assert answer.advisories[npm("unknown")] == ()
    assert server.count("audits/quick") == 3


@pytest.mark.parametrize("status", ["400", "401", "403", "429", "500", "502"])
def test_other_failures_are_failures(server: Server, status: str) -> None:
    server.faults.append(Fault(FAULTS[status], route="advisories/bulk"))
    answer = ask(server, npm("left"))
    assert not answer.advisories
    assert f"HTTP {status}" in answer.unanswered[npm("left")]
    assert server.count("audits/quick") == 0


def test_a_registry_without_audits_is_said_to_be_one(server: Server) -> None:
    server.faults.append(Fault(FAULTS["404"]))
    assert "may not offer audits" in ask(server, npm("left")).unanswered[npm("left")]


@pytest.mark.parametrize("rows", [{"error": "down"}, {"message": ["down"]}, {"ok": True, "left": [ROW]}, {"results": [{"id": 1}]}])
def test_an_answer_about_something_else_is_no_answer(server: Server, rows: object) -> None:
    answer = answered(server, rows)
    assert not answer.advisories
    assert "something else than advisories" in answer.unanswered[npm("left")]


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["npm-bulk-pnpm", "npm-audit"])
def test_recorded_answers_are_read(server: Server, folder: str) -> None:
    read = 0
    for path in sorted((SHARED / "protocol" / folder).glob("*bulk*.json")) + sorted((SHARED / "protocol" / folder).glob("*response.json")):
        rows = json.loads(path.read_text())
        server.faults = [Fault(reply(200, json.dumps(rows).encode()))]
        answer = ask(server, *(npm(name) for name in rows))
        assert not answer.unanswered, path.name
        for name, expected in rows.items():
            found = answer.advisories[npm(name)]
            assert [one.affected[0].npm_range for one in found] == [row["vulnerable_versions"] for row in expected]
            assert all(one.id.startswith("GHSA-") == ("/GHSA-" in row["url"]) for one, row in zip(found, expected, strict=True))
            read += len(found)
    assert read > 5


@pytest.mark.shared
@pytest.mark.parametrize("name", ["audit-one-vuln__audit", "audit-nyc-mkdirp__audit", "audit-omit__quick"])
def test_recorded_answers_of_the_older_endpoint_are_read(server: Server, name: str) -> None:
    report = json.loads((SHARED / "protocol" / "npm-audit" / f"{name}.json").read_text())
    body = json.dumps(report).encode()
    server.faults = [Fault(FAULTS["404"], route="advisories/bulk"), Fault(reply(200, body), route="audits/quick")]
    names = {entry["module_name"] for entry in report["advisories"].values()}
    answer = ask(server, *(npm(one) for one in names))
    assert sum(map(len, answer.advisories.values())) == len(report["advisories"])
    assert {f"npm:{key}" for key in report["advisories"]} == {one.id for found in answer.advisories.values() for one in found}
