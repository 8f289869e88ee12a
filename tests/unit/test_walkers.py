"""Two processes that share a tree list what one lists, whatever becomes of the other one."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scanner import walk, walkers
from scanner.models import Problem, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDERS, FILES = 12, 9


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree that is large enough by the limits that hold here."""
    monkeypatch.setattr(walkers, "ENOUGH", 5)
    for folder in range(FOLDERS):
        for file in range(FILES):
            place = tmp_path / f"f{folder}" / f"deep{file % 3}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"n{file}.txt").write_text("x" * file)
    (tmp_path / "f3/link.txt").symlink_to("/nowhere")
    os.mkfifo(tmp_path / "f4/pipe")
    return tmp_path


def told(seen: walk.Seen) -> tuple[list[Any], ...]:
    return tuple(sorted(map(repr, one)) for one in (seen.files, seen.links, seen.skipped, seen.problems))


def alone(root: Path) -> tuple[list[Any], ...]:
    return told(walk.below(str(root), None, [""]))


@pytest.mark.parametrize("turns", [1, 2, 7, 1024])
def test_two_list_what_one_lists(tree: Path, monkeypatch: pytest.MonkeyPatch, turns: int) -> None:
    monkeypatch.setattr(walkers, "MOST_TURNS", turns)
    seen = walkers.walk(str(tree), None)
    assert told(seen) == alone(tree)
    assert len(seen.files) == FOLDERS * FILES
    assert Skipped(path="f3/link.txt", reason="link to nothing") in seen.skipped
    assert Skipped(path="f4/pipe", reason="not a regular file") in seen.skipped


def test_the_order_is_the_same_whoever_was_faster(tree: Path) -> None:
    assert walkers.walk(str(tree), None) == walkers.walk(str(tree), None)


def dies(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fails(*_: object) -> None:
    raise MemoryError


def babbles(*parts: Any) -> None:
    os.write(parts[-1], b"\xc1nothing")


def takes_and_dies(*parts: Any) -> None:
    os.read(parts[3], 4)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("tell", [dies, fails, babbles, takes_and_dies])
def test_nothing_is_lost_with_the_other_process(tree: Path, monkeypatch: pytest.MonkeyPatch, tell: Callable[..., None]) -> None:
    monkeypatch.setattr(walkers, "_tell", tell)
    assert told(walkers.walk(str(tree), None)) == alone(tree)


def test_without_room_for_a_process(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> tuple[int, int]:
        raise BlockingIOError

    monkeypatch.setattr(walkers, "forked", full)
    assert told(walkers.walk(str(tree), None)) == alone(tree)


def test_names_that_are_no_text(tree: Path) -> None:
    for folder in range(FOLDERS):
        (tree / f"f{folder}" / os.fsdecode(b"odd\xff.txt")).write_text("x")
    seen = walkers.walk(str(tree), None)
    assert told(seen) == alone(tree)
    assert sum(file.path.endswith("\\xff.txt") for file in seen.files) == FOLDERS


def test_a_folder_that_is_gone_is_a_problem(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = walkers._shared

    def late(root: str, known: None, folders: list[str]) -> Any:
        return shared(root, known, [*folders, "gone/"])

    monkeypatch.setattr(walkers, "_shared", late)
    problems = walkers.walk(str(tree), None).problems
    assert problems == [Problem(subject="gone/", reason="folder cannot be read: No such file or directory", hint="check its permissions")]
