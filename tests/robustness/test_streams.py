"""The exit code is the documented one where nobody can be told why: a full disk, a closed pipe, no standard output or error at all."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.robustness import child

KEY = "AK" + "IAQ3EGRX7L2MNBV5TW"
ON_GITHUB = {"GITHUB_ACTIONS": "true"}
MUTE = ("2>/dev/full", "2>&-", ">&- 2>&-", ">/dev/full 2>/dev/full")
SCAN = ("--only", "secrets")
UNWRITABLE = (*SCAN, "-o", "json=/dev/full/report.json")


def ended(folder: Path, redirected: str, *args: str, **env: str) -> int:
    """The exit code of the program with its streams as the shell is told; ``gone`` is an output that nobody reads any more."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    script = f'"$@" {redirected.removeprefix("gone")}'
    words = [bash, "-c", script, "bash", *child.command(*args)]
    reading, writing = os.pipe()
    os.close(reading)
    out = writing if redirected == "gone" else subprocess.DEVNULL
    try:
        done = subprocess.run(words, cwd=folder, env=child.environment(folder.parent / "home", **env), stdout=out, timeout=60, check=False)
    finally:
        os.close(writing)
    return done.returncode


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A tree with nothing to find."""
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "a.py").write_text("x = 1\n")
    return tmp_path / "repo"


@pytest.fixture
def leaking(clean: Path) -> Path:
    """A tree with a secret."""
    (clean / "key.env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n")
    return clean


@pytest.mark.parametrize("redirected", MUTE)
@pytest.mark.parametrize("args", [("--nope",), ("--fail-on", "sever"), ("no-such-folder",), ("db",)])
def test_a_mistake_of_the_user(clean: Path, redirected: str, args: tuple[str, ...]) -> None:
    assert ended(clean, redirected, *args) == 2
    assert ended(clean, redirected, *args, **ON_GITHUB) == 2


@pytest.mark.parametrize(
    ("redirected", "code"),
    [(">/dev/full", 3), (">&-", 3), (">&- 2>&-", 3), (">/dev/full 2>/dev/full", 3), ("gone", 3), ("2>/dev/full", 0), ("2>&-", 0)],
)
def test_a_clean_tree_is_green_only_where_somebody_was_told(clean: Path, redirected: str, code: int) -> None:
    assert ended(clean, redirected, *SCAN) == code
    assert ended(clean, redirected, *SCAN, **ON_GITHUB) == code


@pytest.mark.parametrize("redirected", [*MUTE, ">/dev/full", ">&-", "gone"])
def test_findings_are_findings(leaking: Path, redirected: str) -> None:
    assert ended(leaking, redirected, *SCAN) == 1
    assert ended(leaking, redirected, *UNWRITABLE) == 1


@pytest.mark.parametrize("redirected", MUTE)
def test_a_report_that_cannot_be_written_is_never_green(clean: Path, redirected: str) -> None:
    assert ended(clean, redirected, *UNWRITABLE) == 3


@pytest.mark.parametrize("redirected", [">/dev/full", ">&-", "gone", ">/dev/full 2>/dev/full", ">&- 2>&-"])
@pytest.mark.parametrize("args", [("rules", "list"), ("schema", "config"), ("init", "--diff"), ("--version",), ("--help",)])
def test_what_a_command_could_not_say_is_no_success(clean: Path, redirected: str, args: tuple[str, ...]) -> None:
    assert ended(clean, redirected, *args) == 3


def test_a_program_that_cannot_even_start_says_so(clean: Path) -> None:
    (clean / "driver.py").write_text(
        f"import sys\nsys.path.insert(0, {str(child.ROOT)!r})\nsys.modules['scanner.cli'] = None\n"
        "from scanner.__main__ import main\nsys.exit(main())\n"
    )
    words = [child.command()[0], str(clean / "driver.py")]
    done = subprocess.run(words, cwd=clean, env=child.environment(clean.parent / "home"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("security-scan: the program cannot start: import of scanner.cli halted")
    assert len(done.stderr.splitlines()) == 1
