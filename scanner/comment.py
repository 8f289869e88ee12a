"""One comment on a pull request, kept up to date: Verdict in, at most a Notice out. What goes wrong here never changes the verdict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import Struct

from scanner.errors import SourceError
from scanner.fetch import Asked
from scanner.models import Notice, Outcome
from scanner.reporters.markdown import MARKER, comment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.models import Verdict

SUBJECT = "pull request comment"
PAGE = 100
MOST_PAGES = 50
ASKED = Asked(service="GitHub's API", hint="the comment needs a token with pull-requests: write; forks and Dependabot have none")
# Anyone may write our marker into a comment; only those who could write to the repository anyway are believed.
TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


class Api(Protocol):
    """A way to ask GitHub's REST API; ``fetch.Session`` is one."""

    def call(self, method: str, url: str, asked: Asked, *, token: str, body: bytes = b"") -> bytes:
        """The body of the answer. Raises SourceError."""


class Thread(Struct, frozen=True, kw_only=True):
    """The pull request: the API's address (GITHUB_API_URL), ``owner/name``, its number, and a token."""

    api_url: str
    repository: str
    number: int
    token: str


class _User(Struct):
    type: str = ""


class _Comment(Struct):
    id: int
    body: str | None = None
    user: _User | None = None
    author_association: str = ""


def keep(api: Api, thread: Thread, verdict: Verdict) -> Notice | None:
    """Write, update or (when the scan passed) remove the comment. None when it is done, else why it is not."""
    if reason := _unusable(thread):
        return Notice(subject=SUBJECT, reason=reason)
    try:
        _keep(api, thread, verdict)
    except SourceError as error:
        return Notice(subject=SUBJECT, reason=f"not written: {error}")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Notice(subject=SUBJECT, reason="not written: GitHub's API gave an answer of another form than documented")
    except Exception as error:  # noqa: BLE001 -- the unit of work ends here: the verdict is out, and a comment never changes it
        return Notice(subject=SUBJECT, reason=f"not written: {type(error).__name__}; please report this, the verdict stands")
    return None


def _unusable(thread: Thread) -> str:
    if not thread.token:
        return "not written: no token was given"
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", thread.repository) or thread.number < 1:
        return "not written: the event names no pull request"
    return ""


def _keep(api: Api, thread: Thread, verdict: Verdict) -> None:
    ours = sorted(one.id for one in _comments(api, thread) if _is_ours(one))
    wanted = verdict.outcome is not Outcome.PASS
    for surplus in ours[1:] if wanted else ours:
        api.call("DELETE", _one(thread, surplus), ASKED, token=thread.token)
    if not wanted:
        return
    body = msgspec.json.encode({"body": comment(verdict)})
    if ours:
        api.call("PATCH", _one(thread, ours[0]), ASKED, token=thread.token, body=body)
    else:
        api.call("POST", _all(thread), ASKED, token=thread.token, body=body)


def _comments(api: Api, thread: Thread) -> Iterator[_Comment]:
    for number in range(1, MOST_PAGES + 1):
        url = f"{_all(thread)}?per_page={PAGE}&page={number}"
        page = msgspec.json.decode(api.call("GET", url, ASKED, token=thread.token), type=list[_Comment])
        yield from page
        if len(page) < PAGE:
            return


def _is_ours(one: _Comment) -> bool:
    written = (one.user is not None and one.user.type == "Bot") or one.author_association in TRUSTED
    return written and (one.body or "").rstrip().endswith(MARKER)


def _all(thread: Thread) -> str:
    return f"{thread.api_url.rstrip('/')}/repos/{thread.repository}/issues/{thread.number}/comments"


def _one(thread: Thread, comment_id: int) -> str:
    return f"{thread.api_url.rstrip('/')}/repos/{thread.repository}/issues/comments/{comment_id}"
