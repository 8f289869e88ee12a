"""The change under review and whose policy judges it: event, options and repository in; Review out."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner import at_base, event, lines, settings, standing, words
from scanner.at_base import Policy
from scanner.changes import Change, Revisions, compare, ends
from scanner.config import Document
from scanner.config_file import ConfigFile, Secrets
from scanner.errors import ScannerError, WorkspaceError
from scanner.models import Notice, Problem
from scanner.standing import Standing  # noqa: TC001 -- msgspec reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.settings import Options

COMPARED = frozenset({"pull_request", "pull_request_target", "push", "merge_group"})


class Review(Struct, frozen=True, kw_only=True):
    """What is compared with what, and the policy in force.

    ``change`` is None where nothing is compared. ``by_base`` says that the base's policy judges: its config (``document``), its baseline
    (``baseline``, the text), and only inline words that stood at the base. ``standing`` is how the files stand against git's index, where
    that had to be known and was easily found out.
    """

    document: Document
    happened: event.Event = event.Event()
    baseline: str | None = None
    change: Change | None = None
    standing: Standing | None = None
    by_base: bool = False
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    loosened: tuple[Notice, ...] = ()


def prepare(options: Options, env: Mapping[str, str], started: float = float("inf")) -> Review:
    """Find the change and choose the policy. Raises ConfigError for a config file or a baseline that cannot be used.

    GitHub is asked until the scan's time, as the head's config has it, is up: it runs from ``started`` (monotonic seconds).
    """
    root = settings.root(options.path)
    head = Policy(document=settings.read_config(root, options.config), baseline=_head_baseline(root, options))
    happened = _asked(event.read(env), options.base)
    stands = cache(standing.begin(str(root)) if happened.revisions else lambda: None)
    change, notices = _change(str(root), happened, env, stands, started + settings.timeout(options, head.document.config))
    files = at_base.files(root, options)
    base, loosened = _compared(change, head, files, env)
    found = Review(
        document=head.document, baseline=head.baseline, happened=happened, change=change, standing=stands(),
        notices=notices, loosened=loosened,
    )
    if _whose(options, happened, change, files) == "head":
        return replace(found, notices=(*notices, *_no_baseline(root, options)))
    if base is None:
        return replace(found, document=_strict(head.document), baseline=None, by_base=True, problems=(_no_base(),))
    return replace(found, document=base.document, baseline=base.baseline, by_base=True)


def _asked(happened: event.Event, base: str) -> event.Event:
    """The event compared with the base that was asked for, where one was: whose pull request it is stays as it is."""
    return replace(happened, revisions=Revisions(base=base), base_name=base) if base else happened


def _compared(
    change: Change | None, head: Policy, files: at_base.Files, env: Mapping[str, str]
) -> tuple[Policy | None, tuple[Notice, ...]]:
    """The base's policy, None where it cannot be read, and what the change loosens."""
    if change is None:
        return None, ()
    altered = tuple(at_base.altered_workflows(change, env))
    try:
        base = at_base.policy(change, head, files)
    except ScannerError as error:  # a head that judges itself must hold by itself; where the base judges, this is a Problem
        return None, (at_base.unknown(error), *altered)
    return base, (*at_base.looser(base, head, files), *altered)


def _change(
    root: str, happened: event.Event, env: Mapping[str, str], stands: Callable[[], Standing | None], until: float
) -> tuple[Change | None, tuple[Notice, ...]]:
    if happened.revisions is None:
        reason = f"what this change introduced is not known: {happened.reason}"
        return None, (Notice(subject="origin", reason=reason),) if happened.name in COMPARED else ()
    try:
        return lines.sure(compare(root, happened.revisions, stands), root), ()
    except WorkspaceError as error:
        reason = f"what this change introduced is not known: {error.reason}"
    if not happened.repository or not env.get("GITHUB_API_URL"):
        return None, (Notice(subject="origin", reason=f"{reason}; check out with fetch-depth: 0"),)
    try:
        return lines.sure(_remote_change(root, happened.revisions, happened.repository, env, until), root), ()
    except ScannerError as error:
        return None, (Notice(subject="origin", reason=f"{reason}; {error}"),)


def _remote_change(root: str, revisions: Revisions, name: str, env: Mapping[str, str], until: float) -> Change:
    """The same from GitHub's API."""
    from scanner import remote
    from scanner.fetch import Limits, Session

    base, head, prefix = ends(root, revisions)
    repository = remote.Repository(api_url=env["GITHUB_API_URL"], name=name, token=env.get("INPUT_TOKEN", ""), prefix=prefix)
    return remote.compare(Session(Limits(deadline=until)), repository, base.removeprefix("refs/remotes/origin/"), head)


def _whose(options: Options, happened: event.Event, change: Change | None, files: at_base.Files) -> str:
    """``base`` or ``head``. The base's policy that was asked for by name judges all but a change of the policy itself."""
    chosen = words.one_of("policy-from", options.policy_from, ("auto", "base", "head"), "auto")
    if chosen == "base":
        compares = happened.revisions is not None or happened.name in COMPARED
        return "base" if compares and not (change and _only_policy(change, files)) else "head"
    return "base" if chosen == "auto" and happened.fork and happened.revisions else "head"


def _only_policy(change: Change, files: at_base.Files) -> bool:
    """Whether the change, and each of its commits, touches nothing but the policy's files."""
    policy = {files.config, files.baseline}
    return change.complete and bool(change.added) and set(change.added) <= policy and change.touched() <= policy


def _head_baseline(root: Path, options: Options) -> str | None:
    if options.baseline:
        return settings.read_text(Path(words.existing("baseline", options.baseline)))
    path = root / at_base.BASELINE_NAME
    settings.refuse_link_out(path, root, "--baseline")
    return settings.read_text(path) if path.is_file() else None


def _no_baseline(root: Path, options: Options) -> tuple[Notice, ...]:
    """That what stands where a baseline is looked for is none: a baseline that is silently not there brings all its secrets back."""
    path = root / at_base.BASELINE_NAME
    if options.baseline or path.is_file() or not os.path.lexists(path):
        return ()
    what = "a link to nothing" if path.is_symlink() and not path.exists() else "a folder" if path.is_dir() else "no regular file"
    reason = f"accepts nothing: it is {what}; put the baseline's file there, name another one with --baseline, or remove it"
    return (Notice(subject=at_base.BASELINE_NAME, reason=reason),)


def _strict(head: Document) -> Document:
    """The defaults with the head's patterns: where the base's policy cannot be had, nothing that could loosen is taken from the head."""
    patterns = Secrets(patterns=head.config.secrets.patterns)
    return Document(path=head.path, config=ConfigFile(secrets=patterns), lines=head.lines)


def _no_base() -> Problem:
    return Problem(
        subject="policy", reason="the base's policy cannot be read, so the built-in defaults judge",
        hint="check out with fetch-depth: 0, or give the action a token",
    )
