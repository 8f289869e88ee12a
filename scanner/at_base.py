"""The policy of a change's base: the policy's files found in the repository, what the base says in them, what the change loosens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner import checkout, config
from scanner.config import Document
from scanner.config_file import CONFIG_NAME, ConfigFile
from scanner.errors import ScannerError
from scanner.loosened import loosened
from scanner.models import Location, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scanner.changes import Change
    from scanner.settings import Options

BASELINE_NAME = ".secrets.baseline"
WORKFLOWS = ".github/workflows/"
THIS = "security-scan"


class Policy(Struct, frozen=True, kw_only=True):
    """A config file as it was read, and the text of a baseline; None where there is none."""

    document: Document
    baseline: str | None = None


class Files(Struct, frozen=True, kw_only=True):
    """The policy's files by their path from the scanned folder (perhaps ``../ci/scan.yml``); empty for one outside of the repository, which
    no change of the repository reaches.
    """

    config: str
    baseline: str


def files(root: Path, options: Options) -> Files:
    """Which files of the repository hold the policy."""
    return Files(config=_name(root, options.config, CONFIG_NAME), baseline=_name(root, options.baseline, BASELINE_NAME))


def policy(change: Change, head: Policy, named: Files) -> Policy:
    """The policy as the base has it; ``head``'s where a file is not of the repository. Raises ScannerError where it cannot be read."""
    document, accepted = head.document, head.baseline
    if named.config:
        text = change.read_base(named.config)
        document = Document(path="", config=ConfigFile(), lines={}) if text is None else config.parse(text, named.config)
    if named.baseline:
        accepted = change.read_base(named.baseline)
        _accepted(accepted, named.baseline)
    return Policy(document=document, baseline=accepted)


def looser(base: Policy, head: Policy, named: Files) -> tuple[Notice, ...]:
    """One notice for each place where ``head`` lets more through than ``base``."""
    return (*loosened(base.document, head.document), *_newly_accepted(base.baseline, head.baseline, named.baseline))


def unknown(error: ScannerError) -> Notice:
    """What is said in place of the loosenings where the base's policy cannot be read."""
    place = f"{error.subject}: " if error.subject else ""
    reason = f"what this change loosens is not known, as the base's policy cannot be read: {place}{error.reason}"
    return Notice(subject="policy", reason=reason)


def altered_workflows(change: Change, env: Mapping[str, str]) -> Iterator[Notice]:
    """One notice for each workflow that the change alters and that runs this scan: on ``pull_request`` GitHub runs the altered one."""
    running = env.get("GITHUB_WORKFLOW_REF", "").partition("@")[0]
    for path in change.added:
        if path.startswith(WORKFLOWS) and (running.endswith(f"/{path}") or THIS in _text(change, path)):
            reason = "this workflow runs the scan, and the change alters it: what it asks of the scan and what waits for it is not compared"
            yield Notice(subject="workflow", reason=reason, location=Location(path=path, line=_first(change, path)))


def _first(change: Change, path: str) -> int:
    return min((first for first, _ in change.added[path]), default=1)


def _text(change: Change, path: str) -> str:
    """The base's text; none where it had none or GitHub does not say."""
    try:
        return change.read_base(path) or ""
    except ScannerError:
        return THIS


def _name(root: Path, chosen: str, default: str) -> str:
    """Where a policy file stands in the repository, by links in front of the repository and none within: the base may have others."""
    if not chosen:
        return default
    repo = checkout.repository(str(root))
    if repo is None:
        return ""
    home, path = os.path.realpath(repo.workdir), Path(os.path.abspath(chosen))
    above = next((folder for folder in path.parents if os.path.realpath(folder) == home), None)
    inner = os.path.join(home, path.relative_to(above)) if above else os.path.join(os.path.realpath(path.parent), path.name)
    return os.path.relpath(inner, os.path.realpath(root)) if Path(inner).is_relative_to(home) else ""


def _newly_accepted(old: str | None, new: str | None, name: str) -> Iterator[Notice]:
    """One notice for each entry that the baseline has gained, at its line."""
    if new is None or new == old:
        return
    before = _accepted(old, name)
    for path, entries in _accepted(new, name).items():
        for kind, digest in sorted(entries - before.get(path, frozenset())):
            place = Location(path=name, line=new.count("\n", 0, max(new.find(digest), 0)) + 1)
            yield Notice(subject="baseline", reason=f"the baseline accepts one more {kind} in {path}", location=place)


def _accepted(text: str | None, name: str) -> Mapping[str, frozenset[tuple[str, str]]]:
    if text is None:
        return {}
    from scanner.secrets import baseline

    return baseline.read(text, name).accepted()
