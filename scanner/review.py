"""The change under review and whose policy judges it: event, options and repository in; Review out."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner import checkout, config, event, settings, standing, words
from scanner.changes import Change, Revisions, compare, ends
from scanner.config import Document
from scanner.config_file import CONFIG_NAME, ConfigFile, Secrets
from scanner.errors import ScannerError, WorkspaceError
from scanner.loosened import loosened
from scanner.models import Location, Notice, Problem
from scanner.standing import Standing  # noqa: TC001 -- msgspec reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.settings import Options

BASELINE_NAME = ".secrets.baseline"
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


class _Files(Struct, frozen=True, kw_only=True):
    """The policy's files by their path from the scanned folder (perhaps ``../ci/scan.yml``); empty for one outside of the repository, which
    no change of the repository reaches.
    """

    config: str
    baseline: str


def prepare(options: Options, env: Mapping[str, str]) -> Review:
    """Find the change and choose the policy. Raises ConfigError for a config file or a baseline that cannot be used."""
    root = settings.root(options.path)
    head = settings.read_config(root, options.config)
    asked = event.Event(revisions=Revisions(base=options.base), base_name=options.base)
    happened = asked if options.base else event.read(env)
    stands = cache(standing.begin(str(root)) if happened.revisions else lambda: None)
    change, notices = _change(str(root), happened, env, stands)
    files = _Files(config=_name(root, options.config, CONFIG_NAME), baseline=_name(root, options.baseline, BASELINE_NAME))
    found = Review(
        document=head, baseline=_head_baseline(root, options), happened=happened, change=change, standing=stands(), notices=notices,
    )
    try:
        base = _at_base(found, files)
    except ScannerError:  # nothing to compare with: a head that judges itself must hold by itself, a base that judges is a Problem
        base = None
    found = replace(found, loosened=_loosened(base, found, files) if base else ())
    if _whose(options, happened, change, files) == "head":
        return found
    if base is None:
        return replace(found, document=_strict(head), baseline=None, by_base=True, problems=(_no_base(),))
    return replace(found, document=base.document, baseline=base.baseline, by_base=True)


def _name(root: Path, chosen: str, default: str) -> str:
    if not chosen:
        return default
    repo = checkout.repository(str(root))
    path = Path(chosen).absolute()
    if repo is None or not path.is_relative_to(os.path.realpath(repo.workdir)):
        return ""
    return os.path.relpath(path, os.path.realpath(root))


def _at_base(head: Review, files: _Files) -> Review | None:
    """The policy as the base has it. Raises ScannerError where that cannot be read."""
    if head.change is None:
        return None
    text = head.change.read_base(files.config) if files.config else None
    document = config.parse(text, files.config) if text is not None else Document(path="", config=ConfigFile(), lines={})
    return Review(
        document=document if files.config else head.document,
        baseline=head.change.read_base(files.baseline) if files.baseline else head.baseline,
    )


def _loosened(base: Review, head: Review, files: _Files) -> tuple[Notice, ...]:
    return (*loosened(base.document, head.document), *_newly_accepted(base.baseline, head.baseline, files.baseline))


def _newly_accepted(old: str | None, new: str | None, name: str) -> tuple[Notice, ...]:
    """One notice for each entry that the baseline has gained, at its line."""
    if new is None or new == old:
        return ()
    from scanner.secrets import baseline

    before = baseline.read(old or "{}", name).accepted()
    return tuple(
        Notice(
            subject="baseline", reason=f"the baseline accepts one more {kind} in {path}",
            location=Location(path=name, line=new.count("\n", 0, max(new.find(digest), 0)) + 1),
        )
        for path, entries in baseline.read(new, name).accepted().items()
        for kind, digest in sorted(entries - before.get(path, frozenset()))
    )


def _change(
    root: str, happened: event.Event, env: Mapping[str, str], stands: Callable[[], Standing | None]
) -> tuple[Change | None, tuple[Notice, ...]]:
    if happened.revisions is None:
        reason = f"what this change introduced is not known: {happened.reason}"
        return None, (Notice(subject="origin", reason=reason),) if happened.name in COMPARED else ()
    try:
        return compare(root, happened.revisions, stands), ()
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


def _whose(options: Options, happened: event.Event, change: Change | None, files: _Files) -> str:
    chosen = words.one_of("policy-from", options.policy_from, ("auto", "base", "head"), "auto")
    if happened.revisions is None or chosen == "head" or (chosen == "auto" and not happened.fork):
        return "head"
    only_policy = change is not None and change.complete and bool(change.added) and set(change.added) <= {files.config, files.baseline}
    return "head" if only_policy and chosen == "base" else "base"


def _head_baseline(root: Path, options: Options) -> str | None:
    path = Path(options.baseline) if options.baseline else root / BASELINE_NAME
    if not options.baseline:
        settings.refuse_link_out(path, root, "--baseline")
    if not path.is_file():
        return None
    return settings.read_text(path)


def _strict(head: Document) -> Document:
    """The defaults with the head's patterns: where the base's policy cannot be had, nothing that could loosen is taken from the head."""
    patterns = Secrets(patterns=head.config.secrets.patterns)
    return Document(path=head.path, config=ConfigFile(secrets=patterns), lines=head.lines)


def _no_base() -> Problem:
    return Problem(
        subject="policy", reason="the base's policy cannot be read, so the built-in defaults judge",
        hint="check out with fetch-depth: 0, or give the action a token",
    )
