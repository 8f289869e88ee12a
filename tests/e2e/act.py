"""Runs a workflow with ``act`` and reads what happened from act's own log."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e import base_image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.engine import Engine

ACTION = "OWNER/security-scan-gate@0000000000000000000000000000000000000000"
_RUNNERS = ("ubuntu-latest", "ubuntu-24.04")
_IMAGE_PREFIX = "act-owner-security-scan-gate-"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """``jobs``: result of every job that ran (one that did not run is absent); ``outputs``, ``summary`` and ``annotations`` as act took
    them from the action; ``text``: everything that was printed.
    """

    exit_code: int
    jobs: dict[str, str]
    outputs: dict[str, str]
    summary: str
    annotations: tuple[dict[str, str], ...]
    text: str


def run_workflow(
    engine: Engine, workspace: Path, action: Path, *, home: Path, actions: Mapping[str, Path] | None = None, dry: bool = False
) -> WorkflowRun:
    """The push event in ``workspace``, with the local ``action`` in the place of the published one, and others' ``actions`` likewise;
    ``dry`` runs nothing of it.
    """
    command = ["--rm", "--bind", "--pull=false", "--network=host", *(f"--platform={runner}={base_image.TAG}" for runner in _RUNNERS)]
    command += [f"--local-repository={ACTION}={action}"]
    command += [f"--local-repository={name}={place}" for name, place in (actions or {}).items()]
    command += ["--dryrun"] if dry else []
    run = _run(engine, workspace, command, home, {})
    _remove_images(engine)
    return run


def run_on_this_machine(
    engine: Engine, workspace: Path, workflow: str, *, home: Path, actions: Mapping[str, Path], event: Path, environment: Mapping[str, str]
) -> WorkflowRun:
    """One workflow on a push described by the file ``event``, one job after the other, each in a copy of ``workspace`` and without a
    container around it: the steps find the engine, and the programs that ``environment`` puts on PATH.
    """
    command = [f"--workflows={workflow}", f"--eventpath={event}", "--concurrent-jobs=1", "--use-gitignore=false"]
    command += [f"--platform={runner}=-self-hosted" for runner in _RUNNERS]
    command += [f"--local-repository={name}={place}" for name, place in actions.items()]
    return _run(engine, workspace, command, home, environment)


def _run(engine: Engine, workspace: Path, options: list[str], home: Path, environment: Mapping[str, str]) -> WorkflowRun:
    command = [_program(), "push", "--json", "--no-cache-server", *options]
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config")}
    done = subprocess.run(
        command, cwd=workspace, env={**engine.environment, **places, **environment}, capture_output=True, text=True, check=False
    )
    return _read(done.returncode, done.stdout + done.stderr)


def _program() -> str:
    beside = Path(sys.executable).with_name("act")
    found = str(beside) if beside.exists() else shutil.which("act", path=os.environ.get("PATH"))
    if found is None:
        raise FileNotFoundError("act: install the dev group (make dev)")
    return found


def _remove_images(engine: Engine) -> None:
    if not engine.ours:
        listed = engine.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").splitlines()
        for name in listed:
            if name.startswith(_IMAGE_PREFIX):
                engine.attempt("image", "rm", name)


def _read(exit_code: int, log: str) -> WorkflowRun:
    entries = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return WorkflowRun(
        exit_code=exit_code,
        jobs={entry["jobID"]: entry["jobResult"] for entry in entries if "jobResult" in entry},
        outputs={entry["name"]: entry["arg"] for entry in entries if entry.get("command") == "set-output"},
        summary="".join(entry["content"] for entry in entries if entry.get("command") == "summary"),
        annotations=tuple(
            {"level": entry["command"], "message": entry["arg"], **(entry.get("kvPairs") or {})}
            for entry in entries
            if entry.get("command") in ("error", "warning", "notice")
        ),
        text="\n".join(entry.get("msg", "") for entry in entries)
        + "\n".join(line for line in log.splitlines() if not line.startswith("{")),
    )
