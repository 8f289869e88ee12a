"""Tests own their surroundings: no variable of a runner; the shared data set where it stands beside the project."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import count as count_from
from pathlib import Path

import pytest

from tests.counts import count, pytest_configure, pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown

__all__ = ["count", "pytest_configure", "pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
RUNNER_PREFIXES = ("GITHUB_", "RUNNER_", "INPUT_", "ACTIONS_", "npm_config_", "SECURITY_SCAN_")


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new name for each test, in a folder of their own: pytest's would be looked through once for each of thousands."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count_from(0))


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, _homes: Iterator[Path]) -> None:
    for name in [name for name in os.environ if name.startswith(RUNNER_PREFIXES)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(next(_homes)))
    monkeypatch.delenv("NO_COLOR", raising=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, loudly, what needs the shared data set or the git command where it is absent."""
    absent = {
        "shared": "" if SHARED.is_dir() else "the shared data set is not beside the project",
        "git": "" if shutil.which("git") else "git is not installed",
    }
    for item in items:
        for name, reason in absent.items():
            if reason and name in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))
