"""Commits in, the secrets they brought out: each blob of the history is looked at once, under the commit and path that had it first.

A secret that one commit adds and the next removes has leaked all the same. Works on bare and on shallow clones; git itself is not run.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from scanner.models import Problem
from scanner.secrets import pool, workers
from scanner.secrets.engine import Engine
from scanner.secrets.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scanner.models import Finding
    from scanner.secrets import Options, Result
    from scanner.secrets.found import Found

BATCH = 200
MOST = 128 * 1024 * 1024
_TREE, _FILE = b"40000", b"100"
_ENTRIES = {size: re.compile(rb"([0-7]+) ([^\0]+)\0(.{%d})" % size, re.DOTALL) for size in (20, 32)}
"""A tree object's entries by the length of object ids: mode, name, id (gitformat-tree)."""


class Version(NamedTuple):
    """One version of a file: its blob, where it first stood, since which commit, and the blob it replaced there (empty: none)."""

    blob: str
    path: str
    commit: str
    author_date: str
    before: str


def scan(root: str, span: str, options: Options) -> Result:
    """Look through the commits of ``span``: ``all`` for everything that any ref reaches, ``A..B``, or a ref for all that it reaches.

    Of a range only what its commits add is reported. A span or a repository that cannot be read is a Problem.
    """
    import pygit2

    pygit2.settings.owner_validation = False
    try:
        repository, prefix = _opened(root)
        versions = list(_below(prefix, _versions(repository, span)))
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        hint = "check out with fetch-depth: 0; a range is written A..B"
        return workers.merged([_problem(f"history {span}", f"the commits cannot be read: {error}", hint)])
    engine = Engine(options)

    def work(batch: Sequence[Version]) -> Result:
        return _Reader(pygit2.Repository(repository.path), engine, options).scan(batch)

    versions.sort(key=lambda version: version.path)
    batches = [versions[at : at + BATCH] for at in range(0, len(versions), BATCH)]
    shared = pool.share(batches, work, max(options.jobs, 1), options.deadline, len, options.progress)
    return _once(workers.merged([*shared.results, *_undone(shared)]))


def _opened(root: str) -> tuple[Any, str]:
    """The repository that ``root`` is in (or is, a bare one), and the folder's path in it: ``apps/web/``, empty for all of it."""
    import pygit2

    repository = pygit2.Repository(pygit2.discover_repository(root) or root)
    inner = os.path.relpath(os.path.realpath(root), os.path.realpath(repository.workdir)) if repository.workdir else "."
    return repository, "" if inner == "." else f"{inner}/"


def _below(prefix: str, versions: Iterator[Version]) -> Iterator[Version]:
    return (version._replace(path=version.path[len(prefix) :]) for version in versions if version.path.startswith(prefix))


class _Reader:
    def __init__(self, repository: Any, engine: Engine, options: Options) -> None:
        self._repository = repository
        self._engine = engine
        self._options = options
        self._kept: dict[str, bytes] = {}

    def scan(self, batch: Sequence[Version]) -> Result:
        tally = Tally(explain=self._options.explain, entries=self._options.entries)
        for version in batch:
            try:
                self._one(version, tally)
            except Exception as error:  # noqa: BLE001
                reason = f"the secret scan of this version failed: {type(error).__name__}"
                tally.problem(f"{version.path}@{version.commit[:12]}", reason, "fetch the whole history: fetch-depth: 0")
        return tally.result()

    def _one(self, version: Version, tally: Tally) -> None:
        data, before = self._data(version.blob), self._data(version.before)
        tally.files += 1
        if len(data) > MOST:
            tally.problem(version.path, f"a version of it is larger than {MOST >> 20} MiB", "exclude it, or scan the tree only")
        elif items := self._items(version, data, before, tally):
            accepted = self._options.baseline.get(version.path, frozenset())
            tally.add(version.path, items, accepted, commit=version.commit, author_date=version.author_date)

    def _items(self, version: Version, data: bytes, before: bytes, tally: Tally) -> list[Found]:
        """What the version holds that the one before it did not."""
        if not version.before:
            return self._engine.text(version.path, data, tally)
        items = self._engine.changed(version.path, data, before, tally)
        if not items:
            return []
        known = {(item.rule.id, item.value) for item in self._engine.text(version.path, before, Tally())}
        return [item for item in items if (item.rule.id, item.value) not in known]

    def _data(self, blob: str) -> bytes:
        """A blob's bytes; versions come in the order of their paths, so that the one before is mostly still here."""
        if not blob:
            return b""
        if blob not in self._kept:
            while len(self._kept) > 1:
                del self._kept[next(iter(self._kept))]
            self._kept[blob] = self._repository.read(blob)[1]
        return self._kept[blob]


