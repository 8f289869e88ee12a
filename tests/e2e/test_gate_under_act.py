"""The workflows that users copy, run by act: what blocks stops the end-to-end tests, what does not lets them run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.e2e import act, repositories
from tests.loopback import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.engine import Engine
    from tests.loopback import Server

pytestmark = pytest.mark.e2e

_CLOSED_PORT = "http://127.0.0.1:9"
_RAN = "end-to-end tests"


class Run(Protocol):
    def __call__(self, repository: Path, workflow: str, inputs: dict[str, str]) -> act.WorkflowRun: ...


@pytest.fixture
def run(engine: Engine, image: str, action: Path, tmp_path: Path) -> Run:
    """Commit the repository with the workflow in it, and push it past act."""

    def commit_and_run(repository: Path, workflow: str, inputs: dict[str, str]) -> act.WorkflowRun:
        repositories.add_workflow(repository, workflow, inputs)
        repositories.commit(repository)
        return act.run_workflow(engine, repository, action, home=tmp_path / "home")

    return commit_and_run


@pytest.fixture(scope="module")
def osv() -> Iterator[Server]:
    with serve(repositories.ADVISORIES) as server:
        yield server


def test_a_vulnerable_app_stops_the_end_to_end_tests(run: Run, osv: Server, tmp_path: Path) -> None:
    app = repositories.copy_example("vulnerable-app", tmp_path / "app", config="dropped")
    result = run(app, "ci.yml", {"osv-url": osv.url})
    assert result.exit_code != 0, result.text
    assert result.jobs == {"lint-typecheck": "success", "unit-tests": "success", "security-scan": "failure"}, result.text
    assert osv.count("/v1/querybatch") > 0


def test_outputs_summary_and_annotations_arrive(run: Run, osv: Server, tmp_path: Path) -> None:
    app = repositories.copy_example("vulnerable-app", tmp_path / "app", config="dropped")
    result = run(app, "ci.yml", {"osv-url": osv.url, "json-file": "report.json"})
    assert result.outputs["verdict"] == "fail", result.text
    assert int(result.outputs["blocking"]) >= 1
    assert int(result.outputs["findings"]) == int(result.outputs["vulnerabilities"]) + int(result.outputs["secrets"])
    assert result.outputs["json-file"] == "report.json"
    assert (app / "report.json").stat().st_size > 0
    assert "GHSA-" in result.summary
    places = {note.get("file") for note in result.annotations if note["level"] == "error"}
    assert "apps/web/src/lib/admin.ts" in places or "apps/web/src/lib/assistant.ts" in places, result.annotations


def test_no_planted_key_is_printed(run: Run, osv: Server, tmp_path: Path) -> None:
    app = repositories.copy_example("vulnerable-app", tmp_path / "app", config="dropped")
    key = (app / "apps/web/src/lib/assistant.ts").read_text().split('"')[1]
    result = run(app, "ci.yml", {"osv-url": osv.url})
    assert "apps/web/src/lib/assistant.ts" in result.text + str(result.annotations)
    assert key not in result.text + result.summary + str(result.annotations)


def test_a_clean_app_lets_the_end_to_end_tests_run(run: Run, osv: Server, tmp_path: Path) -> None:
    app = repositories.copy_example("clean-app", tmp_path / "app", config="dropped")
    result = run(app, "ci.yml", {"osv-url": osv.url})
    assert result.exit_code == 0, result.text
    assert result.jobs["security-scan"] == result.jobs["e2e"] == "success"
    assert f"{_RAN} (security-scan said pass)" in result.text


def test_what_only_warns_lets_the_end_to_end_tests_run(run: Run, osv: Server, tmp_path: Path) -> None:
    app = repositories.copy_example("clean-app", tmp_path / "app", config="dropped")
    shutil.copytree(repositories.EXAMPLES / "vulnerable-app" / "tools", app / "tools", dirs_exist_ok=True)
    result = run(app, "ci.yml", {"osv-url": osv.url})
    assert result.jobs["e2e"] == "success", result.text
    assert result.outputs["blocking"] == "0"
    assert int(result.outputs["vulnerabilities"]) >= 1
    assert any(note["level"] == "warning" and note.get("file", "").startswith("tools/") for note in result.annotations), result.annotations


def test_the_config_file_decides_where_inputs_say_nothing(run: Run, tmp_path: Path) -> None:
    app = repositories.copy_example("clean-app", tmp_path / "app")
    shutil.copytree(repositories.EXAMPLES / "vulnerable-app" / "tools", app / "tools", dirs_exist_ok=True)
    shutil.copytree(repositories.ADVISORIES, app / "advisories")
    result = run(app, "minimal.yml", {"advisories": "offline", "advisory-db": "advisories"})
    assert result.jobs == {"security-scan": "success", "e2e": "success"}, result.text
    assert int(result.outputs["vulnerabilities"]) >= 1


def test_an_unreachable_advisory_service_is_incomplete_never_green(run: Run, tmp_path: Path) -> None:
    app = repositories.copy_example("clean-app", tmp_path / "app", config="dropped")
    result = run(app, "ci.yml", {"osv-url": _CLOSED_PORT})
    assert result.jobs["security-scan"] == "failure", result.text
    assert "e2e" not in result.jobs
    assert result.outputs["verdict"] == "incomplete"
    assert "incomplete" in result.summary.splitlines()[0].lower()


def test_a_usage_error_stops_the_end_to_end_tests(run: Run, tmp_path: Path) -> None:
    app = repositories.copy_example("clean-app", tmp_path / "app", config="dropped")
    result = run(app, "minimal.yml", {"unknown-severity": "perhaps"})
    assert result.jobs == {"security-scan": "failure"}, result.text
    assert "unknown-severity" in result.text
    assert "Traceback" not in result.text
