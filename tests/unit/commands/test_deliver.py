"""Everyone is told, and a report that could not be written is named nowhere as if it were there."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from scanner import action
from scanner.cli import main
from scanner.commands.deliver import Wanted, deliver
from scanner.event import Event
from tests.pull_request import PullRequest
from tests.unit.reporters import sample
from tests.unit.reporters.workflow_parser import commands, outputs


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    return {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}


def test_a_report_that_is_not_there_is_no_output_and_an_error(job: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    out, err = io.StringIO(), io.StringIO()
    wanted = Wanted(format="github", outputs=(("json", "taken/report.json"), ("sarif", "report.sarif")))
    assert deliver(sample.clean(), wanted, Event(), job, out, err) == 3
    seen = outputs(Path(job["GITHUB_OUTPUT"]).read_text())
    assert (seen["json-file"], seen["sarif-file"], seen["verdict"]) == ("", "report.sarif", "pass")
    (error,) = [one for one in commands(out.getvalue()) if one.name == "error"]
    assert error.data.startswith("taken/report.json: cannot be written")
    assert err.getvalue().startswith("security-scan: taken/report.json: cannot be written")


def test_outputs_that_cannot_be_written_do_not_take_the_summary_along(job: dict[str, str], tmp_path: Path) -> None:
    job["GITHUB_OUTPUT"] = str(tmp_path)
    assert deliver(sample.clean(), Wanted(format="github"), Event(), job, io.StringIO(), io.StringIO()) == 3
    assert Path(job["GITHUB_STEP_SUMMARY"]).read_text().startswith("## ✅ Security scan passed")


@pytest.mark.parametrize(
    ("text", "said"), [("fail-on: hihg\n", "fail-on: 'hihg' is not one of"), ("audits: {python: never}\n", "audits.python")]
)
def test_a_config_that_cannot_be_used_is_in_the_summary(job: dict[str, str], tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / ".security-scan.yml").write_text(text)
    out = io.StringIO()
    assert main(["scan"], job, out, io.StringIO()) == 2
    first = Path(job["GITHUB_STEP_SUMMARY"]).read_text().splitlines()[0]
    assert first.startswith("## ❌ Security scan did not start: ")
    assert said in first
    (error,) = commands(out.getvalue())
    assert (error.properties["file"], error.properties["line"]) == (".security-scan.yml", "1")


def test_a_comment_that_is_not_written_is_a_notice_and_changes_nothing(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": "jinja2==3.1.6\n"}, {"README.md": "x\n"})
    code, _, log = pull.scan(inputs={"comment": "true"})
    assert code == 0
    said = "pull request comment: not written: no token was given"
    assert [one.data for one in commands(log) if one.properties.get("title") == "pull request comment"] == [said]
    assert f"security-scan: {said}" in log


def test_an_api_that_is_no_address_costs_the_comment_and_nothing_else(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"requirements.txt": "jinja2==3.1.6\n"}, {"README.md": "x\n"})
    code, report, log = pull.scan(inputs={"comment": "true", "token": "t0ken"}, api="https://[")
    assert (code, report["verdict"], "internal error" in log) == (0, "pass", False)
    assert "pull request comment: not written: GitHub's API: the address cannot be used" in log


def test_what_ends_an_output_is_not_to_be_guessed(job: dict[str, str]) -> None:
    """Whoever can guess it writes outputs of his own into a file's name."""
    ends = set()
    for _ in range(3):
        action.write_outputs(job, sample.clean(), {"json": "report.json"})
        text = Path(job["GITHUB_OUTPUT"]).read_text()
        Path(job["GITHUB_OUTPUT"]).unlink()
        ends |= set(re.findall(r"^verdict<<([0-9a-f]{32})$", text, re.MULTILINE))
    assert len(ends) == 3
