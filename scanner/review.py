"""The change under review and whose policy judges it: event, options and repository in; Review out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner import config, event, settings
from scanner.changes import Change, Revisions, compare, ends
from scanner.config import ConfigFile, Document
from scanner.errors import ScannerError, WorkspaceError
from scanner.loosened import loosened
from scanner.models import Notice, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.settings import Options

BASELINE_NAME = ".secrets.baseline"


class Review(Struct, frozen=True, kw_only=True):
    """What is compared with what, and the policy in force.

    ``change`` is None where nothing is compared. ``by_base`` says that the base's policy judges: its config (``document``), its baseline
    (``baseline``, the text), and only inline words that stood at the base.
    """

    document: Document
    happened: event.Event = event.Event()
    baseline: str | None = None
    change: Change | None = None
    by_base: bool = False
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    loosened: tuple[Notice, ...] = ()


def prepare(options: Options, env: Mapping[str, str]) -> Review:
    """Find the change and choose the policy. Raises ConfigError for a config file that cannot be used."""
    root = settings.root(options.path)
    head = settings.read_config(root, options.config)
    asked = event.Event(revisions=Revisions(base=options.base), base_name=options.base)
    happened = asked if options.base else event.read(env)
    change, notices = _change(str(root), happened, env)
    base = _base_document(head, options, change)
    loose = loosened(base, head) if base else ()
    whose = _whose(options, happened, change)
    if whose == "head":
        baseline = _head_baseline(root, options)
        return Review(happened=happened, document=head, baseline=baseline, change=change, notices=notices, loosened=loose)
    try:
        if base is None or change is None:
            raise WorkspaceError("the base's policy cannot be read")
        baseline = change.read_base(options.baseline or BASELINE_NAME)
    except ScannerError:
        return Review(happened=happened, document=_strict(head), change=change, by_base=True, problems=(_no_base(),), notices=notices)
    return Review(happened=happened, document=base, baseline=baseline, change=change, by_base=True, notices=notices, loosened=loose)


def _change(root: str, happened: event.Event, env: Mapping[str, str]) -> tuple[Change | None, tuple[Notice, ...]]:
    if happened.revisions is None:
        return None, ()
    try:
        return compare(root, happened.revisions), ()
    except WorkspaceError as error:
        reason = f"what this change introduced is not known: {error.reason}"
    if not happened.repository or not env.get("GITHUB_API_URL"):
        return None, (Notice(subject="origin", reason=f"{reason}; check out with fetch-depth: 0"),)
    try:
        return _remote_change(root, happened.revisions, happened.repository, env), ()
    except ScannerError as error:
        return None, (Notice(subject="origin", reason=f"{reason}; {error}"),)


def _remote_change(root: str, revisions: Revisions, name: str, env: Mapping[str, str]) -> Change:
    """The same from GitHub's API."""
    from scanner import remote
    from scanner.fetch import Session

    base, head, prefix = ends(root, revisions)
    repository = remote.Repository(api_url=env["GITHUB_API_URL"], name=name, token=env.get("INPUT_TOKEN", ""), prefix=prefix)
    return remote.compare(Session(), repository, base.removeprefix("refs/remotes/origin/"), head)


def _whose(options: Options, happened: event.Event, change: Change | None) -> str:
    chosen = settings.one_of("policy-from", options.policy_from, ("auto", "base", "head"), "auto")
    if happened.revisions is None or chosen == "head" or (chosen == "auto" and not happened.fork):
        return "head"
    policy_files = {options.config or config.CONFIG_NAME, options.baseline or BASELINE_NAME}
    only_policy = change is not None and change.added and set(change.added) <= policy_files
    return "head" if only_policy and chosen == "base" else "base"


def _base_document(head: Document, options: Options, change: Change | None) -> Document | None:
    if change is None:
        return None
    name = options.config or config.CONFIG_NAME
    if os.path.isabs(name):
        return head
    try:
        text = change.read_base(name)
        return Document(path="", config=ConfigFile(), lines={}) if text is None else config.parse(text, name)
    except ScannerError:  # nothing to compare with: the head's own config is what must hold, and a base that judges is a Problem
        return None


def _head_baseline(root: Path, options: Options) -> str | None:
    path = Path(options.baseline) if options.baseline else root / BASELINE_NAME
    if not options.baseline:
        settings.refuse_link_out(path, root, "--baseline")
    if not path.is_file():
        return None
    return settings.read_text(path)


def _strict(head: Document) -> Document:
    """The defaults with the head's patterns: where the base's policy cannot be had, nothing that could loosen is taken from the head."""
    patterns = config.Secrets(patterns=head.config.secrets.patterns)
    return Document(path=head.path, config=ConfigFile(secrets=patterns), lines=head.lines)


def _no_base() -> Problem:
    return Problem(
        subject="policy", reason="the base's policy cannot be read, so the built-in defaults judge",
        hint="check out with fetch-depth: 0, or give the action a token",
    )
