"""The scan's own time limit reaches every stage: what is not done by then is a Problem, and the scan ends."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner import deadline
from scanner.advisories import Coordinate, SourceOptions, sources
from scanner.cli import main
from scanner.commands import deliver
from scanner.dependencies import resolve
from scanner.errors import SourceError
from scanner.fetch import Asked, Limits, Session
from scanner.models import Location, Lockfile, Requirement
from tests.loopback import serve
from tests.loopback.faults import Fault, drip, drip_headers, reply
from tests.pull_request import PullRequest

ADVISORIES = Path(__file__).parents[2] / "examples" / "advisories"
FAULTS = {"drip": drip, "header drip": drip_headers, "busy": reply(503), "wait": reply(429, b"", (("Retry-After", "20"),))}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_scan_ends_when_its_time_is_up_whatever_a_service_does(fault: str, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("jinja2==3.1.2\n")
    (tmp_path / "a.py").write_text("print(1)\n")
    report, out = tmp_path.parent / f"{tmp_path.name}.json", io.StringIO()
    with serve(ADVISORIES) as server:
        server.faults.append(Fault(send=FAULTS[fault]))
        started = time.monotonic()
        args = ["scan", str(tmp_path), "--advisories", "online", "--osv-url", server.url, "--timeout", "2", "-o", f"json={report}"]
        code = main(args, {}, out, out)
        seconds = time.monotonic() - started
    problems = json.loads(report.read_text())["problems"]
    assert (code, seconds < 6) == (3, True), (seconds, out.getvalue())
    assert any("1 of 1 packages not checked" in one["reason"] for one in problems), problems


def test_files_that_the_time_did_not_suffice_for_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("jinja2==3.1.2\n")
    (tmp_path / "a.py").write_text("print(1)\n")
    report, out = tmp_path.parent / f"{tmp_path.name}.json", io.StringIO()
    with serve(ADVISORIES) as server:
        server.faults.append(Fault(send=drip))
        args = ["scan", str(tmp_path), "--advisories", "online", "--osv-url", server.url, "--timeout", "1", "-o", f"json={report}"]
        assert main(args, {}, out, out) == 3
    problems = json.loads(report.read_text())["problems"]
    assert any("not scanned for secrets" in one["reason"] for one in problems), problems


def test_a_session_whose_time_is_up_asks_nobody() -> None:
    with serve(ADVISORIES) as server:
        session = Session(Limits(deadline=time.monotonic() - 1))
        with pytest.raises(SourceError, match="the time for the scan was up"):
            session.get(server.url, Asked(service="X"))
        assert not server.requests


def test_sources_know_the_deadline(tmp_path: Path) -> None:
    at = Coordinate(ecosystem="PyPI", name="jinja2", version="3.1.2")
    with serve(ADVISORIES) as server:
        options = SourceOptions(
            database=tmp_path / "none", today=dt.date(2026, 3, 1), mode="online", osv_url=server.url, npm_registry=server.url,
            deadline=time.monotonic() - 1,
        )
        answers = [source.query([replaced]) for source in sources(options) for replaced in (at,) if at.ecosystem in source.ecosystems]
        assert not server.requests
    assert all("the time for the scan was up" in answer.unanswered[at] for answer in answers)
    assert answers


def test_requirements_are_not_resolved_after_the_deadline() -> None:
    def pip(wanted: object, pinned: object, seconds: float) -> resolve.Report:
        raise AssertionError("pip is not to be asked")

    wanted = Requirement(name="a", location=Location(path="requirements.txt"))
    lock = Lockfile(path="requirements.txt", format="requirements", ecosystem="PyPI", audit="python", unpinned=(wanted,))
    (problem,) = resolve.with_pip(pip, 300, time.monotonic() - 1)(lock).problems
    assert "the time for the scan was up" in problem.reason


def test_pip_has_no_more_time_than_the_scan() -> None:
    given: list[float] = []

    def pip(wanted: object, pinned: object, seconds: float) -> resolve.Report:
        given.append(seconds)
        return resolve.Report(failure="no")

    wanted = Requirement(name="a", location=Location(path="requirements.txt"))
    lock = Lockfile(path="requirements.txt", format="requirements", ecosystem="PyPI", audit="python", unpinned=(wanted,))
    resolve.with_pip(pip, 300, time.monotonic() + 5)(lock)
    assert 0 < given[0] <= 5


@pytest.mark.parametrize("fault", FAULTS)
def test_the_time_counts_from_the_first_question_to_the_last(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub is asked for the base before the scan, and for the comment after it."""
    monkeypatch.setattr(deliver, "COMMENT_S", 1.0)
    pull = PullRequest(tmp_path, {"a.py": "print(1)\n"}, {"b.py": "print(2)\n"}).shallow()
    with serve(ADVISORIES) as server:
        server.faults.append(Fault(send=FAULTS[fault]))
        started = time.monotonic()
        code, report, log = pull.scan("--timeout", "2", api=server.url, inputs={"token": "t0ken", "comment": "true"})
        seconds = time.monotonic() - started
    assert seconds < 8, (seconds, log)
    assert code in (0, 3), log  # busy for good is no longer than the tries take
    assert "what this change introduced is not known" in log
    assert "pull request comment: not written" in log
    assert report["verdict"] == ("pass" if code == 0 else "incomplete")


def test_each_stage_has_what_the_ones_before_it_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("print(1)\n")
    (tmp_path / ".security-scan.yml").write_text("timeout: 100\n")
    given: list[float] = []

    @contextlib.contextmanager
    def hard(seconds: float) -> Iterator[None]:
        given.append(seconds)
        yield
        time.sleep(0.2)

    monkeypatch.setattr(deadline, "hard", hard)
    assert main([str(tmp_path), "--only", "secrets"], {}, io.StringIO(), io.StringIO()) == 0
    before, scanning, telling = given
    assert before == 1800
    assert scanning <= 99.8
    assert telling <= scanning - 0.2
    assert main([str(tmp_path), "--only", "secrets", "--timeout", "50"], {}, io.StringIO(), io.StringIO()) == 0
    assert given[3] == 50
    assert given[5] <= 49.6


def test_what_is_left_is_never_less_than_nothing() -> None:
    assert deadline.left(time.monotonic() - 5) == 0
