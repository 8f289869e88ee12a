"""Commits in, the secrets they brought out: each blob of the history is looked at once, under the commit and path that had it first.

A secret that one commit adds and the next removes has leaked all the same. Works on bare and on shallow clones; git itself is not run.
"""

from __future__ import annotations

import datetime as dt
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
_TREE, _FILES = 0o040000, (0o100644, 0o100664, 0o100755)


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
        repository = pygit2.Repository(root)
        versions = list(_versions(repository, span))
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        hint = "check out with fetch-depth: 0; a range is written A..B"
        return workers.merged([_problem(f"history {span}", f"the commits cannot be read: {error}", hint)])
    engine = Engine(options)

    def work(batch: Sequence[Version]) -> Result:
        return _Reader(pygit2.Repository(root), engine, options).scan(batch)

    batches = [versions[at : at + BATCH] for at in range(0, len(versions), BATCH)]
    shared = pool.share(batches, work, max(options.jobs, 1), options.deadline, len)
    return _once(workers.merged([*shared.results, *_undone(shared)]))


class _Reader:
    def __init__(self, repository: Any, engine: Engine, options: Options) -> None:
        self._repository = repository
        self._engine = engine
        self._options = options

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
        items = self._items(version.blob, version.path, tally)
        tally.files += 1
        if items and version.before:
            known = {(item.rule.id, item.value) for item in self._items(version.before, version.path, Tally())}
            items = [item for item in items if (item.rule.id, item.value) not in known]
        if items:
            accepted = self._options.baseline.get(version.path, frozenset())
            tally.add(version.path, items, accepted, commit=version.commit, author_date=version.author_date)

    def _items(self, blob: str, path: str, tally: Tally) -> list[Found]:
        data = self._repository[blob].data
        if len(data) > MOST:
            tally.problem(path, f"a version of it is larger than {MOST >> 20} MiB", "exclude it, or scan the tree only")
            return []
        return self._engine.text(path, data, tally)


def _versions(repository: Any, span: str) -> Iterator[Version]:
    """Every blob that the span's commits bring, oldest commit first, once."""
    walk, known = _walk(repository, span)
    seen: set[Any] = set()
    for tree in known:
        _mark(repository, tree, seen)
    ranged = bool(known)
    for commit in walk:
        date = dt.datetime.fromtimestamp(commit.author.time, dt.timezone(dt.timedelta(minutes=commit.author.offset))).isoformat()
        parent = _parent_tree(commit) if ranged else None
        for blob, path in _new(repository, commit.tree, seen):
            yield Version(str(blob), path, str(commit.id), date, _before(parent, path))


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
    return _reached(repository, [tip], hidden), [base.tree, *([repository[shared].tree] if shared else [])]


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


def _parent_tree(commit: Any) -> Any:
    try:
        return commit.parents[0].tree if commit.parents else None
    except KeyError:
        return None


def _before(parent: Any, path: str) -> str:
    try:
        return str(parent[path].id) if parent is not None else ""
    except KeyError:
        return ""


def _new(repository: Any, tree: Any, seen: set[Any]) -> Iterator[tuple[Any, str]]:
    """The blobs below a tree that were not seen before; whole folders are passed over when they were."""
    pending = [(tree, "")]
    while pending:
        folder, prefix = pending.pop()
        for entry in folder:
            if entry.id in seen:
                continue
            if entry.filemode == _TREE:
                seen.add(entry.id)
                pending.append((repository[entry.id], f"{prefix}{_name(entry)}/"))
            elif entry.filemode in _FILES:
                seen.add(entry.id)
                yield entry.id, prefix + _name(entry)


def _mark(repository: Any, tree: Any, seen: set[Any]) -> None:
    for _ in _new(repository, tree, seen):
        pass


def _name(entry: Any) -> str:
    return str(entry.raw_name.decode("utf-8", "backslashreplace"))


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
