"""npm, pnpm and Yarn read the same lockfiles as we do: what their own audits ask a registry about, or what they list, is what we found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scanner.lockfiles import npm, pnpm, yarn
from tests.against import tools
from tests.conftest import ROOT, SHARED
from tests.loopback import Records, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.models import Lockfile

pytestmark = [pytest.mark.against, pytest.mark.usefixtures("has_npm")]
EXAMPLES = ROOT / "examples"
Set = set[tuple[str, str]]
NPM = [
    "npm-v1/npmcli-own-2019",
    "npm-v1/renovate-v1",
    "npm-v2/osv-detector-e2e-2",
    "npm-v2/npmcli-audit-fix-old-tap",
    "npm-v3/npmcli-own",
    "npm-v3/vet-graph",
    "npm-v3/dep-scan-docs",
]
PNPM = [
    ("pnpm7", "pnpm-v5/trivy-with-dev"),
    ("pnpm7", "pnpm-v5/trivy-many"),
    ("pnpm7", "pnpm-v5/component-detection-v5"),
    ("pnpm8", "pnpm-v6/trivy-v6-with-dev"),
    ("pnpm8", "pnpm-v6/renovate-own-2023"),
    ("pnpm10", "pnpm-v9/pnpm-benchmark"),
    ("pnpm10", "pnpm-v9/renovate-own"),
]
YARN_1 = ["audit-ci-yarn-1-high", "audit-ci-yarn-1-skip-dev", "trivy-yarn"]
BERRY = [
    ("berry3", "audit-ci-yarn-3-high"),
    ("berry3", "audit-ci-yarn-3-workspace"),
    ("berry4", "audit-ci-yarn-4-high"),
    ("berry4", "audit-ci-yarn-4-skip-dev"),
]


def found(form: Any, folder: Path, name: str) -> Lockfile:
    def beside(path: str) -> str | None:
        return (folder / path).read_text("utf-8") if (folder / path).is_file() else None

    return form.FORMAT.parse((folder / name).read_text("utf-8"), name, beside)


def ours(lockfile: Lockfile) -> Set:
    return {(one.name, one.version) for one in lockfile.packages}


def copied(source: Path, target: Path) -> None:
    """The lockfile with a package.json that fits it: the one beside it, or the one that the lockfile itself describes."""
    shutil.copyfile(source, target / source.name)
    if (source.parent / "package.json").exists():
        shutil.copyfile(source.parent / "package.json", target / "package.json")
        return
    root = json.loads(source.read_text("utf-8")).get("packages", {}).get("", {}) if source.suffix == ".json" else {}
    (target / "package.json").write_text(json.dumps({"name": "x", "version": "1.0.0", **root}), "utf-8")


def asked(folder: Path, *command: str) -> Set:
    """What an audit command asks a registry about, in either of the two forms."""
    with serve(Records()) as server:
        said = tools.run([*command, "--registry", server.url], folder)
        posts = [json.loads(one.body) for one in server.requests if one.method == "POST"]
    assert posts, said
    body = posts[0]
    if "requires" in body and "dependencies" in body:
        return set(walk(body))
    return {(name, version) for name, versions in body.items() for version in versions}


def walk(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, node in (tree.get("dependencies") or {}).items():
        if node.get("version"):
            yield name, node["version"]
        yield from walk(node)


def same_as_npm(folder: Path) -> None:
    theirs = asked(folder, "npm", "audit", "--package-lock-only", "--json")
    lockfile = found(npm, folder, "package-lock.json")
    assert ours(lockfile) == {one for one in theirs if one[0] not in {left.name for left in lockfile.unaudited}}


def same_as_pnpm(folder: Path, tool: str) -> None:
    """pnpm also names the importers themselves, as ``.`` and by their folder."""
    theirs = asked(folder, *tools.node(tool), "audit", "--json")
    lockfile = found(pnpm, folder, "pnpm-lock.yaml")
    importers = {path.removesuffix("package.json").rstrip("/") or "." for path in lockfile.covers}
    assert ours(lockfile) == {one for one in theirs if one[0] not in importers}


@pytest.mark.shared
@pytest.mark.parametrize("name", NPM)
def test_npm_asks_for_the_same_packages(name, project):
    copied(SHARED / "lockfiles" / name / "package-lock.json", project)
    same_as_npm(project)


@pytest.mark.parametrize("app", ["vulnerable-app", "clean-app"])
def test_npm_and_pnpm_ask_for_the_same_packages_of_the_examples(app, project):
    for folder, name in (("apps/web", "package-lock.json"), ("tools/release", "pnpm-lock.yaml")):
        (project / folder).mkdir(parents=True)
        copied(EXAMPLES / app / folder / name, project / folder)
    same_as_npm(project / "apps/web")
    same_as_pnpm(project / "tools/release", "pnpm10")


@pytest.mark.shared
@pytest.mark.parametrize(("tool", "name"), PNPM)
def test_pnpm_asks_for_the_same_packages(tool, name, project):
    copied(SHARED / "lockfiles" / name / "pnpm-lock.yaml", project)
    same_as_pnpm(project, tool)


@pytest.mark.shared
@pytest.mark.parametrize("name", YARN_1)
def test_yarn_1_lists_the_same_packages(name, project):
    copied(SHARED / "expected" / name / "yarn.lock", project)
    said = tools.run([*tools.node("yarn1"), "list", "--offline", "--json", "--no-progress"], project)
    trees = [line["data"]["trees"] for line in map(json.loads, said.splitlines()) if line["type"] == "tree"]
    assert ours(found(yarn, project, "yarn.lock")) == set(listed(trees[0]))


def listed(trees: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for tree in trees:
        if not tree.get("shadow"):
            name, _, version = tree["name"].rpartition("@")
            yield name, version
            yield from listed(tree.get("children") or [])


@pytest.mark.shared
@pytest.mark.parametrize(("tool", "name"), BERRY)
def test_berry_lists_the_same_resolutions(tool, name, project):
    for source in (SHARED / "expected" / name).rglob("*"):
        if source.name in ("package.json", "yarn.lock"):
            target = project / source.relative_to(SHARED / "expected" / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    command = [*tools.node(tool), "info", "--all", "--recursive", "--json", "--name-only"]
    said = tools.run(command, project, YARN_IGNORE_PATH="1", YARN_ENABLE_TELEMETRY="0")
    theirs = {json.loads(line) for line in said.splitlines()}
    lockfile = found(yarn, project, "yarn.lock")
    assert {one.key for one in lockfile.packages} == {one for one in theirs if "@workspace:" not in one and "@patch:" not in one}
    assert (lockfile.problems, lockfile.unaudited) == ((), ())
