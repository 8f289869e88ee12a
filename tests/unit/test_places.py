"""Where a mark stands: GitHub knows a file by its path in the repository, wherever the job starts and whichever folder is scanned."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pygit2
import pytest

from scanner.cli import main

PATTERN = "secrets:\n  patterns:\n    - {id: marker, description: Marker, regex: 'MARKER_[a-z]+', keywords: [MARKER_]}\n"
STALE = "allow:\n  - {id: no-such-rule, reason: old}\n"
SECRET = "x\nMARKER_" + "aaaabbbb\n"


class Job:
    """A job's folder with a repository of these files at ``checkout``; `run` starts where it is told to."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], checkout: str = "", *, git: bool = True
    ) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        if git:
            pygit2.init_repository(folder / checkout, initial_head="main")
        for name, text in files.items():
            path = folder / checkout / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, *arguments: str, started: str = "", **env: str) -> tuple[str, str]:
        """What goes to stdout and stderr."""
        self.monkeypatch.chdir(self.folder / started)
        env = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.folder), "HOME": str(self.folder), **env}
        out, err = io.StringIO(), io.StringIO()
        main([*arguments, "--only", "secrets"], env, out, err)
        return out.getvalue(), err.getvalue()


WEB = {"apps/web/b.py": SECRET, "apps/web/.security-scan.yml": PATTERN}


@pytest.mark.parametrize(
    ("checkout", "arguments", "started", "git", "file"),
    [
        ("", ["apps/web"], "", True, "apps/web/b.py"),
        ("", [], "apps/web", True, "apps/web/b.py"),
        ("", ["../web"], "apps/web", True, "apps/web/b.py"),
        ("src", ["src/apps/web"], "", True, "apps/web/b.py"),
        ("src", ["."], "src/apps/web", True, "apps/web/b.py"),
        ("", ["apps/web"], "", False, "apps/web/b.py"),
        ("", [], "apps/web", False, "apps/web/b.py"),
    ],
)
def test_a_mark_stands_at_the_files_path_in_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkout: str, arguments: list[str], started: str, git: bool, file: str
) -> None:
    job = Job(tmp_path, monkeypatch, WEB, checkout, git=git)
    out, err = job.run(*arguments, "-o", f"sarif={tmp_path / started / 'r.sarif'}", started=started)
    assert f",file={file},col=1," in out, out + err
    (result,) = json.loads((tmp_path / started / "r.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == file


def test_the_root_of_a_checkout_below_the_jobs_folder_is_the_repositorys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, _ = Job(tmp_path, monkeypatch, {"b.py": SECRET, ".security-scan.yml": PATTERN}, "src").run("src")
    assert ",file=b.py,col=1," in out


@pytest.mark.parametrize(("arguments", "started", "shown"), [(["apps/web"], "", "apps/web/b.py:2"), ([], "apps/web", "b.py:2")])
def test_a_terminal_shows_paths_from_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], started: str, shown: str
) -> None:
    out, _ = Job(tmp_path, monkeypatch, WEB).run(*arguments, "-f", "console", started=started)
    assert f" {shown}\n" in out


@pytest.mark.parametrize(
    ("arguments", "form", "named"),
    [
        (["apps/web"], "console", "apps/web/.security-scan.yml"), (["apps/web"], "github", "apps/web/.security-scan.yml"),
        (["apps/web", "--config", "ci/scan.yml"], "github", "ci/scan.yml"),
    ],
)  # fmt: skip
def test_an_entry_is_to_be_written_into_the_config_file_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], form: str, named: str
) -> None:
    out, err = Job(tmp_path, monkeypatch, {**WEB, "ci/scan.yml": PATTERN}).run(*arguments, "-f", form)
    assert f"an allow entry into {named}" in " ".join(out.split()), out + err


@pytest.mark.parametrize(("path", "started", "config"), [("apps/web", "", "ci/scan.yml"), (".", "apps/web", "../../ci/scan.yml")])
def test_an_entry_of_a_policy_outside_of_the_scanned_folder_is_marked_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, started: str, config: str
) -> None:
    job = Job(tmp_path, monkeypatch, {"apps/web/a.py": "x\n", "ci/scan.yml": STALE})
    out, err = job.run(path, "--config", config, started=started)
    assert ",file=ci/scan.yml,endLine=2,line=2::" in out, out + err


def test_an_entry_of_a_policy_outside_of_the_repository_is_marked_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(tmp_path, monkeypatch, {"a.py": "x\n"}, "src")
    (tmp_path / "scan.yml").write_text(STALE)
    out, err = job.run("src", "--config", str(tmp_path / "scan.yml"))
    assert f"title=no-such-rule accepts nothing that was found%3A it can go::{tmp_path}/scan.yml:2: " in out, out + err


@pytest.mark.parametrize(
    ("arguments", "started", "file", "named"),
    [
        (["apps/web"], "", "apps/web/.security-scan.yml", "apps/web/.security-scan.yml"),
        ([], "apps/web", "apps/web/.security-scan.yml", ".security-scan.yml"),
        (["apps/web", "--config", "ci/scan.yml"], "", "ci/scan.yml", "ci/scan.yml"),
    ],
)
def test_a_mistake_in_a_policy_is_marked_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], started: str, file: str, named: str
) -> None:
    wrong = "fail-on: high\nexlude: []\n"
    job = Job(tmp_path, monkeypatch, {"apps/web/.security-scan.yml": wrong, "ci/scan.yml": wrong, "a.py": "x\n"})
    out, err = job.run(*arguments, started=started)
    assert out.startswith(f"::error file={file},line=2,title=configuration::{named}:2: exlude: unknown key"), out + err


def test_a_mistake_in_an_input_is_marked_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, _ = Job(tmp_path, monkeypatch, {"a.py": "x\n"}).run(INPUT_PATTERNS="- id: a\n  regx: x\n")
    assert out.startswith("::error title=configuration::input patterns:2: ")


@pytest.mark.parametrize(("github", "said"), [("true", ".security-scan.yml: 1: "), ("", ".security-scan.yml:1: ")])
def test_only_a_jobs_log_has_places_that_no_problem_matcher_takes_for_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, github: str, said: str
) -> None:
    _, err = Job(tmp_path, monkeypatch, {".security-scan.yml": "exlude: []\n"}).run(GITHUB_ACTIONS=github)
    assert err.startswith(f"security-scan: {said}")
