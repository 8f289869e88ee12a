"""Counts of what was tried, added up over all test processes, for the table that ``make robustness`` prints."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_COUNTS = pytest.StashKey["Counter[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_COUNTS] = Counter()


@pytest.fixture(scope="session")
def count(pytestconfig: pytest.Config) -> Callable[..., None]:
    """``count(what, how_many=1)`` adds to a line of the table."""

    def add(what: str, how_many: int = 1) -> None:
        pytestconfig.stash[_COUNTS][what] += how_many

    return add


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One process of several hands its counts to the one that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["counts"] = dict(session.config.stash[_COUNTS])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the counts of a process that has ended."""
    node.config.stash[_COUNTS].update(getattr(node, "workeroutput", {}).get("counts", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The numbers, one line each."""
    counts = config.stash[_COUNTS]
    if counts:
        terminalreporter.section("what was tried")
    for what in sorted(counts):
        terminalreporter.write_line(f"{what:.<60} {counts[what]:>10,}")
