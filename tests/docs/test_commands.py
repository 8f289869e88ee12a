"""Every shell block of every page is run, or, where it needs what a test has not, checked word by word."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.docs import pages, shell, tables
from tests.loopback import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHELL = pages.blocks("sh", "bash", "console")
LONG = {"benchmarks.md", "mutants.md", "accuracy.md"}
"""Pages whose commands take minutes: they are checked, and run where the figures are made."""

DRAWN = {"make scan", "argv, inputs, config ──► Settings ──► the files under scan ──┬─► lockfiles ─► packages ─► advisories ─► Finding ─┐"}
"""First lines of blocks that are neither: the README's two commands, followed by ``make new-user``, and a drawing."""
COMMANDS = re.findall(r"^\| `security-scan ([a-z ]*[a-z])", tables.commands(), re.MULTILINE)


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
    if not shutil.which(said.get("needs", "sh")):
        pytest.skip(f"{said['needs']} is not installed")
    project = shell.sandbox(tmp_path, said.get("in", "clean-app"))
    done = shell.run(block.body, project, osv)
    assert done.returncode == int(said.get("exit", "0")), done.stdout + done.stderr


INLINE = sorted({
    (page.name, words)
    for page in pages.pages()
    for words in re.findall(r"`(security-scan(?: [^`]*)?)`", page.read_text("utf-8"))
    if not re.search(r"[\[\]|…]|COMMAND|SOURCES|REPORT|-f ids", words)
})
"""Commands within sentences; those with a placeholder are forms of a command, and one names the format that its page adds."""


@pytest.mark.parametrize(("page", "line"), INLINE, ids=[f"{page}-{line}" for page, line in INLINE])
def test_a_command_within_a_sentence_is_one(page: str, line: str) -> None:
    (words,) = shell.commands(line)
    if line.removeprefix("security-scan ") not in COMMANDS:  # its name alone
        shell.check(words)


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.name)
def test_no_block_is_of_a_kind_that_nobody_looks_at(page: Path) -> None:
    generated = "".join(section[0] for section in pages.sections(page))
    for block in pages.blocks_of(page, "", "text", "console", "bash", "json", "toml", "ini"):
        first = block.body.partition("\n")[0]
        assert block.body in generated or first in DRAWN, f"{block.name}: give it a language that is run or checked"


def test_every_command_stands_in_a_block_that_is_run_or_checked() -> None:
    said = {" ".join(words[1:3]) for block in SHELL for words in shell.commands(block.body) if words[0] == "security-scan"}
    assert {"scan", "db import"} < set(COMMANDS)
    assert [one for one in COMMANDS if not any(f"{words} ".startswith(f"{one} ") for words in said)] == []


def test_the_check_refuses_what_is_wrong() -> None:
    wrong = ["--fail-onn high", "--fail-on hihg", "rules lst", "schema all", "--output sarif", "staged --only words"]
    for line in [*(f"security-scan {one}" for one in wrong), "make nonsense", "rm -rf x", "docker run security-scan-gate --jobs none"]:
        (words,) = shell.commands(line)
        with pytest.raises(AssertionError):
            shell.check(words)
