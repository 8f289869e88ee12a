"""Every YAML block is what it claims to be: a workflow with inputs that exist, a config that parses, hooks that are there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from scanner import action, config, settings
from scanner.commands._starter import ACTION, CHECKOUT
from scanner.errors import ConfigError
from tests.conftest import ROOT
from tests.docs import pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

YAML = [block for block in pages.blocks("yaml", "yml") if not block.note.startswith("adds: ")]
OURS = "OWNER/security-scan-gate@"
CONFIG_KEYS = set(config.schema()["$defs"]["ConfigFile"]["properties"])


@cache
def inputs() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return loaded["inputs"]


def steps(node: object) -> Iterator[dict[str, Any]]:
    """Every step of a workflow that uses an action."""
    if isinstance(node, dict):
        if isinstance(node.get("uses"), str):
            yield node
        for value in node.values():
            yield from steps(value)
    elif isinstance(node, list):
        for value in node:
            yield from steps(value)


def workflow(data: object) -> dict[str, Any]:
    """A whole workflow around a part of one: a list of steps, jobs without a trigger, triggers without jobs."""
    job = {"runs-on": "ubuntu-latest", "steps": data if isinstance(data, list) else [{"run": "true"}]}
    rest = {("on" if key is True else key): value for key, value in data.items()} if isinstance(data, dict) else {}
    jobs = {name: one if "uses" in one else {**job, **one} for name, one in rest.get("jobs", {"scan": job}).items()}
    return {"on": "push", **rest, "jobs": jobs}


def is_workflow(data: object) -> bool:
    return isinstance(data, list) or (isinstance(data, dict) and bool({"jobs", "on", True} & set(data)))


def check(builtin: str, data: object, tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps(data, default=str))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", builtin, str(tmp_path / "data.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("block", YAML, ids=lambda block: block.name)
def test_yaml(block: pages.Block, tmp_path: Path) -> None:
    data = yaml.safe_load(block.body)
    if isinstance(data, dict) and "repos" in data:
        hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
        ours = [repo for repo in data["repos"] if "security-scan-gate" in repo["repo"]]
        assert {hook["id"] for repo in ours for hook in repo["hooks"]} <= hooks
    elif is_workflow(data):
        check("vendor.github-workflows", workflow(data), tmp_path)
        for step in steps(data):
            check_step(step, tmp_path)
    else:
        assert set(data) <= CONFIG_KEYS, "neither a workflow, nor hooks, nor a config"
        config.parse(block.body, block.name)


def _text(value: object) -> str:
    """An input as the runner passes it on."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_step(step: dict[str, Any], tmp_path: Path) -> None:
    uses, said = step["uses"], {name: _text(value) for name, value in step.get("with", {}).items()}
    if not uses.startswith(OURS):
        pinned = re.fullmatch(r"\./.*|[^@]+@[0-9a-f]{40}|docker://[^@]+@sha256:[0-9a-f]{64}", uses.split()[0])
        assert pinned, f"{uses} is not pinned by a commit or a digest"
        return
    assert uses == ACTION
    assert set(said) <= set(inputs())
    env = {f"INPUT_{name.upper()}": value for name, value in said.items() if "${{" not in value and name not in ("path", "config")}
    try:
        settings.build(action.options(env))
    except ConfigError as error:
        if "no such file" not in str(error):
            raise


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.name)
def test_actions_are_named_as_init_writes_them(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.count("actions/checkout@") == text.count(CHECKOUT)
    assert text.count(OURS) == text.count(ACTION)


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "workflows").glob("*.yml")), ids=lambda path: path.name)
def test_example_workflows(path: Path, tmp_path: Path) -> None:
    data = yaml.safe_load(path.read_text("utf-8"))
    check("vendor.github-workflows", workflow(data), tmp_path)
    for step in steps(data):
        check_step(step, tmp_path)


def test_the_check_refuses_what_is_wrong(tmp_path: Path) -> None:
    for said in ({"fail_on": "high"}, {"fail-on": "hihg"}, {"secrets": "on"}, {"patterns": "- id: x\n"}):
        with pytest.raises((AssertionError, ConfigError)):
            check_step({"uses": ACTION, "with": said}, tmp_path)
