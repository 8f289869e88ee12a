"""npm, pnpm and yarn as oracles: on the same lockfile, against the same advisories, the same packages, advisories and severities."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from scanner.advisories import schema
from scanner.advisories.npm_registry import NpmRegistry
from scanner.advisories.osv import OsvService
from scanner.dependencies.audit import Options, audit
from scanner.dependencies.resolve import never
from scanner.fetch import Session
from tests.against import projects, tools
from tests.against.expected import published
from tests.against.expected.published import Hit
from tests.against.expected.replay import Records, read, replay
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.loopback import Server

pytestmark = [pytest.mark.against, pytest.mark.slow, pytest.mark.usefixtures("has_npm")]
VULNERABLE = {"ansi-regex", "axios", "follow-redirects", "json5", "lodash", "minimist"}


def ours(folder: Path, *, with_version: bool = True, include_dev: bool = True) -> set[Hit]:
    """What our audit finds, from the same records."""
    files = sorted((ROOT / "examples" / "advisories").rglob("*.json"))
    result = replay(folder, Records(schema.advisory(one.read_bytes(), source="osv") for one in files), include_dev=include_dev)
    assert result.problems == ()
    told = ((one, one.vulnerable.package) for one in result.findings if one.vulnerable)
    return {Hit(package.name, package.version if with_version else "", one.rule_id, one.severity.label) for one, package in told}


def test_the_services_themselves(project: Path, service: Server) -> None:
    """The same findings whether the records are at hand or asked for: OSV and the registry's bulk endpoint, together and each alone."""
    projects.manifest(project)
    projects.npm(3)(project)
    osv = OsvService(Session(), url=service.url, today="2026-01-01")
    registry = NpmRegistry(Session(), url=service.url, today="2026-01-01")
    for sources in ((osv,), (registry,), (osv, registry)):
        result = audit(read(project), sources, Options(), resolver=never("off"))
        told = ((one, one.vulnerable.package) for one in result.findings if one.vulnerable)
        assert {Hit(package.name, package.version, one.rule_id, one.severity.label) for one, package in told} == ours(project)
        assert result.problems == ()


@pytest.mark.parametrize(
    ("write", "flags"),
    [
        (projects.npm(1), ()),
        (projects.npm(2), ()),
        (projects.npm(3), ()),
        (projects.npm(3, "npm-shrinkwrap.json"), ()),
        (projects.npm(3), ("--omit=dev",)),
    ],
    ids=["v1", "v2", "v3", "shrinkwrap", "without-dev"],
)
def test_npm(write: Callable[[Path], None], flags: tuple[str, ...], project: Path, service: Server) -> None:
    projects.manifest(project)
    write(project)
    found = ours(project, with_version=False, include_dev=not flags)
    told = tools.run(["npm", "audit", "--json", "--package-lock-only", "--registry", service.url, *flags], project)
    assert published.npm_report(told) == found
    assert {hit.package for hit in found} == (VULNERABLE if not flags else VULNERABLE - {"json5", "minimist"})


@pytest.mark.parametrize(("tool", "version"), [("pnpm7", "5.4"), ("pnpm8", "6.0"), ("pnpm10", "9.0")])
def test_pnpm(tool: str, version: str, project: Path, service: Server) -> None:
    projects.manifest(project)
    projects.pnpm(version)(project)
    told = tools.run([*tools.node(tool), "audit", "--json", "--registry", service.url], project)
    found = ours(project)
    assert published.quick_report(told) == found
    assert {hit.package for hit in found} == VULNERABLE


def test_yarn_1(project: Path, service: Server) -> None:
    """Yarn 1 lists advisories by the actions that a registry proposes; the loopback one proposes none, so that counts are compared."""
    projects.manifest(project)
    projects.yarn(project)
    told = tools.run([*tools.yarn_1(project.parent, service.url), "audit", "--json"], project)
    found = ours(project)
    (summary,) = [one["data"] for line in told.splitlines() if (one := json.loads(line))["type"] == "auditSummary"]
    counts = Counter(hit.severity for hit in found)
    assert summary["vulnerabilities"] == {"info": 0, **{word: counts[word] for word in ("low", "moderate", "high", "critical")}}
    assert summary["totalDependencies"] == len(projects.TREE)
    assert {hit.package for hit in found} == VULNERABLE


@pytest.mark.parametrize(("tool", "version"), [("berry3", 6), ("berry4", 8)])
def test_berry(tool: str, version: int, project: Path, service: Server) -> None:
    projects.manifest(project)
    projects.berry(version)(project)
    settings = {"YARN_NPM_REGISTRY_SERVER": service.url, "YARN_UNSAFE_HTTP_WHITELIST": "127.0.0.1", "YARN_ENABLE_TELEMETRY": "0"}
    more = ["--no-deprecations"] if tool == "berry4" else []
    told = tools.run([*tools.node(tool), "npm", "audit", "--all", "--recursive", "--json", *more], project, **settings)
    found = ours(project)
    assert (published.berry_lines if tool == "berry4" else published.quick_report)(told) == found
    assert {hit.package for hit in found} == VULNERABLE
