"""What a change under review introduced: commits in; changed paths, added lines and the base's version of any file out."""

from __future__ import annotations

import datetime as dt
import os
import posixpath
from collections.abc import Callable, Mapping, Set  # noqa: TC003 -- msgspec reads the annotations at run time
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner import checkout
from scanner.difference import Ranges, added
from scanner.errors import WorkspaceError
from scanner.names import display

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pygit2

    from scanner.models import Location
    from scanner.standing import Standing

NO_COMMIT = "0" * 40
MOST_LINKS = 40


class Revisions(Struct, frozen=True, kw_only=True):
    """Which commits to compare: ``base`` as asked for (id or ref), ``head`` the change's own tip where it differs from the checkout."""

    base: str
    head: str = ""


class Change(Struct, frozen=True, kw_only=True):
    """A change and its base. ``read_base`` gives a file's text at the base by its path below the scanned root, None where it had none;
    it may raise ScannerError.

    ``added`` maps each changed path (a removed one too) to its added lines (``difference.Ranges``); ``commits`` are the change's own,
    newest first, where the history holds them; ``base_date`` is when the base was committed (ISO 8601, UTC). Where the list of changed
    files is cut it is not ``complete``. ``touched`` gives the paths that any of its commits changes, as far as the history holds them: one
    commit may take back what another did.
    """

    base: str
    base_date: str
    added: Mapping[str, Ranges]
    read_base: Callable[[str], str | None]
    commits: tuple[str, ...] = ()
    complete: bool = True
    touched: Callable[[], Set[str]] = frozenset

    def adds(self, place: Location) -> bool:
        """Whether the change added a line of this place, or took one out of it; a file of which nothing is known (``knows``) has none."""
        end = max(place.line, place.end_line or 0)
        return any(first <= end and place.line <= last for first, last in self.added.get(place.path, ()))

    def knows(self, path: str) -> bool:
        """Whether it is known what the change did to a file: where the list of changed files is cut, only of those listed."""
        return self.complete or path in self.added


def compare(root: str, revisions: Revisions, stands: Callable[[], Standing | None] = lambda: None) -> Change:
    """The checkout at ``root`` against the merge-base. Raises WorkspaceError where the history does not hold it (a shallow clone).

    ``stands`` knows how the files stand against the index, None where the library is to find out: it is asked last.
    """
    import pygit2

    try:
        repo = checkout.repository(root)
        if repo is None:
            raise ValueError("no git repository")
        base = _base_commit(repo, revisions)
        prefix = _prefix(repo, root)
        commits = _commits(repo, base)
        return Change(
            base=str(base.id), base_date=_date(base), added=added(repo, base, prefix, stands), read_base=_reader(base, prefix),
            commits=commits, touched=lambda: _touched(repo, commits, prefix),
        )
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        hint = "check out with fetch-depth: 0, or give the action a token"
        name = revisions.base[:12] or "commit"
        raise WorkspaceError(f"the base {name} is not in this clone ({error})", subject="git", hint=hint) from None


def ends(root: str, revisions: Revisions) -> tuple[str, str, str]:
    """Ids of base and head as far as a shallow clone knows them, and the scanned folder's prefix. Raises WorkspaceError.

    A commit names its parents even where the clone does not hold them.
    """
    import pygit2

    try:
        repo = checkout.repository(root)
        if repo is None:
            raise ValueError("no git repository")
        head = repo[repo.head.target].peel(pygit2.Commit)
        merged = revisions.head in [str(one) for one in head.parent_ids[1:]]
        return str(head.parent_ids[0]) if merged else revisions.base, str(head.id), _prefix(repo, root)
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        raise WorkspaceError(f"cannot be read ({error})", subject="git") from None


def _base_commit(repo: pygit2.Repository, revisions: Revisions) -> pygit2.Commit:
    """The merge commit that GitHub checks out for a pull request has the base's tip as its first parent: nothing is nearer to the base."""
    import pygit2

    head = repo[repo.head.target].peel(pygit2.Commit)
    if revisions.head and str(head.id) != revisions.head and revisions.head in [str(one) for one in head.parent_ids[1:]]:
        return repo[head.parent_ids[0]].peel(pygit2.Commit)
    asked = repo.revparse_single(revisions.base).peel(pygit2.Commit)
    found = repo.merge_base(asked.id, head.id)
    if found is None:
        raise ValueError("no common ancestor")
    return repo[found].peel(pygit2.Commit)


def _prefix(repo: pygit2.Repository, root: str) -> str:
    if not repo.workdir:
        return ""
    inner = os.path.relpath(os.path.realpath(root), os.path.realpath(repo.workdir))
    return "" if inner == "." else inner + "/"


def _reader(base: pygit2.Commit, prefix: str) -> Callable[[str], str | None]:
    import pygit2

    def read(path: str) -> str | None:
        found = _entry(base.tree, posixpath.normpath(prefix + path))
        return found.data.decode("utf-8", "replace") if isinstance(found, pygit2.Blob) else None

    return read


def _entry(tree: pygit2.Tree, path: str, links: int = 0) -> pygit2.Object | None:
    """What stands at a path of a commit; links within the tree are followed, as whoever reads the checkout follows them."""
    from pygit2.enums import FileMode

    done = ""
    for name in path.split("/"):
        place = posixpath.join(done, name)
        if name == ".." or place not in tree:
            return None
        if tree[place].filemode == FileMode.LINK and links < MOST_LINKS:
            target = posixpath.normpath(posixpath.join(done, tree[place].read_raw().decode("utf-8", "surrogateescape")))
            rest = path[len(place) :].lstrip("/")
            return _entry(tree, posixpath.join(target, rest) if rest else target, links + 1)
        done = place
    return tree[done]


def _commits(repo: pygit2.Repository, base: pygit2.Commit) -> tuple[str, ...]:
    walker = repo.walk(repo.head.target)
    walker.hide(base.id)
    return tuple(str(commit.id) for commit in walker)


def _touched(repo: pygit2.Repository, commits: Iterable[str], prefix: str) -> set[str]:
    """The paths that these commits change: in a merge, those that none of its parents has so."""
    import pygit2

    paths: set[str] = set()
    for name in commits:
        commit = repo[name].peel(pygit2.Commit)
        diffs = [commit.tree.diff_to_tree(parent.tree) for parent in commit.parents] or [commit.tree.diff_to_tree()]
        sides = ({side.path for delta in diff.deltas for side in (delta.old_file, delta.new_file)} for diff in diffs)
        paths |= set.intersection(*sides)
    return {display(os.path.relpath(path, prefix or ".")) for path in paths}


def _date(commit: pygit2.Commit) -> str:
    return dt.datetime.fromtimestamp(commit.commit_time, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
