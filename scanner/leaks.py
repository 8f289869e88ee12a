"""Where secrets are looked for: the tree, the commits of the change under review, and the history where it is asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner import shards, workspace
from scanner.models import Mode, Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scanner.models import File
    from scanner.review import Review
    from scanner.secrets import Options, Result, Rule
    from scanner.settings import Settings
    from scanner.standing import Standing
    from scanner.workspace import Listing

    Progress = Callable[[float], None] | None


WORTH_REMEMBERING = 1000
"""Fewer files are scanned in less time than it takes to find out which of them are known."""


def scan(
    settings: Settings, review: Review, listing: Listing, patterns: tuple[Rule, ...], deadline: float, progress: Progress,
    memory: Path | None = None,
) -> Result:
    """Secrets of the listing's files, and of commits. A secret that stands in the tree and in a commit is one finding, the tree's.

    ``progress`` is told what part of the tree is done (0 to 1); ``memory`` is a folder that says which files an earlier scan found clean.
    """
    from scanner import secrets

    if settings.audits["secrets"].mode is Mode.OFF:
        return secrets.Result()
    options = replace(_options(settings, review.baseline, patterns, deadline), progress=progress)
    files = tuple(shards.files(listing.files, *settings.shard)) if settings.shard else listing.files
    result = _tree(settings.root, files, options, memory, review.standing)
    for span in _spans(settings, review):
        result = _joined(result, secrets.scan_history(settings.root, span, options, settings.exclude))
    return replace(result, notices=(*result.notices, *_unseen(review)))


def _tree(root: str, files: tuple[File, ...], options: Options, memory: Path | None, standing: Standing | None) -> Result:
    from scanner import secrets

    open_file = workspace.opener(root)
    if memory is None or len(files) < WORTH_REMEMBERING:
        return secrets.scan(files, open_file, options)
    from scanner.secrets import kept
    from scanner.untouched import untouched

    return kept.scan(files, open_file, options, memory, untouched(root, files, standing), owner=os.stat(root).st_uid)


def entries(settings: Settings, listing: Listing, patterns: tuple[Rule, ...], deadline: float) -> Result:
    """The tree's secrets in a baseline's words (``Result.entries``); no baseline is honoured."""
    from scanner import secrets

    options = replace(_options(settings, None, patterns, deadline), entries=True)
    return secrets.scan(listing.files, workspace.opener(settings.root), options)


def _options(settings: Settings, accepted: str | None, patterns: tuple[Rule, ...], deadline: float) -> Options:
    from scanner import secrets
    from scanner.secrets import baseline

    return secrets.Options(
        rules=settings.rules, disable=frozenset(settings.disable), patterns=patterns, jobs=settings.jobs,
        baseline={} if accepted is None else baseline.read(accepted, settings.baseline or baseline.NAME).accepted(),
        narrowed=tuple(dict.fromkeys(entry.path for entry in settings.allow if entry.path)), deadline=deadline, explain=settings.detail > 0,
    )


def _spans(settings: Settings, review: Review) -> Iterator[str]:
    """The commits to look through; the first shard does it for all."""
    if settings.shard and settings.shard[0] != 1:
        return
    if settings.history is not None:
        yield settings.history or "all"
    elif review.change is not None and len(review.change.commits) > 1:
        yield f"{review.change.base}..HEAD"


def _joined(tree: Result, commits: Result) -> Result:
    """What accepts a secret of the tree is said in the tree: a comment on it in an older version of the file is gone."""
    known = {finding.id for finding in tree.findings}
    return replace(
        tree,
        findings=(*tree.findings, *(finding for finding in commits.findings if finding.id not in known)),
        problems=(*tree.problems, *commits.problems), notices=(*tree.notices, *commits.notices),
        suppressions=(*tree.suppressions, *(word for word in commits.suppressions if word.fingerprint not in known)),
        rejected=(*tree.rejected, *commits.rejected),
    )


def _unseen(review: Review) -> tuple[Notice, ...]:
    """What a shallow clone hides: a secret that one commit of the change adds and a later one removes."""
    if review.happened.revisions is None or (review.change and (review.change.commits or not review.change.added)):
        return ()
    reason = "the change's single commits are not in this clone: a secret added and removed again would not be seen (fetch-depth: 0)"
    return (Notice(subject="commits", reason=reason),)
