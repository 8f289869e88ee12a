"""What is inside the image, and what is not."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e import base_image, image_size, repositories
from tests.e2e.image import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.engine import Engine

pytestmark = pytest.mark.e2e

_UNWANTED = ("git", "gcc", "cc", "make", "curl", "wget", "pip3")
_SITE = "/opt/security-scan/lib/python3.13/site-packages"


def _shell(engine: Engine, image: str, script: str) -> str:
    return engine.docker("run", "--rm", "--network=none", "--entrypoint=/bin/sh", image, "-c", script)


def test_it_is_no_larger_than_promised(engine: Engine, image: str) -> None:
    size = image_size.measure(engine, image)
    assert not image_size.too_large(size, image_size.committed()), f"{size}; committed: {image_size.committed()}"


def test_nothing_that_was_only_needed_to_build_it(engine: Engine, image: str) -> None:
    found = _shell(engine, image, "for name in " + " ".join(_UNWANTED) + '; do command -v "$name" || true; done')
    assert found == ""
    leftovers = "/var/lib/apt/lists /var/cache/apt /root/.cache /usr/share/doc /usr/share/man /tmp /action"
    listed = _shell(engine, image, f"find {leftovers} -type f 2>/dev/null || true").splitlines()
    assert [path for path in listed if not path.startswith("/action/")] == []
    assert [path for path in listed if "/tests/" in path or "/docs/" in path] == []


def test_every_module_has_its_bytecode(engine: Engine, image: str) -> None:
    script = f"cd {_SITE} && find . /action /usr/lib/python3.13 -name '*.py' | while read -r file; do" + (
        ' d=$(dirname "$file"); b=$(basename "$file" .py); [ -e "$d/__pycache__/$b.cpython-313.pyc" ] || echo "$file"; done'
    )
    assert _shell(engine, image, script) == ""


def test_it_runs_as_the_runner_needs_it(engine: Engine, image: str) -> None:
    config = json.loads(engine.docker("image", "inspect", "--format", "{{json .Config}}", image))
    assert config.get("User", "") == ""
    assert config["WorkingDir"] == "/github/workspace"
    assert config["Entrypoint"][-1] == "/action/entrypoint.py"


def test_the_environment_of_a_workflow_does_not_choose_the_code(engine: Engine, image: str) -> None:
    hostile = ("--env", "PYTHONPATH=/github/workspace", "--env", "PYTHONSTARTUP=/github/workspace/x.py", "--env", "PYTHONHOME=/nowhere")
    done = engine.attempt("run", "--rm", "--network=none", *hostile, image, "--version")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("certificates", [(), ("--env=SSL_CERT_FILE=/nowhere/on/the/runner.pem",)])
def test_all_packages_work_on_the_image_s_python(engine: Engine, image: str, certificates: tuple[str, ...]) -> None:
    modules = "click cvss cyclonedx detect_secrets hyperscan jinja2 msgspec packaging pathspec pip_audit pygit2 yaml requests rich tomli"
    code = f"import importlib; [importlib.import_module(name) for name in {modules.split()!r}]; print('imported')"
    python = ("--entrypoint=/opt/security-scan/bin/python", image, "-E", "-s", "-c", code)
    done = engine.docker("run", "--rm", "--network=none", *certificates, *python)
    assert done.strip() == "imported"


def test_the_dockerfile_names_the_base_that_is_tested(action: Path) -> None:
    assert f"ARG BASE={base_image.TAG}" in (action / "Dockerfile").read_text()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_dependency_has_a_wheel(machine: str, tmp_path: Path) -> None:
    platforms = [f"--platform=manylinux{version}_{machine}" for version in ("2014", "_2_17", "_2_26", "_2_28")]
    command = [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed", f"--target={tmp_path}", *platforms]
    command += ["--python-version=3.13", "--only-binary=:all:", "--require-hashes", "-r", str(PROJECT / "requirements.lock")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_container_costs_less_than_a_second(engine: Engine, image: str, tmp_path: Path) -> None:
    app = repositories.copy_example("vulnerable-app", tmp_path / "app")
    repositories.commit(app)
    mounts = ("-v", f"{app}:/github/workspace", "-v", f"{repositories.ADVISORIES}:/advisories:ro")
    options = ("--advisories", "offline", "--advisory-db")
    bare = [sys.executable, str(PROJECT / "entrypoint.py"), str(app), *options, str(repositories.ADVISORIES)]
    in_container = _median_seconds(
        lambda: engine.attempt("run", "--rm", "--network=none", *mounts, image, *options, "/advisories").returncode
    )
    alone = _median_seconds(lambda: subprocess.run(bare, capture_output=True, check=False).returncode)
    print(f"container {in_container:.2f} s, bare process {alone:.2f} s")
    assert in_container - alone <= 1.0


def _median_seconds(scan: Callable[[], int]) -> float:
    took = []
    for _ in range(5):
        start = time.perf_counter()
        assert scan() == 1
        took.append(time.perf_counter() - start)
    return statistics.median(took)
