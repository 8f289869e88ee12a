"""The workflow for large repositories, run by act: eight shards and one job that decides; a report that gets lost is never green.

act has no Node, so the two artifact actions are stood in for by shell: what is uploaded is laid aside in the workspace that all jobs share.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.e2e import act, repositories

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.engine import Engine

pytestmark = pytest.mark.e2e

_UPLOAD = "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02"
_DOWNLOAD = "actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093"
_ASIDE = "artifacts-of-the-run"
_ACTIONS = {
    _UPLOAD: f"""\
name: upload
inputs: {{name: {{required: true}}, path: {{required: true}}, if-no-files-found: {{default: ""}}, retention-days: {{default: ""}}}}
runs:
  using: composite
  steps:
    - shell: bash
      run: test -e "lost-$NAME" || {{ mkdir -p {_ASIDE} && mv "$FROM" {_ASIDE}/; }}
      env:
        NAME: ${{{{ inputs.name }}}}
        FROM: ${{{{ inputs.path }}}}
""",
    _DOWNLOAD: f"""\
name: download
inputs: {{pattern: {{required: true}}, path: {{required: true}}, merge-multiple: {{required: true}}}}
runs:
  using: composite
  steps:
    - shell: bash
      run: mkdir -p "$TO" && cp {_ASIDE}/$PATTERN.json "$TO/"
      env:
        TO: ${{{{ inputs.path }}}}
        PATTERN: ${{{{ inputs.pattern }}}}
""",
}


class Run(Protocol):
    def __call__(self, repository: Path) -> act.WorkflowRun: ...


@pytest.fixture
def run(engine: Engine, image: str, action: Path, tmp_path: Path) -> Run:
    """Commit the repository with the workflow in it, and push it past act. All jobs share one folder: what they lay down is ignored."""

    def commit_and_run(repository: Path) -> act.WorkflowRun:
        shutil.copytree(repositories.ADVISORIES, repository / "advisories")
        (repository / ".gitignore").write_text(f"/{_ASIDE}\n/shards\n/security-scan*.json\n")
        _add_workflow(repository)
        repositories.commit(repository)
        return act.run_workflow(engine, repository, action, home=tmp_path / "home", actions=_stand_ins(tmp_path / "actions"))

    return commit_and_run


def _add_workflow(repository: Path) -> None:
    text = (repositories.EXAMPLES / "workflows" / "sharded.yml").read_text()
    start = "          json-file: security-scan-${{ matrix.shard }}.json\n"
    assert text.count(start) == 1
    workflow = repository / ".github" / "workflows" / "sharded.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(text.replace(start, f"{start}          advisories: offline\n          advisory-db: advisories\n"))


def _stand_ins(folder: Path) -> dict[str, Path]:
    places = {name: folder / str(number) for number, name in enumerate(_ACTIONS)}
    for name, place in places.items():
        place.mkdir(parents=True)
        (place / "action.yml").write_text(_ACTIONS[name])
    return places


def test_eight_shards_of_a_vulnerable_app_close_the_gate_in_the_merge(run: Run, tmp_path: Path) -> None:
    app = repositories.copy_example("vulnerable-app", tmp_path / "app")
    result = run(app)
    assert result.jobs == {"shard": "success", "security-scan": "failure"}, result.text
    assert result.outputs["verdict"] == "fail", result.text
    assert len(list((app / "shards").glob("*.json"))) == 8
    report = json.loads((app / "security-scan.json").read_text())
    assert int(result.outputs["blocking"]) == report["counts"]["blocking"] > 0
    assert report["counts"]["by_kind"]["secret"] > 0
    assert report["counts"]["by_kind"]["vulnerability"] > 0


def test_a_clean_app_passes(run: Run, tmp_path: Path) -> None:
    app = repositories.copy_example("clean-app", tmp_path / "app")
    result = run(app)
    assert result.jobs == {"shard": "success", "security-scan": "success"}, result.text
    assert (result.exit_code, result.outputs["verdict"]) == (0, "pass"), result.text


def test_a_report_that_gets_lost_is_never_green(run: Run, tmp_path: Path) -> None:
    app = repositories.copy_example("clean-app", tmp_path / "app")
    (app / "lost-security-scan-3").write_text("the stand-in loses this one\n")
    result = run(app)
    assert result.jobs == {"shard": "success", "security-scan": "failure"}, result.text
    assert "shard 3 is missing of 8" in result.text
