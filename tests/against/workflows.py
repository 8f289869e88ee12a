"""Every workflow that this repository runs, gives away, writes or shows, as files: what the linters of the field are asked about."""

from __future__ import annotations

import io
import re
import shutil
import textwrap
from typing import TYPE_CHECKING, Any

import yaml

from scanner.cli import main
from tests.conftest import ROOT
from tests.docs import pages

if TYPE_CHECKING:
    from pathlib import Path

RUN = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GIVEN = sorted((ROOT / "examples" / "workflows").glob("*.yml"))
AROUND = {
    "name": "name: Part of a page\n",
    "on": "on: push\n",
    "permissions": "permissions:\n  contents: read\n",
}
STAND_IN = "  {name}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo stand-in\n"


def written(folder: Path) -> list[Path]:
    """What ``init`` writes into a repository."""
    folder.mkdir()
    (folder / "requirements.txt").write_text("flask==3.1.0\n")
    said = io.StringIO()
    if main(["init", str(folder)], {}, said, said):
        raise AssertionError(said.getvalue())
    return sorted((folder / ".github" / "workflows").glob("*.yml"))


def shown(folder: Path) -> list[Path]:
    """The workflows of the pages, each part of one with the least around it that makes it whole."""
    folder.mkdir()
    made = []
    for block in pages.blocks("yaml", "yml"):
        data = yaml.load(block.body, Loader=yaml.BaseLoader)
        if not block.note.startswith("adds: ") and _is_workflow(data):
            made.append(folder / f"{re.sub(r'[^a-z0-9]+', '-', block.name.lower())}.yml")
            made[-1].write_text(whole(block.body, data))
    return made


def copied(folder: Path) -> list[Path]:
    """The repository's own files at the place where GitHub reads them, action and updates included."""
    (folder / ".github" / "workflows").mkdir(parents=True)
    names = ["action.yml", ".github/dependabot.yml", *(str(path.relative_to(ROOT)) for path in RUN)]
    return [shutil.copy(ROOT / name, folder / name) for name in names]


def _is_workflow(data: object) -> bool:
    return isinstance(data, list) or (isinstance(data, dict) and bool({"jobs", "on"} & set(data)))


def whole(body: str, data: Any) -> str:
    """The text of a workflow around ``body``: a list of steps, jobs without a trigger, triggers without jobs."""
    if isinstance(data, list):
        steps = textwrap.indent(body, "      ")
        return f"{''.join(AROUND.values())}jobs:\n  scan:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
    head = "".join(text for key, text in AROUND.items() if key not in data)
    jobs = data.get("jobs", {})
    absent = {need for job in jobs.values() for need in job.get("needs", [])} - set(jobs)
    missing = "".join(STAND_IN.format(name=name) for name in sorted(absent))
    if not jobs:
        return f"{head}{body}jobs:\n{STAND_IN.format(name='scan')}"
    return head + re.sub(r"^jobs:\n", lambda _: f"jobs:\n{missing}", body, count=1, flags=re.MULTILINE)


def scripts(paths: list[Path]) -> list[tuple[str, str]]:
    """Every script of the files with where it stands; expressions are words to a shell, since they are put in before it reads."""
    found = []
    for path in paths:
        data = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
        for name, job in data.get("jobs", {}).items():
            for number, step in enumerate(job.get("steps", [])):
                if "run" in step:
                    found.append((f"{path.name}: {name}, step {number + 1}", re.sub(r"\$\{\{.*?\}\}", "expression", step["run"])))
    return found