def _versions(repository: Any, span: str) -> Iterator[Version]:
    """Every blob that the span's commits bring, oldest commit first, once, with the blob that last stood at its path."""
    walk, known = _walk(repository, span)
    seen: set[bytes] = set()
    last: dict[str, str] = {}
    for tree in known:
        last.update((path, blob.hex()) for blob, path in _new(repository, tree, seen))
    for commit in walk:
        date = ""
        for blob, path in _new(repository, commit.tree_id, seen):
            date = date or _date(commit.author)
            yield Version(blob.hex(), path, str(commit.id), date, last.get(path, ""))
            last[path] = blob.hex()


def _date(author: Any) -> str:
    return dt.datetime.fromtimestamp(author.time, dt.timezone(dt.timedelta(minutes=author.offset))).isoformat()


def _walk(repository: Any, span: str) -> tuple[list[Any], list[Any]]:
    """The span's commits, parents before children, and the trees whose content is not of the span."""
    import pygit2

    if span in {"", "all"}:
        tips = []
        for name in ("HEAD", *repository.references):
            with suppress(pygit2.InvalidSpecError, KeyError):
                tips.append(_commit(repository, name))
        if not tips:
            raise KeyError("there is no commit")
        return _reached(repository, tips, set()), []
    first, dots, last = span.partition("..")
    tip = _commit(repository, (last or "HEAD") if dots else first)
    if not dots:
        return _reached(repository, [tip], set()), []
    base = _commit(repository, first)
    shared = repository.merge_base(base.id, tip.id)
    hidden = {commit.id for commit in _reached(repository, [base], set())}
    return _reached(repository, [tip], hidden), [base.tree_id, *([repository[shared].tree_id] if shared else [])]


def _reached(repository: Any, tips: list[Any], seen: set[Any]) -> list[Any]:
    """The commits that the tips reach, without those in ``seen``, as far as the clone holds them; parents first."""
    order: list[Any] = []
    pending = [(tip, False) for tip in reversed(tips)]
    while pending:
        commit, entered = pending.pop()
        if entered:
            order.append(commit)
        elif commit.id not in seen:
            seen.add(commit.id)
            pending.append((commit, True))
            parents = (parent for parent in reversed(commit.parent_ids) if parent not in seen and parent in repository)
            pending += [(repository[parent], False) for parent in parents]
    return order


def _commit(repository: Any, name: str) -> Any:
    import pygit2

    return repository.revparse_single(name).peel(pygit2.Commit)


def _new(repository: Any, tree: Any, seen: set[bytes]) -> Iterator[tuple[bytes, str]]:
    """The blobs below a tree (its id) that were not seen before, with their paths; folders that were are passed over whole."""
    pending = [(tree.raw, "")]
    entry = _ENTRIES[len(tree.raw)]
    while pending:
        folder, prefix = pending.pop()
        for mode, name, found in entry.findall(repository.read(folder.hex())[1]):
            if found in seen:
                continue
            if mode == _TREE:
                seen.add(found)
                pending.append((found, f"{prefix}{name.decode('utf-8', 'backslashreplace')}/"))
            elif mode.startswith(_FILE):
                seen.add(found)
                yield found, prefix + name.decode("utf-8", "backslashreplace")


def _once(result: Result) -> Result:
    """The oldest finding of each id."""
    first: dict[str, Finding] = {}
    for finding in result.findings:
        first.setdefault(finding.id, finding)
    return replace(result, findings=tuple(first.values()))


def _undone(shared: pool.Shared[Version]) -> Iterator[Result]:
    if shared.late:
        yield _problem("history", f"{len(shared.late):,} versions of files not scanned: the time was up", "raise timeout, or name a range")
    for version in shared.killed:
        hint = "give the job more memory, or name a range without this commit"
        yield _problem(f"{version.path}@{version.commit[:12]}", "the process that scanned this version was killed", hint)


def _problem(subject: str, reason: str, hint: str) -> Result:
    from scanner.secrets import Result

    return Result(problems=(Problem(subject=subject, reason=reason, hint=hint),))
