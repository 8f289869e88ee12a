"""The event that started the job: GitHub's payload in; what to compare, whose repository, and how to call it out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from scanner.changes import NO_COMMIT, Revisions
from scanner.models import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_PAYLOAD = 25 * 1024 * 1024


class Event(Struct, frozen=True, kw_only=True):
    """``revisions`` is None where the event compares nothing (schedule, workflow_dispatch, a first push); ``reason`` then says why.

    ``fork`` is true when a pull request comes from another repository; ``pull_request`` is its number, 0 for every other event.
    """

    name: str = ""
    revisions: Revisions | None = None
    fork: bool = False
    pull_request: int = 0
    repository: str = ""
    base_name: str = ""
    reason: str = ""

    @property
    def words(self) -> dict[Origin, str]:
        """What introduced and existing findings are called in front of this event's reader."""
        change = "pull request" if self.pull_request else "merge group" if self.name == "merge_group" else "push" if self.name else "change"
        there = f"already on {self.base_name}" if self.base_name else "already there before"
        return {Origin.INTRODUCED: f"introduced by this {change}", Origin.EXISTING: there}


class _Repository(Struct):
    full_name: str = ""
    default_branch: str = ""


class _Tip(Struct):
    sha: str = ""
    ref: str = ""
    repo: _Repository | None = None


class _PullRequest(Struct):
    number: int = 0
    base: _Tip = msgspec.field(default_factory=_Tip)
    head: _Tip = msgspec.field(default_factory=_Tip)


class _MergeGroup(Struct):
    base_sha: str = ""
    head_sha: str = ""
    base_ref: str = ""


class _Payload(Struct):
    ref: str = ""
    pull_request: _PullRequest | None = None
    merge_group: _MergeGroup | None = None
    repository: _Repository | None = None
    before: str = ""
    after: str = ""


def read(env: Mapping[str, str]) -> Event:
    """The event of this job; outside of GitHub, or with a payload that cannot be read, one that compares nothing and says why."""
    name, path = env.get("GITHUB_EVENT_NAME", ""), env.get("GITHUB_EVENT_PATH", "")
    if not path:
        return Event(name=name, reason="no event to compare with")
    try:
        if os.path.getsize(path) > MAX_PAYLOAD:
            return Event(name=name, reason="the event's payload is too large to be read")
        with open(path, "rb") as stream:
            payload = msgspec.json.decode(stream.read(), type=_Payload)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Event(name=name, reason=f"the event's payload cannot be read ({type(error).__name__})")
    return _event(name, payload, env.get("GITHUB_REPOSITORY", ""))


def _event(name: str, payload: _Payload, repository: str) -> Event:
    here = payload.repository.full_name if payload.repository else repository
    if payload.pull_request is not None:
        return _pull_request(name, payload.pull_request, here)
    if payload.merge_group is not None:
        group = payload.merge_group
        branch = group.base_ref.removeprefix("refs/heads/")
        return Event(name=name, repository=here, base_name=branch, revisions=Revisions(base=group.base_sha, head=group.head_sha))
    if payload.before and name == "push":
        return _push(name, payload, here)
    return Event(name=name, repository=here, reason=f"a {name or 'local'} run has no base")


def _pull_request(name: str, pull: _PullRequest, here: str) -> Event:
    theirs = pull.head.repo.full_name if pull.head.repo else ""
    return Event(
        name=name, repository=here, pull_request=pull.number, fork=theirs != here, base_name=pull.base.ref,
        revisions=Revisions(base=pull.base.sha, head=pull.head.sha),
    )


def _push(name: str, payload: _Payload, here: str) -> Event:
    if payload.before != NO_COMMIT:
        pushed = payload.ref.removeprefix("refs/heads/")
        return Event(name=name, repository=here, base_name=pushed, revisions=Revisions(base=payload.before, head=payload.after))
    branch = payload.repository.default_branch if payload.repository else ""
    if not branch:
        return Event(name=name, repository=here, reason="the first push of a branch has no base")
    revisions = Revisions(base=f"refs/remotes/origin/{branch}", head=payload.after)
    return Event(name=name, repository=here, base_name=branch, revisions=revisions)
