"""A repository's folder in; what is already there and matters to a first set-up out. Reads only."""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003 -- msgspec reads the annotations at run time

from msgspec import Struct

from scanner import settings, workspace, yaml_text
from scanner.at_base import BASELINE_NAME
from scanner.errors import ScannerError
from scanner.lockfiles import inventory
from scanner.models import Lockfile

WORKFLOWS = ".github/workflows"
_GATED = re.compile(r"e2e|end.to.end|deploy|release|publish|playwright|cypress|smoke", re.IGNORECASE)


class Workflow(Struct, frozen=True, kw_only=True):
    """A workflow that is there: its jobs, those of them that a gate usually guards, and whether it runs this scan already."""

    path: str
    jobs: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    scans: bool = False


class Seen(Struct, frozen=True, kw_only=True):
    """``audits`` maps each audit to the files it would read; ``unreadable`` are manifests without a lockfile and files nobody can read,
    with the reason; ``branch`` is the default branch as far as the clone knows it."""

    root: Path
    audits: dict[str, tuple[str, ...]]
    unreadable: tuple[tuple[str, str], ...]
    workflows: tuple[Workflow, ...]
    baseline: bool
    branch: str

    @property
    def scanned(self) -> bool:
        """Whether a workflow runs this scan already."""
        return any(one.scans for one in self.workflows)


def look(root: Path) -> Seen:
    """Look at the repository below ``root``."""
    listing = workspace.list_files(str(root))
    names = {file.path: file.name for file in listing.files}
    found = list(inventory.read_all(list(names), workspace.text_reader(str(root), names)))
    audits: dict[str, tuple[str, ...]] = {}
    for one in found:
        if isinstance(one, Lockfile):
            audits[one.audit] = (*audits.get(one.audit, ()), one.path)
    return Seen(
        root=root, audits=audits, unreadable=tuple((one.subject, one.reason) for one in found if not isinstance(one, Lockfile)),
        workflows=tuple(_workflow(root, path) for path in sorted(names) if _is_workflow(path)),
        baseline=BASELINE_NAME in names, branch=_branch(root),
    )


def _is_workflow(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder == WORKFLOWS and name.endswith((".yml", ".yaml"))


def _workflow(root: Path, path: str) -> Workflow:
    """What can be said of a workflow; one that cannot be read has no jobs, and GitHub says so better than we could."""
    try:
        text = settings.read_text(root / path)
        data, _ = yaml_text.load(text, path)
    except ScannerError:
        return Workflow(path=path)
    jobs = data.get("jobs") if isinstance(data, dict) else None
    names = tuple(str(name) for name in jobs) if isinstance(jobs, dict) else ()
    return Workflow(
        path=path, jobs=names, guarded=tuple(name for name in names if _GATED.search(name)), scans="security-scan-gate@" in text,
    )


def _branch(root: Path) -> str:
    git = root / ".git"
    known = {"refs/remotes/origin/HEAD": r"ref: refs/remotes/origin/(\S+)", "HEAD": r"ref: refs/heads/(main|master|trunk)"}
    for name, pattern in known.items():
        try:
            match = re.fullmatch(pattern, (git / name).read_text("utf-8").strip())
        except (OSError, UnicodeDecodeError):
            continue
        if match:
            return match[1]
    return "main"
