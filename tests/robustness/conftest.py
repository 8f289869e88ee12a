"""Counts what was tried, for the table that ``make robustness`` prints."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_COUNTS = pytest.StashKey["Counter[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_COUNTS] = Counter()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is tried by ``make robustness``, and said to be left out elsewhere."""
    if os.environ.get("ROBUSTNESS") == "full":
        return
    for item in items:
        if "slow" in item.keywords and "robustness" in item.path.parts:
            item.add_marker(pytest.mark.skip(reason="long: run `make robustness`"))


@pytest.fixture(scope="session")
def count(pytestconfig: pytest.Config) -> Callable[..., None]:
    """``count(what, how_many=1)`` adds to a line of the table."""

    def add(what: str, how_many: int = 1) -> None:
        pytestconfig.stash[_COUNTS][what] += how_many

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The numbers, one line each."""
    counts = config.stash[_COUNTS]
    if counts:
        terminalreporter.section("robustness")
    for what in sorted(counts):
        terminalreporter.write_line(f"{what:.<60} {counts[what]:>10,}")
