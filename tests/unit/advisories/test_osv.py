"""The OSV service against a loopback one: batches, pages, each record once, and exactly what failed unanswered."""

from __future__ import annotations

import json

import pytest

from scanner.advisories import Answer
from scanner.advisories.osv import OsvService
from scanner.fetch import Limits, Session
from tests.conftest import SHARED
from tests.loopback import FAULTS, Fault, Records, Server, serve
from tests.loopback.faults import reply
from tests.unit.advisories.samples import npm, pypi, record

QUICK = Limits(connect_s=1, read_s=1, body_s=2, retries=1, backoff_s=0.01)


@pytest.fixture
def server():
    many = [record(f"GHSA-2222-2222-222{i}", "many") for i in range(2, 9)]
    with serve(Records([record(), record("GHSA-5555-5555-5555", "flask", "PyPI"), *many])) as running:
        yield running


def ask(server: Server, *coordinates) -> Answer:
    session = Session(QUICK)
    try:
        return OsvService(session, url=server.url, today="2024-06-01").query(coordinates)
    finally:
        session.close()


def ids(answer: Answer) -> dict[str, list[str]]:
    return {at.name: [one.id[-4:] for one in found] for at, found in answer.advisories.items()}


def test_every_coordinate_is_answered_once(server: Server) -> None:
    answer = ask(server, npm("left"), npm("left"), npm("left", "2.0.0"), pypi("Flask"), npm("unknown"))
    assert {(at.name, at.version): len(found) for at, found in answer.advisories.items()} == {
        ("left", "1.0.0"): 1,
        ("left", "2.0.0"): 0,
        ("Flask", "1.0.0"): 1,
        ("unknown", "1.0.0"): 0,
    }
    assert (answer.source, answer.date, answer.unanswered, answer.retries) == ("OSV service", "2024-06-01", {}, ())
    assert (server.count("querybatch"), server.count("/vulns/")) == (1, 2)


@pytest.mark.parametrize(("packages", "requests"), [(1, 1), (1000, 1), (1001, 2), (2500, 3)])
def test_packages_without_findings_cost_one_request_a_thousand(server: Server, packages: int, requests: int) -> None:
    answer = ask(server, *(npm(f"p{i}") for i in range(packages)))
    assert len(answer.advisories) == packages
    assert len(server.requests) == requests
    assert max(len(json.loads(request.body)["queries"]) for request in server.requests) <= 1000


@pytest.mark.parametrize(("size", "bare", "requests"), [(0, False, 1), (3, False, 3), (3, True, 4), (7, False, 1), (1, True, 8)])
def test_pages_are_asked_for_until_there_are_none(server: Server, size: int, bare: bool, requests: int) -> None:
    server.page_size, server.bare_tokens = size, bare
    answer = ask(server, npm("many"), npm("left"), npm("unknown"))
    assert ids(answer) == {"many": [f"222{i}" for i in range(2, 9)], "left": ["4444"], "unknown": []}
    assert server.count("querybatch") == requests
    asked = [len(json.loads(request.body)["queries"]) for request in server.requests if "querybatch" in request.path]
    assert asked[0] == 3
    assert all(count <= 2 for count in asked[1:])


def test_pages_without_end_are_given_up(server: Server) -> None:
    server.faults.append(Fault(reply(200, b'{"results":[{"next_page_token":"more"}]}'), route="querybatch"))
    answer = ask(server, npm("left"))
    assert not answer.advisories
    assert "another page after 200" in answer.unanswered[npm("left")]


def test_one_record_that_fails_leaves_only_its_packages_unanswered(server: Server) -> None:
    server.faults.append(Fault(FAULTS["404"], route="2222-2225"))
    answer = ask(server, npm("many"), npm("left"))
    assert ids(answer) == {"left": ["4444"]}
    assert list(answer.unanswered) == [npm("many")]
    assert "record GHSA-2222-2222-2225" in answer.unanswered[npm("many")]
    assert len(answer.partial[npm("many")]) == 6


def test_many_bad_records_do_not_stop_the_good_ones(server: Server) -> None:
    server.faults.append(Fault(FAULTS["json of another shape"], route="2222-222"))
    answer = ask(server, npm("many"), npm("left"), pypi("flask"))
    assert ids(answer) == {"left": ["4444"], "flask": ["5555"]}
    assert "another shape" in answer.unanswered[npm("many")]


