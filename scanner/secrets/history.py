"""Commits in, the secrets they brought out: each blob of the history is looked at once, under the commit and path that had it first, and
once more under the first path of each other kind: what is nothing in a test may be a secret elsewhere.

A secret that one commit adds and the next removes has leaked all the same. Works on bare and on shallow clones; git itself is not run.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from scanner.models import Notice, Problem
from scanner.secrets import compare, stream, workers
from scanner.secrets.versions import Commits, Trees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scanner.models import Finding
    from scanner.secrets import Options, Result, pool
    from scanner.secrets.kinds import Kind
    from scanner.secrets.versions import Version

_OF_COMMIT = re.compile(rb"object [0-9a-f]+\ntype (?:commit|tag)\n")
"""How a tag begins that is of a commit, or of a tag (git-mktag)."""
_REF = re.compile(rb"ref:\s*\S|[0-9a-fA-F]{40,64}(?:\s|\Z)")
"""What stands in a ref's file: another ref's name, or an id (gitrepository-layout)."""


def scan(root: str, span: str, options: Options, exclude: tuple[str, ...] = ()) -> Result:
    """Look through the commits of ``span``: ``all`` for everything that any ref reaches, ``A..B``, or a ref for all that it reaches.

    Of a range only what its commits add is reported; of paths that ``exclude`` names (gitignore patterns, from ``root``) nothing. A span or
    a repository that cannot be read is a Problem.
    """
    import pygit2

    pygit2.settings.owner_validation = False
    pygit2.settings.enable_strict_hash_verification(value=False)  # of objects that git itself has checked; zlib's own checksum stays
    pygit2.settings.enable_caching(value=False)  # each object is read once
    broken: list[Result] = []
    engine = compare.engine(options)
    try:
        history = _History(root, span, engine.kind, _left_out(exclude))
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        return workers.merged([_unreadable(span, error)])
    readers: list[compare.Reader] = []

    def work(batch: Sequence[Version]) -> Result:
        if not readers:
            readers.append(compare.Reader(pygit2.Repository(history.path), engine, options))
        return readers[0].scan(batch)

    def versions() -> Iterator[tuple[Version, float]]:
        try:
            yield from history.versions()
        except (pygit2.GitError, KeyError, ValueError, OSError) as error:
            broken.append(_unreadable(span, error))

    jobs = max(options.jobs, 1)
    shared = stream.share(stream.batches(versions(), jobs), work, jobs, options.deadline, options.progress)
    return _once(workers.merged([*shared.results, *broken, *_undone(shared), *history.notices()]))


class _History:
    """The commits of a span and what stood before them. Raises KeyError, ValueError and the library's errors."""

    def __init__(self, root: str, span: str, kind: Kind, left_out: Callable[[str], bool] | None) -> None:
        import pygit2

        repository = pygit2.Repository(pygit2.discover_repository(root) or root)
        inner = os.path.relpath(os.path.realpath(root), os.path.realpath(repository.workdir)) if repository.workdir else "."
        self.path = repository.path
        self._shallow = _shallow(repository.path)
        odb = repository.odb
        folder = () if inner == "." else os.fsencode(inner).split(b"/")
        self._trees = Trees(lambda name: odb.read(name)[1], kind, folder, left_out)
        self._known: list[bytes] = []
        tips, hidden = self._ends(repository, span)
        self._commits = Commits(repository.__getitem__, len(bytes.fromhex(tips[0])), shallow=self._shallow)
        self._commits.add(tips, hidden)

    def versions(self) -> Iterator[tuple[Version, float]]:
        """Every version of a file, in the order in which they came, and what part of the commits was seen by then."""
        for tree in self._known:
            self._trees.versions(tree)
        total = len(self._commits)
        for number, (commit, tree) in enumerate(self._commits, 1):
            for version in self._trees.versions(tree, commit):
                yield version, number / total

    def notices(self) -> Iterator[Result]:
        """That the clone holds only a part of the history."""
        from scanner.secrets import Result

        if self._shallow and self._commits.roots:
            reason = "this is a shallow clone: older commits than it holds were not looked through (fetch-depth: 0)"
            yield Result(notices=(Notice(subject="history", reason=reason),))

    def _ends(self, repository: Any, span: str) -> tuple[list[str], list[str]]:
        """The commits whose history is asked for, and those whose history is not; takes note of the trees that stood before."""
        if span in {"", "all"}:
            tips = list(_every(repository))
            if not tips:
                raise KeyError("there is no commit")
            return tips, []
        first, dots, last = span.partition("..")
        tip = _commit(repository, (last or "HEAD") if dots else first)
        if not dots:
            return [str(tip.id)], []
        base = _commit(repository, first)
        shared = repository.merge_base(base.id, tip.id)
        self._known = [base.tree_id.raw, *([repository[shared].tree_id.raw] if shared else [])]
        return [str(tip.id)], [str(base.id)]


