"""Two versions of a tree in, the lines that the second has and the first has not out: as pygit2 tells them, or a patch in git's format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner import checkout
from scanner.names import display

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pygit2

    from scanner.standing import Standing

Ranges = tuple[tuple[int, int], ...]
"""Added lines as (first, last) pairs, 1-based, both ends included; (n + 1, n) where lines were taken away between line n and the next."""

EVERY_LINE: Ranges = ((1, 1 << 31),)
"""Of a file whose added lines cannot be told apart: rather introduced than missed."""

MOST_COMPARED = 8 * 1024 * 1024
"""Versions of what git takes for binary that are larger than this are not compared line by line."""


def added(repo: pygit2.Repository, base: pygit2.Commit, prefix: str, stands: Callable[[], Standing | None]) -> dict[str, Ranges]:
    """The lines that the checkout has and ``base`` has not, by the path of each changed file below ``prefix`` (a removed one too)."""
    found: dict[str, Ranges] = {}
    difference = _difference(repo, base, stands)
    for delta, patch in zip(difference.deltas, difference, strict=True):
        path = delta.new_file.path
        if path.startswith(prefix):  # a path may come twice: a link that becomes a file is one taken away and one put there
            shown = display(path[len(prefix) :])
            found[shown] = (*found.get(shown, ()), *(_lines(repo, patch) if patch is not None else EVERY_LINE))
    return found


def _lines(repo: pygit2.Repository, patch: pygit2.Patch) -> Ranges:
    """The added lines of one file. None are told of what git takes for binary, and ``.gitattributes`` of the change may say so of any."""
    from pygit2.enums import DeltaStatus

    delta = patch.delta
    if delta.status == DeltaStatus.DELETED:
        return ()
    if hunks := patch.hunks:
        return tuple(lines for hunk in hunks for lines in _ranges(hunk))
    same = delta.status == DeltaStatus.MODIFIED and delta.old_file.id == delta.new_file.id
    return () if same else _as_text(repo, delta)


def _as_text(repo: pygit2.Repository, delta: pygit2.DiffDelta) -> Ranges:
    """The added lines of two versions that are not too large to be compared; every line where one of them is, or is not committed."""
    import pygit2
    from pygit2.enums import DiffOption

    versions: list[pygit2.Blob | None] = []
    for one in (delta.old_file, delta.new_file):
        known = one.id in repo
        if one.size > MOST_COMPARED or (known and repo.odb.read_header(one.id)[1] > MOST_COMPARED):  # the first, where it was read
            return EVERY_LINE
        versions.append(repo[one.id].peel(pygit2.Blob) if known else None)
    old, new = versions
    if new is None:
        return EVERY_LINE
    patch = pygit2.Patch.create_from(old, new, flag=DiffOption.FORCE_TEXT, context_lines=0)
    return tuple(lines for hunk in patch.hunks for lines in _ranges(hunk))


def _difference(repo: pygit2.Repository, base: pygit2.Commit, stands: Callable[[], Standing | None]) -> pygit2.Diff:
    import pygit2
    from pygit2.enums import DeltaStatus, DiffOption

    tree = repo[repo.head.target].peel(pygit2.Tree)
    committed = base.tree.diff_to_tree(tree, DiffOption.IGNORE_SUBMODULES, context_lines=0)
    if not repo.workdir or _as_committed(repo, tree, stands()):
        return committed
    untracked = DiffOption.INCLUDE_UNTRACKED | DiffOption.RECURSE_UNTRACKED_DIRS | DiffOption.SHOW_UNTRACKED_CONTENT
    # By way of the index, which knows the files that have not changed: compared directly, every file of the checkout is read.
    staged = base.tree.diff_to_index(repo.index, untracked | DiffOption.IGNORE_SUBMODULES, context_lines=0)
    unstaged = repo.index.diff_to_workdir(untracked | DiffOption.IGNORE_SUBMODULES, context_lines=0)
    gone = {delta.old_file.path for delta in staged.deltas if delta.status == DeltaStatus.DELETED}
    if any(delta.new_file.path in gone for delta in unstaged.deltas):  # taken out of the index, yet there: a merge loses its lines
        return base.tree.diff_to_workdir(untracked | DiffOption.IGNORE_SUBMODULES, context_lines=0)
    staged.merge(unstaged)
    return staged


def _as_committed(repo: pygit2.Repository, tree: pygit2.Tree, standing: Standing | None) -> bool:
    """Whether the files are those of the commit: then its tree says everything."""
    return standing is not None and standing.tree == str(tree.id) and standing.clean(lambda name: checkout.ignores(repo, name))


def _ranges(hunk: pygit2.DiffHunk) -> Iterator[tuple[int, int]]:
    """The added lines of a hunk; a merged difference has unchanged lines around them, whatever was asked for."""
    if not hunk.old_lines:
        yield hunk.new_start, hunk.new_start + hunk.new_lines - 1
    elif not hunk.new_lines:
        yield hunk.new_start + 1, hunk.new_start
    else:
        yield from ranges(hunk.new_start, (line.origin for line in hunk.lines))


def ranges(line: int, signs: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The added lines of a hunk that begins at a line of the new version, by the first characters of the hunk's lines."""
    first, changed = line, False
    for sign in (*signs, " "):
        if sign == "+":
            line += 1
        if sign in ("+", "-"):
            changed = True
        elif sign == " ":
            if changed:
                yield first, line - 1
            line += 1
            first, changed = line, False
