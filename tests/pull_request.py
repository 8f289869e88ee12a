"""A pull request as a job sees it: base, head and GitHub's merge commit, an event payload, and the program run on it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pygit2

from scanner.cli import main

ROOT = Path(__file__).parents[1]
WHO = pygit2.Signature("a", "a@b.example", 1_760_000_000, 0)
Files = dict[str, str | bytes | None]


class PullRequest:
    """``base`` and then ``head`` are written as commits; the checkout is the merge of both, as actions/checkout leaves it."""

    def __init__(self, folder: Path, base: Files, head: Files, *, fork: bool = False) -> None:
        self.folder = folder
        self.tree = folder / "repo"
        self.fork = fork
        self.repo = pygit2.init_repository(self.tree, initial_head="main")
        self.base = self._commit(base)
        self.head = self._commit(head, self.base)
        self.merge = self._commit({}, self.base, self.head)
        self.repo.set_head(pygit2.Oid(hex=self.merge))

    def _commit(self, files: Files, *parents: str) -> str:
        for name, text in files.items():
            path = self.tree / name
            if text is None:
                path.unlink()
                self.repo.index.remove(name)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            self.repo.index.add(name)
        self.repo.index.write()
        return str(self.repo.create_commit(None, WHO, WHO, "c", self.repo.index.write_tree(), list(parents)))

    def then(self, files: Files) -> PullRequest:
        """The same with one commit more on top of its head."""
        self.head = self._commit(files, self.head)
        return self.checkout(self._commit({}, self.base, self.head))

    def checkout(self, commit: str) -> PullRequest:
        """The same with another commit checked out."""
        self.merge = commit
        self.repo.checkout_tree(self.repo[commit], strategy=pygit2.enums.CheckoutStrategy.FORCE)
        self.repo.set_head(pygit2.Oid(hex=commit))
        return self

    def shallow(self) -> PullRequest:
        """The same as ``actions/checkout`` leaves it by default: a clone of depth 1, which holds the commit and nothing before it."""
        clone = PullRequest.__new__(PullRequest)
        clone.folder, clone.fork, clone.base, clone.head, clone.merge = self.folder, self.fork, self.base, self.head, self.merge
        clone.tree = self.folder / "shallow"
        clone.repo = pygit2.init_repository(clone.tree, initial_head="main")
        commit = self.repo[self.merge]
        for one in (commit, *_objects(self.repo, commit.tree)):
            clone.repo.odb.write(one.type, one.read_raw())
        (clone.tree / ".git" / "shallow").write_text(f"{self.merge}\n")
        clone.repo = pygit2.Repository(clone.tree)
        clone.repo.set_head(pygit2.Oid(hex=self.merge))
        clone.repo.checkout_head(strategy=pygit2.enums.CheckoutStrategy.FORCE)
        return clone

    def env(self) -> dict[str, str]:
        """The variables of the job."""
        here = {"full_name": "octo/app", "default_branch": "main"}
        pull = {
            "number": 7, "base": {"sha": self.base, "ref": "main", "repo": here},
            "head": {"sha": self.head, "repo": {"full_name": "mallory/app"} if self.fork else here},
        }
        path = self.folder / "event.json"
        path.write_text(json.dumps({"pull_request": pull, "repository": here}))
        return {
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path), "GITHUB_REPOSITORY": "octo/app",
            "HOME": str(self.folder), "GITHUB_OUTPUT": str(self.folder / "output"), "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }

    def scan(self, *args: str, inputs: dict[str, str] | None = None, api: str = "", **variables: str) -> tuple[int, dict[str, object], str]:
        """Exit code, JSON report and log of a scan with the advisories of the examples."""
        out, err = io.StringIO(), io.StringIO()
        report = self.folder / "report.json"
        advisories = ["--advisories", "offline", "--advisory-db", str(ROOT / "examples" / "advisories")]
        given = {f"INPUT_{name.upper()}": value for name, value in (inputs or {}).items()}
        env = {**self.env(), **({"GITHUB_API_URL": api} if api else {}), **given, **variables}
        code = main(["scan", str(self.tree), *advisories, "-o", f"json={report}", *args], env, out, err)
        data = json.loads(report.read_text()) if report.exists() else {}
        return code, data, out.getvalue() + err.getvalue()


def _objects(repo: pygit2.Repository, tree: pygit2.Tree) -> list[pygit2.Object]:
    found: list[pygit2.Object] = [tree]
    for entry in tree:
        found += _objects(repo, entry) if isinstance(entry, pygit2.Tree) else [entry]
    return found