def _left_out(exclude: tuple[str, ...]) -> Callable[[str], bool] | None:
    """Whether a path is one of those; each is asked about once, however many versions it has."""
    if not exclude:
        return None
    from pathspec import GitIgnoreSpec

    return cache(GitIgnoreSpec.from_lines(exclude).match_file)


def _shallow(folder: str) -> bool:
    """Whether the clone was cut off somewhere."""
    return (_clone(folder) / "shallow").exists()


def _clone(folder: str) -> Path:
    """The folder that all worktrees of a clone share: a linked one (gitrepository-layout) says where it is."""
    with suppress(OSError):
        return Path(folder, Path(folder, "commondir").read_text("utf-8").strip())
    return Path(folder)


def _every(repository: Any) -> Iterator[str]:
    """The commits that refs name. Raises KeyError where what one names is missing: what it reached cannot be looked through."""
    names = tuple(repository.references)
    for name in _damaged(_clone(repository.path), frozenset(names)):
        raise KeyError(f"{name} names nothing")
    for name in ("HEAD", *names):
        try:
            target = repository.references[name].resolve().target
        except KeyError:  # HEAD before the first commit, or a name for a branch that is gone
            continue
        if tip := _tip(repository, target, name):
            yield tip


def _damaged(clone: Path, known: frozenset[str]) -> Iterator[str]:
    """Refs in files of their own that say nothing: the library passes over them, where git refuses to go on."""
    for path in sorted((clone / "refs").rglob("*")):
        name = path.relative_to(clone).as_posix()
        if name not in known and path.is_file() and "/." not in name and path.suffix != ".lock" and not _REF.match(path.read_bytes()):
            yield name


def _tip(repository: Any, target: Any, name: str) -> str:
    """The commit that an object of a ref is or, as a tag, stands for; empty where it is of another kind."""
    import pygit2

    try:
        made = repository[target]
        while isinstance(made, pygit2.Tag) and _OF_COMMIT.match(made.read_raw()):
            made = repository[made.target]
    except KeyError as error:
        raise KeyError(f"{name} names an object that is missing") from error
    return str(made.id) if isinstance(made, pygit2.Commit) else ""


def _commit(repository: Any, name: str) -> Any:
    import pygit2

    return repository.revparse_single(name).peel(pygit2.Commit)


def _once(result: Result) -> Result:
    """In the order of paths, and of each id the oldest finding; an inline comment accepts only what stood nowhere without one."""
    inline = {(word.fingerprint, word.commit) for word in result.suppressions if word.by == "inline"}

    def accepted(finding: Finding) -> bool:
        return bool(inline) and (finding.id, finding.secret.commit if finding.secret else "") in inline

    first: dict[str, Finding] = {}
    for finding in sorted(result.findings, key=lambda one: (one.location.path, accepted(one))):
        first.setdefault(finding.id, finding)
    bare = {finding.id for finding in first.values() if not accepted(finding)} if inline else set()
    words = (word for word in result.suppressions if word.by != "inline" or word.fingerprint not in bare)
    return replace(
        result, findings=tuple(first.values()), problems=tuple(sorted(result.problems, key=lambda one: one.subject)),
        suppressions=tuple(sorted(words, key=lambda one: one.location.path if one.location else "")),
        notices=tuple(sorted(result.notices, key=lambda one: one.subject)),
        rejected=tuple(sorted(result.rejected, key=lambda one: one.partition(": ")[0])),
    )


def _undone(shared: pool.Shared[Version]) -> Iterator[Result]:
    if shared.late:
        yield _problem("history", "not looked through to its end: the time was up", "raise timeout, or name a range")
    for version in shared.killed:
        hint = "give the job more memory, or name a range without this commit"
        yield _problem(compare.name(version), "the process that scanned this version was killed", hint)


def _unreadable(span: str, error: Exception) -> Result:
    hint = "check out with fetch-depth: 0; a range is written A..B"
    if os.path.isdir(span):  # the word after ``--history`` is its range, whatever was meant by it
        hint = "this is a folder: write --history=RANGE; PATH goes first"
    return _problem(f"history {span}", f"the commits cannot be read: {error}", hint)


def _problem(subject: str, reason: str, hint: str) -> Result:
    from scanner.secrets import Result

    return Result(problems=(Problem(subject=subject, reason=reason, hint=hint),))
