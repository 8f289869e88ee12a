"""Repositories to scan: a copy of an example, committed, with a workflow from ``examples/workflows`` in it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pygit2

from examples.plant import plant
from tests.e2e.image import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = PROJECT / "examples"
ADVISORIES = EXAMPLES / "advisories"
_CONFIG = ".security-scan.yml"


def copy_example(name: str, target: Path, *, config: str = "kept") -> Path:
    """The example without its config file where ``config`` is ``dropped``; the vulnerable one gets its fake keys."""
    if name == "vulnerable-app":
        plant(EXAMPLES / name, target)
    else:
        shutil.copytree(EXAMPLES / name, target)
    if config == "dropped":
        (target / _CONFIG).unlink()
    return target


def add_workflow(repository: Path, name: str, inputs: dict[str, str]) -> None:
    """The workflow as users copy it, with ``inputs`` added to those it gives the action."""
    text = (EXAMPLES / "workflows" / name).read_text()
    before, ours, after = text.partition("uses: OWNER/security-scan-gate@")
    assert ours not in after, f"{name}: the action once is expected"
    start = "        with:\n"
    step, end, rest = after.partition("\n\n")  # the action's is the last step of its job
    if start not in step:
        step += f"\n{start}".rstrip("\n")
    added = "".join(f"          {key}: {value!r}\n" for key, value in inputs.items())
    after = (step + "\n").replace(start, start + added, 1).rstrip("\n") + end + rest
    workflow = repository / ".github" / "workflows" / name
    workflow.parent.mkdir(parents=True)
    workflow.write_text(before + ours + after)


def commit(repository: Path) -> str:
    """Commit everything that is not ignored; the id of the commit."""
    git = pygit2.init_repository(str(repository), initial_head="main")
    git.index.add_all()
    git.index.write()
    author = pygit2.Signature("Someone", "someone@project.example", 1_700_000_000, 0)
    parents = [] if git.head_is_unborn else [git.head.target]
    return str(git.create_commit("HEAD", author, author, "State of the project", git.index.write_tree(), parents))


def make_shallow(repository: Path) -> str:
    """A second commit whose parent is not there, as a checkout of depth 1 leaves it; the id of the commit."""
    git = pygit2.Repository(str(repository))
    parent = str(git.head.target)
    (repository / "CHANGELOG.md").write_text("One more thing.\n")
    identity = commit(repository)
    (repository / ".git" / "shallow").write_text(f"{identity}\n")
    (repository / ".git" / "objects" / parent[:2] / parent[2:]).unlink()
    return identity


def give_to(repository: Path, owner: int) -> None:
    """Change the owner of everything in it."""
    for place in [repository, *repository.rglob("*")]:
        os.chown(place, owner, owner, follow_symlinks=False)
