"""The example as a repository: main is the clean app, the change on top of it the vulnerable one with planted keys."""

from __future__ import annotations

import importlib.util
import shutil
from typing import TYPE_CHECKING

import pygit2

if TYPE_CHECKING:
    from pathlib import Path


def make(target: Path, examples: Path) -> None:
    """A repository at ``target`` with a branch ``main`` and, checked out, a branch ``change``."""
    shutil.copytree(examples / "clean-app", target)
    repo = pygit2.init_repository(target, initial_head="main")
    first = _commit(repo, "refs/heads/main", [])
    _plant(examples, target)
    _commit(repo, "refs/heads/change", [first])
    repo.set_head("refs/heads/change")
    repo.free()


def _plant(examples: Path, target: Path) -> None:
    spec = importlib.util.spec_from_file_location("plant", examples / "plant.py")
    assert spec is not None
    assert spec.loader is not None
    plant = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plant)
    planted = target.with_name("planted")
    plant.plant(examples / "vulnerable-app", planted)
    shutil.copytree(planted, target, dirs_exist_ok=True)


def _commit(repo: pygit2.Repository, branch: str, parents: list[pygit2.Oid]) -> pygit2.Oid:
    someone = pygit2.Signature("Example", "example@shop.example", 1_780_000_000, 0)
    repo.index.add_all()
    repo.index.write()
    return repo.create_commit(branch, someone, someone, "An example", repo.index.write_tree(), parents)
