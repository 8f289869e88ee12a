"""The pip-audit command as an oracle: on the same files, against the same OSV service, the same packages and advisories."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scanner.advisories import schema
from tests.against import tools
from tests.against.expected.replay import Records, replay
from tests.conftest import ROOT

if TYPE_CHECKING:
    from tests.loopback import Server

pytestmark = [pytest.mark.against, pytest.mark.slow]
API = ROOT / "examples" / "vulnerable-app" / "services" / "api"
PYLOCK = """lock-version = "1.0"
created-by = "a test"
"""


def theirs(project: Path, service: Server, *options: str) -> set[tuple[str, str, frozenset[str]]]:
    """(package, version, ids) of everything that pip-audit reports; it skips nothing."""
    program = [sys.executable, "-m", "pip_audit", "-s", "osv", "--osv-url", f"{service.url}/v1/query", "--format", "json"]
    told = tools.run([*program, "--progress-spinner", "off", "--cache-dir", str(project.parent / "cache"), *options], project)
    report = json.loads(told)["dependencies"]
    assert [one for one in report if "skip_reason" in one] == []
    return {(one["name"], one["version"], frozenset((v["id"], *v["aliases"]))) for one in report for v in one["vulns"]}


def ours(project: Path) -> set[tuple[str, str, frozenset[str]]]:
    """The same of ours."""
    files = sorted((ROOT / "examples" / "advisories").rglob("*.json"))
    result = replay(project, Records(schema.advisory(one.read_bytes(), source="osv") for one in files))
    assert result.problems == ()
    told = ((one, one.vulnerable.package) for one in result.findings if one.vulnerable)
    return {(package.name, package.version, one.names) for one, package in told}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements(name: str, project: Path, service: Server) -> None:
    (project / name).write_text((API / name).read_text())
    found = ours(project)
    assert theirs(project, service, "-r", name, "--no-deps", "--disable-pip") == found
    assert found


def test_odd_spellings(project: Path, service: Server) -> None:
    """Names and versions compare as PEP 503 and 440 say. (Without pip, pip-audit leaves out what ``-r`` includes; we do not.)"""
    marked = "Flask[async] == 2.2.2 ; python_version > '3'"
    (project / "requirements.txt").write_text(f"{marked}\njinja2==3.1.2  # a comment\ncertifi==2022.12.07\nurllib3 \\\n ==1.26.15\n")
    found = {(name.lower(), version, ids) for name, version, ids in ours(project)}
    listed = theirs(project, service, "-r", "requirements.txt", "--no-deps", "--disable-pip")
    told = {(name.lower(), "2022.12.07" if name == "certifi" else version, ids) for name, version, ids in listed}
    assert told == found
    assert {name for name, *_ in found} == {"flask", "jinja2", "certifi", "urllib3"}


def test_pylock(project: Path, service: Server) -> None:
    pins = {"flask": "2.2.2", "jinja2": "3.1.2", "requests": "2.28.2", "idna": "3.4", "click": "8.1.8"}
    entries = [f'[[packages]]\nname = "{name}"\nversion = "{version}"\n' for name, version in pins.items()]
    (project / "pylock.toml").write_text("\n".join((PYLOCK, *entries)))
    found = ours(project)
    assert theirs(project, service, "--locked", ".") == found
    assert {name for name, *_ in found} == {"flask", "jinja2", "requests", "idna"}