def test_a_service_that_dies_in_the_middle_is_not_asked_for_every_record(server: Server) -> None:
    for i in range(60):
        server.records.add(record(f"GHSA-3333-3333-{2222 + i}", "crowd"))
    server.faults.append(Fault(FAULTS["503"], route="/vulns/"))
    answer = ask(server, npm("crowd"), npm("unknown"))
    assert list(answer.unanswered) == [npm("crowd")]
    assert server.count("/vulns/") <= 2 * (3 + 8)
    assert answer.retries


def test_one_batch_that_fails_leaves_only_its_packages_unanswered(server: Server) -> None:
    server.faults.append(Fault(FAULTS["400"], route="querybatch", times=1))
    answer = ask(server, *(npm(f"p{i:04}") for i in range(1500)))
    assert sorted([len(answer.advisories), len(answer.unanswered)]) == [500, 1000]


def test_another_number_of_answers_than_questions_is_refused(server: Server) -> None:
    server.faults.append(Fault(reply(200, b'{"results":[{}]}'), route="querybatch"))
    answer = ask(server, npm("left"), npm("right"))
    assert "answered 1 of 2 questions" in answer.unanswered[npm("left")]


def test_a_record_under_another_id_is_refused(server: Server) -> None:
    server.faults.append(Fault(reply(200, b'{"id":"GHSA-9999-9999-9999"}'), route="/vulns/"))
    assert "answered with record GHSA-9999-9999-9999" in ask(server, npm("left")).unanswered[npm("left")]
    moved = json.dumps(record("GHSA-9999-9999-9999", aliases=["GHSA-2222-3333-4444"])).encode()
    server.faults[0] = Fault(reply(200, moved), route="/vulns/")
    assert ids(ask(server, npm("left"))) == {"left": ["9999"]}


@pytest.mark.parametrize("body", [{"id": "GHSA-2222-3333-4444"}, record(name="other"), record(affected=[]), record(ecosystem="Go")])
def test_a_record_that_does_not_name_the_package_is_no_clean_bill(server: Server, body: dict[str, object]) -> None:
    server.faults.append(Fault(reply(200, json.dumps(body).encode()), route="/vulns/"))
    assert "was answered for left and does not name it" in ask(server, npm("left")).unanswered[npm("left")]
    withdrawn = json.dumps(body | {"withdrawn": "2024-01-01T00:00:00Z"}).encode()
    server.faults = [Fault(reply(200, withdrawn), route="/vulns/")]
    assert not ask(server, npm("left")).unanswered


def test_a_result_that_says_something_else_is_no_clean_bill(server: Server) -> None:
    server.faults.append(Fault(reply(200, b'{"results":[{"error":"overloaded"}]}'), route="querybatch"))
    assert "something else than advisories" in ask(server, npm("left")).unanswered[npm("left")]


def test_null_lists_and_empty_tokens_are_none(server: Server) -> None:
    server.faults.append(Fault(reply(200, b'{"results":[{"vulns":null,"next_page_token":""},{"vulns":[]}]}'), route="querybatch"))
    assert ids(ask(server, npm("a"), npm("b"))) == {"a": [], "b": []}


@pytest.mark.parametrize("tail", ["", "/", "/v1", "/v1/query"])
def test_the_address_may_be_written_as_other_tools_want_it(server: Server, tail: str) -> None:
    session = Session(QUICK)
    assert OsvService(session, url=server.url + tail).query([npm("left")]).advisories
    session.close()


@pytest.mark.shared
def test_recorded_exchanges_are_asked_and_read_alike(server: Server) -> None:
    for path in sorted((SHARED / "protocol" / "osv-querybatch").glob("*.json")):
        exchange = json.loads(path.read_text())
        queries = [q for q in exchange["request"]["body"]["queries"] if "package" in q]
        if len(queries) != len(exchange["response"]["body"]["results"]):
            continue
        unique = {
            (q["package"]["ecosystem"], q["package"]["name"], q.get("version", "")): r
            for q, r in zip(queries, exchange["response"]["body"]["results"], strict=True)
        }
        body = {"results": [unique[key] for key in sorted(unique)]}
        server.faults = [Fault(reply(200, json.dumps(body).encode()), route="querybatch"), Fault(FAULTS["404"], route="/vulns/")]
        coordinates = [type(npm("a"))(ecosystem=e, name=n, version=v) for e, n, v in unique]
        server.requests.clear()
        answer = ask(server, *coordinates)
        hit = {at for at, r in zip(sorted(coordinates), body["results"], strict=True) if r.get("vulns")}
        assert set(answer.unanswered) == hit, path.name
        sent = json.loads(server.requests[0].body)["queries"]
        assert {(q["package"]["ecosystem"], q["package"]["name"].lower(), q["version"]) for q in sent} == {
            (e, n.lower(), v) for e, n, v in unique
        }
