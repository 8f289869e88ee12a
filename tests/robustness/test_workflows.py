"""Supply chain: workflows pinned by commit with the fewest permissions. What linters say of them is asked in ``tests/against``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.robustness.child import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "examples" / "workflows").glob("*.yml"))
WRITES = {
    ("release.yml", "image"): {"packages", "id-token", "attestations"},
    ("release.yml", "action"): {"contents"},
    ("release.yml", "wheel"): {"id-token", "attestations"},
    ("release.yml", "publish"): {"contents"},
}


def loaded(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"^\s*-?\s*uses:\s*(\S+)(.*)$", path.read_text(), re.MULTILINE)
    assert used
    for name, comment in used:
        assert name == "./" or re.search(r"@[0-9a-f]{40}$", name), name
        assert name == "./" or re.search(r"# v\d", comment), f"{name}: say which version it is"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_given_by_job_and_few(path: Path) -> None:
    workflow = loaded(path)
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in workflow["on"]
    for name, job in workflow["jobs"].items():
        writes = {scope for scope, level in job["permissions"].items() if level == "write"}
        assert writes == WRITES.get((path.name, name), set())
        assert int(job["timeout-minutes"]) <= 60
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "an expression in a script is text that others may write"
            if "checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] == "false"


def test_every_job_of_a_release_that_may_sign_or_write_waits_for_its_environment() -> None:
    jobs = loaded(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    trusted = {name for name, job in jobs.items() if "write" in job["permissions"].values()}
    assert trusted == {name for name, job in jobs.items() if job.get("environment") == "release"}


def test_who_signed_is_verified_to_the_letter() -> None:
    """A pattern without an anchor is matched by the release workflow of any repository."""
    for path in (ROOT / "SECURITY.md", ROOT / ".github" / "workflows" / "release.yml"):
        assert "--certificate-identity " in path.read_text()
        assert "identity-regexp" not in path.read_text()


def test_a_release_is_built_signed_and_described() -> None:
    steps = loaded(ROOT / ".github" / "workflows" / "release.yml")["jobs"]["image"]["steps"]
    text = " ".join(f"{step.get('uses', '')} {step.get('run', '')} {step.get('with', '')}" for step in steps)
    for part in ("linux/amd64,linux/arm64", "debian:trixie-slim@", "cosign sign", "attest-build-provenance", "attest-sbom", "cyclonedx="):
        assert part in text
    assert all("@$DIGEST" in step["run"] for step in steps if "cosign sign" in step.get("run", ""))


def test_what_is_installed_is_locked_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
        assert all("--hash=sha256:" in line for line in lines if re.match(r"[a-z0-9]", line))
    assert "--require-hashes" in (ROOT / "Dockerfile").read_text()
