"""This repository's own workflows under act: the self-scan for real, on a clone; what the others ask for, as far as a dry run goes."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e import act, repositories
from tests.e2e.image import PROJECT
from tests.loopback import serve

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.engine import Engine

pytestmark = pytest.mark.e2e

_WORKFLOWS = PROJECT / ".github" / "workflows"
_USES, _INPUTS = "uses: ./ #", "        with:\n          # No job"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The last commit, with no workflow but those that a test puts there."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(PROJECT), str(folder)], check=True)
    shutil.rmtree(folder / ".github" / "workflows")
    (folder / ".github" / "workflows").mkdir()
    return folder


def test_the_self_scan_is_green(engine: Engine, image: str, action: Path, clone: Path, tmp_path: Path) -> None:
    """With the action that was built from this tree already: an engine without a network of its own cannot build it again."""
    text = (_WORKFLOWS / "self-scan.yml").read_text()
    assert (text.count(_USES), text.count(_INPUTS)) == (1, 1)
    with serve(repositories.ADVISORIES) as osv:
        inputs = _INPUTS.replace("with:\n", f"with:\n          osv-url: {osv.url}\n")
        given = text.replace(_USES, f"uses: {act.ACTION} #").replace(_INPUTS, inputs)
        (clone / ".github" / "workflows" / "self-scan.yml").write_text(given)
        repositories.commit(clone)
        result = act.run_workflow(engine, clone, action, home=tmp_path / "home")
        asked = osv.count("/v1/querybatch")
    assert result.jobs == {"security-scan": "success"}, result.text
    assert (result.exit_code, result.outputs["verdict"]) == (0, "pass"), result.text
    assert asked > 0


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_a_dry_run_goes_through(engine: Engine, image: str, action: Path, clone: Path, tmp_path: Path, name: str) -> None:
    """The actions that it uses are elsewhere: each is stood in for by one that does nothing."""
    text = (_WORKFLOWS / name).read_text()
    (clone / ".github" / "workflows" / name).write_text(re.sub(r"^    tags: .*$", "    branches: [main]", text, flags=re.MULTILINE))
    repositories.commit(clone)
    used = sorted(set(re.findall(r"uses: ([\w./-]+@[0-9a-f]{40})", text)))
    result = act.run_workflow(engine, clone, action, home=tmp_path / "home", actions=_stand_ins(used, tmp_path / "actions"), dry=True)
    assert result.exit_code == 0, result.text
    assert set(result.jobs.values()) == {"success"}, result.text
    assert len(result.jobs) == len(re.findall(r"^    runs-on:", text, re.MULTILINE)), result.jobs


def _stand_ins(names: list[str], folder: Path) -> dict[str, Path]:
    places = {name: folder / str(number) for number, name in enumerate(names)}
    for place in places.values():
        place.mkdir(parents=True)
        (place / "action.yml").write_text("name: nothing\nruns:\n  using: composite\n  steps: [{run: \"true\", shell: bash}]\n")
    return places
