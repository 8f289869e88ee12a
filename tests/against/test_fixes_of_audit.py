"""The advice that comes with a finding, followed to the letter with the real package manager: afterwards the audit is clean."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scanner.models import Advisory, Affected, Event, Range, Severity
from scanner.reporters import _wording as wording
from tests.against import registry, tools
from tests.against.expected.replay import Records, replay
from tests.unit.dependencies.test_resolve import wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scanner.dependencies.audit import AuditResult

pytestmark = [pytest.mark.against, pytest.mark.slow]
PACKAGES: registry.Packages = {
    "leaf": {"1.0.0": {}, "1.4.0": {}, "2.0.0": {}, "2.5.0": {}},
    "loose": {"1.0.0": {"leaf": "^1.0.0"}},
    "tight": {"1.0.0": {"leaf": "1.0.0"}},
}
BOUNDS = ("introduced 0", "fixed 1.4.0", "introduced 2.0.0", "fixed 2.5.0")


def known(ecosystem: str) -> Records:
    events = tuple(Event(kind=one.split()[0], version=one.split()[1]) for one in BOUNDS)
    affected = (Affected(ecosystem=ecosystem, name="leaf", ranges=(Range(type="ECOSYSTEM", events=events),)),)
    return Records([Advisory(id="GHSA-test", affected=affected, severity=Severity.HIGH)])


def advice(folder: Path, ecosystem: str = "npm") -> str:
    """The way out of the only finding there is."""
    result: AuditResult = replay(folder, known(ecosystem))
    assert result.problems == ()
    (said,) = {wording.fix(one.vulnerable) for one in result.findings if one.vulnerable}
    return said


def assert_clean(folder: Path, ecosystem: str = "npm") -> None:
    """A lockfile that is read, with packages, of which no finding and no problem is left."""
    result = replay(folder, known(ecosystem))
    assert (result.findings, result.problems) == ((), ())
    assert "leaf" in {one.name for one in result.packages}


class Project:
    """A project with one package manager that asks the loopback registry."""

    def __init__(self, folder: Path, manager: str, url: str) -> None:
        self.folder = folder
        self._url = url
        self._manager = manager
        (folder / ".npmrc").write_text(f"registry={url}/\naudit=false\nfund=false\n")
        if manager == "berry4":
            (folder / ".yarnrc.yml").write_text(f"npmRegistryServer: {url}\nunsafeHttpWhitelist: [127.0.0.1]\nenableTelemetry: false\n")
        if manager == "yarn1":
            (folder / ".yarnrc").write_text(f'registry "{url}"\n')

    def start(self, dependencies: dict[str, str]) -> None:
        """Lock the dependencies."""
        self.change(name="project", version="1.0.0", dependencies=dependencies)
        self.run({"npm": "npm install", "pnpm10": "pnpm install", "bun": "bun install"}.get(self._manager, "yarn install"))

    def follow(self, said: str) -> None:
        """Do what the advice says."""
        written = re.fullmatch(r'add "(\S+)": "(\S+)" to .*, then (.+)', said)
        if written is None:
            self.run(said)
        else:
            self.change(**{self._key(): {written[1]: written[2]}})
            self.run(written[3])

    def change(self, **fields: object) -> None:
        path = self.folder / "package.json"
        told = json.loads(path.read_text()) if path.is_file() else {}
        told = {key: value for key, value in {**told, **fields}.items() if value is not None}
        path.write_text(json.dumps(told, indent=2))
        if self._manager == "pnpm10" and "overrides" in fields:
            told.pop("overrides", None)
            path.write_text(json.dumps(told, indent=2))
            (self.folder / "pnpm-workspace.yaml").write_text(f"overrides: {json.dumps(fields['overrides'] or {})}\n")

    def run(self, command: str) -> None:
        program, *words = shlex.split(command)
        more = {"npm": ["--package-lock-only"], "pnpm": ["--lockfile-only"], "bun": ["--lockfile-only", "--no-cache"]}.get(program, [])
        start = {"npm": lambda: [program], "bun": tools.bun}.get(program, lambda: tools.node(self._manager))()
        env = {"HOME": str(self.folder.parent), "PATH": os.environ["PATH"], "YARN_ENABLE_IMMUTABLE_INSTALLS": "0"}
        done = subprocess.run([*start, *words, *more], cwd=self.folder, env=env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def _key(self) -> str:
        return "resolutions" if self._manager in ("yarn1", "berry4") else "overrides"


@pytest.fixture
def packages() -> registry.Packages:
    """What the registry has at first: the fix of branch 1 is not there yet."""
    return {**PACKAGES, "leaf": {version: {} for version in PACKAGES["leaf"] if version != "1.4.0"}}


@pytest.fixture
def url(packages: registry.Packages) -> Iterator[str]:
    with registry.serve(packages) as at:
        yield at


@pytest.mark.usefixtures("has_npm")
@pytest.mark.parametrize("manager", ["npm", "pnpm10", "yarn1", "berry4", "bun"])
@pytest.mark.parametrize(
    "dependencies",
    [{"leaf": "1.0.0"}, {"leaf": "^1.0.0"}, {"loose": "1.0.0"}, {"tight": "1.0.0"}, {"tight": "1.0.0", "leaf": "2.5.0"}],
    ids=["direct", "direct-range", "in-range", "beyond", "two-branches"],
)
def test_after_the_advice_the_audit_is_clean(
    manager: str, dependencies: dict[str, str], project: Path, packages: registry.Packages, url: str
) -> None:
    here = Project(project, manager, url)
    here.start(dependencies)
    packages.update(PACKAGES)
    here.follow(advice(project))
    assert_clean(project)
    if "leaf" in dependencies and "tight" in dependencies:
        assert "2.5.0" in {one.version for one in replay(project, known("npm")).packages}


@pytest.mark.parametrize("needs", ["leaf==1.0.0", "leaf<2", "parent"], ids=["capped", "in-range", "transitive"])
def test_uv(needs: str, project: Path) -> None:
    wheels = project.parent / "wheels"
    wheels.mkdir()
    for version in ("1.0.0", "1.4.0"):
        wheel(wheels, "leaf", version)
    wheel(wheels, "parent", "1.0.0", "leaf>=1")

    def lock(*options: str) -> None:
        command = [sys.executable, "-m", "uv", "lock", "--no-index", "--offline", "--no-config", "--no-python-downloads", *options]
        done = subprocess.run([*command, "--find-links", str(wheels)], cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    manifest = '[project]\nname = "project"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["{}"]\n'
    (project / "pyproject.toml").write_text(manifest.format(needs) + '[tool.uv]\nconstraint-dependencies = ["leaf<1.4"]\n')
    lock()
    (project / "pyproject.toml").write_text(manifest.format(needs))
    lock()
    said = advice(project, "PyPI")
    changed, _, command = said.rpartition("then ")
    if changed:
        assert changed == "pyproject.toml:5: allow leaf>=1.4.0, "
        (project / "pyproject.toml").write_text(manifest.format("leaf>=1.4.0"))
    lock(*shlex.split(command)[2:])
    assert_clean(project, "PyPI")


def test_compiled_requirements(project: Path) -> None:
    wheels = project.parent / "wheels"
    wheels.mkdir()
    wheel(wheels, "leaf", "1.0.0")
    wheel(wheels, "parent", "1.0.0", "leaf>=1")
    (project / "requirements.in").write_text("parent\n")

    def compile_(*options: str) -> None:
        command = [sys.executable, "-m", "uv", "pip", "compile", "-q", "--no-index", "--offline", "--no-config"]
        where = ["--find-links", str(wheels), "requirements.in", "-o", "requirements.txt", *options]
        done = subprocess.run([*command, *where], cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    compile_()
    wheel(wheels, "leaf", "1.4.0")
    said = advice(project, "PyPI")
    assert said == "compile requirements.txt again with --upgrade-package leaf==1.4.0"
    compile_(*said.partition(" with ")[2].split())
    assert_clean(project, "PyPI")


def test_requirements(project: Path) -> None:
    path = project / "requirements.txt"
    path.write_text("# a comment\nleaf[tls]==1.0.0\n")
    said = advice(project, "PyPI")
    assert said == "change line 2 of requirements.txt to leaf[tls]==1.4.0"
    path.write_text(f"# a comment\n{said.rpartition(' to ')[2]}\n")
    assert_clean(project, "PyPI")
