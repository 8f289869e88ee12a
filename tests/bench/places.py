"""Where inputs and tools are kept: below ``.cache/bench``, each built once and whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"


def made(name: str, build: Callable[[Path], None]) -> Path:
    """The folder ``name``; where it is not there yet ``build`` fills a folder beside it that is then renamed."""
    place = CACHE / name
    if place.is_dir():
        return place
    draft = CACHE / f"{name}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    build(draft)
    os.rename(draft, place)
    return place


def made_repository(name: str, build: Callable[[Path], None]) -> Path:
    """The same, committed to a git repository of its own, as a checkout is."""

    def commit(folder: Path) -> None:
        import pygit2

        build(folder)
        repo = pygit2.init_repository(folder, initial_head="main")
        repo.index.add_all()
        repo.index.write()
        who = pygit2.Signature("Bench", "bench@mail.example", 1_700_000_000, 0)
        repo.create_commit("HEAD", who, who, "Everything", repo.index.write_tree(), [])

    return made(name, commit)


def environment() -> dict[str, str]:
    """What every contender is given: a home of its own and nothing that changes how Python, Node or git work."""
    home = CACHE / "home"
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "NO_COLOR": "1", "NO_UPDATE_NOTIFIER": "1", "GIT_CONFIG_NOSYSTEM": "1"}
