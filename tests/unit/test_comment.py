"""The comment on a pull request: one, updated in place, removed when clean; whatever goes wrong is a Notice and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from scanner.comment import Thread, keep
from scanner.errors import SourceError
from scanner.fetch import Asked, Limits, Session
from scanner.reporters.markdown import MARKER
from tests.unit.github_api.server import Api, serving
from tests.unit.reporters import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.models import Notice, Verdict

OURS = f"## old\n\n{MARKER}\n"


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as running:
        yield running


@pytest.fixture
def session() -> Iterator[Session]:
    opened = Session(Limits(retries=0))
    yield opened
    opened.close()


def kept(api: Api, session: Session, verdict: Verdict, **changed: object) -> Notice | None:
    thread = Thread(api_url=api.url, repository="o/r", number=7, token=api.token)
    return keep(session, replace(thread, **changed), verdict)


def test_the_first_failing_scan_writes_it(api: Api, session: Session) -> None:
    assert kept(api, session, sample.verdict()) is None
    (one,) = api.comments
    assert one["body"].startswith("## ❌ Security scan failed: 3 findings block")
    assert one["body"].rstrip().endswith(MARKER)
    assert api.refused == []


def test_the_next_one_updates_it_in_place(api: Api, session: Session) -> None:
    kept(api, session, sample.verdict())
    first = api.comments[0]["id"]
    assert kept(api, session, sample.incomplete()) is None
    (one,) = api.comments
    assert one["id"] == first
    assert "incomplete" in one["body"]


def test_a_clean_scan_removes_it_and_writes_none(api: Api, session: Session) -> None:
    kept(api, session, sample.verdict())
    assert kept(api, session, sample.clean()) is None
    assert kept(api, session, sample.clean()) is None
    assert api.comments == []


def test_it_is_found_behind_hundreds_of_others(api: Api, session: Session) -> None:
    for number in range(230):
        api.add(f"comment {number}", user="User")
    ours = api.add(OURS)
    assert kept(api, session, sample.verdict()) is None
    assert [one["id"] for one in api.comments if MARKER in one["body"]] == [ours]
    assert sum(asked.startswith("GET") for asked in api.asked) == 3


def test_of_several_the_oldest_stays(api: Api, session: Session) -> None:
    first = api.add(OURS)
    api.add(OURS)
    kept(api, session, sample.verdict())
    assert [one["id"] for one in api.comments] == [first]


@pytest.mark.parametrize(
    ("user", "association", "believed"),
    [("User", "NONE", False), ("User", "CONTRIBUTOR", False), ("User", "MEMBER", True), ("Bot", "NONE", True)],
)
def test_a_strangers_comment_with_our_marker_is_left_alone(api: Api, session: Session, user: str, association: str, believed: bool) -> None:
    theirs = api.add(OURS, user=user, association=association)
    kept(api, session, sample.verdict())
    (found,) = [one for one in api.comments if one["id"] == theirs]
    assert (found["body"] != OURS) == believed


def test_a_large_report_still_fits(api: Api, session: Session) -> None:
    assert kept(api, session, sample.many(5000)) is None
    assert len(api.comments[0]["body"]) < 65_536


def test_a_read_only_token_is_a_notice(api: Api, session: Session) -> None:
    api.read_only = True
    notice = kept(api, session, sample.verdict())
    assert notice is not None
    assert "Resource not accessible by integration" in notice.reason
    assert "pull-requests: write" in notice.reason


def test_a_rate_limit_is_a_notice(api: Api, session: Session) -> None:
    api.rate_limited = True
    notice = kept(api, session, sample.verdict())
    assert notice is not None
    assert "rate limit" in notice.reason


def test_no_api_is_a_notice(session: Session) -> None:
    with serving() as gone:
        pass
    notice = kept(gone, session, sample.verdict())
    assert notice is not None
    assert "connection refused" in notice.reason


@pytest.mark.parametrize(
    "changed", [{"token": ""}, {"number": 0}, {"repository": ""}, {"repository": "o/r/../../user"}, {"repository": "o r"}]
)
def test_without_a_pull_request_or_a_token_nothing_is_asked(api: Api, session: Session, changed: dict[str, object]) -> None:
    notice = kept(api, session, sample.verdict(), **changed)
    assert notice is not None
    assert api.asked == []


def test_an_answer_of_another_form_is_a_notice() -> None:
    class Odd:
        def call(self, method: str, url: str, asked: Asked, *, token: str, body: bytes = b"") -> bytes:
            return b'{"message": "hello"}'

    notice = keep(Odd(), Thread(api_url="https://api.example", repository="o/r", number=7, token="t"), sample.verdict())
    assert notice is not None
    assert "another form" in notice.reason


def test_the_token_follows_no_redirect(api: Api, session: Session) -> None:
    with serving() as elsewhere:
        api.redirect = f"{elsewhere.url}/repos/o/r/issues/7/comments"
        notice = kept(api, session, sample.verdict())
        assert notice is not None
        assert elsewhere.asked == []


def test_the_token_is_not_sent_without_tls(session: Session) -> None:
    with pytest.raises(SourceError, match="not https"):
        session.call("GET", "http://api.example/repos/o/r", Asked(service="GitHub's API"), token="t")


def test_no_message_holds_the_token(api: Api, session: Session) -> None:
    for setting in ("read_only", "rate_limited"):
        setattr(api, setting, True)
        notice = kept(api, session, sample.verdict())
        assert notice is not None
        assert api.token not in notice.reason


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/repos/o/r/issues/7/comments", b"{}", "422"),
        ("POST", "/repos/o/r/issues/7/comments", b'{"body": 7}', "422"),
        ("POST", "/repos/o/r/issues/x/comments", b'{"body": "a"}', "422"),
        ("POST", "/repos/o/r/issues/7/comments", b'{"body": "' + b"a" * 65_537 + b'"}', "422"),
        ("GET", "/repos/o/r/issues/7/comments?per_page=101", b"", "422"),
        ("GET", "/repos/o/r/issues/7/comments?sort=up", b"", "422"),
        ("PUT", "/repos/o/r/issues/7/comments", b"{}", "404"),
    ],
)
def test_the_stand_in_refuses_what_github_refuses(api: Api, session: Session, method: str, path: str, body: bytes, status: str) -> None:
    with pytest.raises(SourceError, match=status):
        session.call(method, api.url + path, Asked(service="GitHub's API"), token=api.token, body=body)


@pytest.mark.parametrize("url", ["https://[", "http://[::1", "", "ftp://x", "https://\ud800"])
def test_an_address_that_is_none_is_a_notice(session: Session, url: str) -> None:
    notice = keep(session, Thread(api_url=url, repository="o/r", number=7, token="t"), sample.verdict())
    assert notice is not None
    assert notice.reason.startswith("not written: ")


@pytest.mark.parametrize("answer", [b"[" * 100_000, b'[{"id": 1, "body": "\xff"}]', RuntimeError("quoting t0ken")])
def test_whatever_goes_wrong_the_verdict_stands(answer: bytes | Exception) -> None:
    class Odd:
        def call(self, method: str, url: str, asked: Asked, *, token: str, body: bytes = b"") -> bytes:
            if isinstance(answer, Exception):
                raise answer
            return answer

    notice = keep(Odd(), Thread(api_url="https://api.example", repository="o/r", number=7, token="t0ken"), sample.verdict())
    assert notice is not None
    assert notice.reason.startswith("not written: ")
    assert "t0ken" not in notice.reason
