"""Every shell block of every page is run, or, where it needs what a test has not, checked word by word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.docs import pages, shell
from tests.loopback import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHELL = pages.blocks("sh", "bash", "console")
LONG = {"scale.md", "benchmarks.md", "mutants.md", "accuracy.md"}
"""Pages whose commands take minutes: they are checked, and run where the figures are made."""


def is_run(block: pages.Block) -> bool:
    return not block.note.startswith("check:") and block.page.name not in LONG


@pytest.fixture(scope="module")
def osv() -> Iterator[str]:
    with serve(ROOT / "examples" / "advisories") as server:
        yield server.url


@pytest.mark.parametrize("block", [block for block in SHELL if not is_run(block)], ids=lambda block: block.name)
def test_checked(block: pages.Block) -> None:
    found = list(shell.commands(block.body))
    assert found
    for words in found:
        shell.check(words)


@pytest.mark.parametrize("block", [block for block in SHELL if is_run(block)], ids=lambda block: block.name)
def test_run(block: pages.Block, tmp_path: Path, osv: str) -> None:
    said = dict(re.findall(r"(\w+)=(\S+)", block.note))
    project = shell.sandbox(tmp_path, said.get("in", "clean-app"))
    done = shell.run(block.body, project, osv)
    assert done.returncode == int(said.get("exit", "0")), done.stdout + done.stderr


def test_the_check_refuses_what_is_wrong() -> None:
    wrong = ["--fail-onn high", "--fail-on hihg", "rules lst", "schema all", "--output sarif", "staged --only words"]
    for line in [*(f"security-scan {one}" for one in wrong), "make nonsense", "rm -rf x", "docker run security-scan-gate --jobs none"]:
        (words,) = shell.commands(line)
        with pytest.raises(AssertionError):
            shell.check(words)
