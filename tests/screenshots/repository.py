"""The example as a pull request: some of what is wrong is on main already, the rest comes with the change."""

from __future__ import annotations

import importlib.util
import json
import shutil
from typing import TYPE_CHECKING

import pygit2

if TYPE_CHECKING:
    from pathlib import Path

ON_MAIN = (
    "services/api/requirements.txt", "services/api/requirements-dev.txt", "tools/release/package.json", "tools/release/pnpm-lock.yaml",
)
LAST_OF_MAIN, CHANGED = 1_733_000_000, 1_780_000_000  # the end of November 2024: some advisories are younger than that


def make(target: Path, examples: Path) -> dict[str, str]:
    """A repository at ``target`` with ``main`` and, checked out, a branch ``change``, and main's files beside it, at ``before``.

    The variables of a job for a pull request of the change.
    """
    before = target.with_name("before")
    shutil.copytree(examples / "clean-app", before)
    for path in ON_MAIN:
        shutil.copy(examples / "vulnerable-app" / path, before / path)
    shutil.copytree(before, target)
    repo = pygit2.init_repository(target, initial_head="main")
    base = _commit(repo, "refs/heads/main", [], LAST_OF_MAIN)
    _plant(examples, target)
    head = _commit(repo, "refs/heads/change", [base], CHANGED)
    repo.set_head("refs/heads/change")
    repo.free()
    return _job(target, str(base), str(head))


def _job(target: Path, base: str, head: str) -> dict[str, str]:
    here = {"full_name": "example/shop", "default_branch": "main"}
    pull = {"number": 7, "base": {"sha": base, "ref": "main", "repo": here}, "head": {"sha": head, "ref": "change", "repo": here}}
    payload = target.with_name("event.json")
    payload.write_text(json.dumps({"pull_request": pull, "repository": here}))
    return {
        "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(payload),
        "GITHUB_REPOSITORY": "example/shop", "GITHUB_STEP_SUMMARY": str(target.with_name("summary.md")),
    }


def _plant(examples: Path, target: Path) -> None:
    spec = importlib.util.spec_from_file_location("plant", examples / "plant.py")
    assert spec is not None
    assert spec.loader is not None
    plant = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plant)
    planted = target.with_name("planted")
    plant.plant(examples / "vulnerable-app", planted)
    shutil.copytree(planted, target, dirs_exist_ok=True)


def _commit(repo: pygit2.Repository, branch: str, parents: list[pygit2.Oid], when: int) -> pygit2.Oid:
    someone = pygit2.Signature("Example", "example@shop.example", when, 0)
    repo.index.add_all()
    repo.index.write()
    return repo.create_commit(branch, someone, someone, "An example", repo.index.write_tree(), parents)
