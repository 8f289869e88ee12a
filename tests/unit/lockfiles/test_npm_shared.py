"""Real lockfiles of the npm family, read whole and compared with an independent reading of the same file."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
import yaml

from scanner.lockfiles import bun, npm, pnpm, yarn
from tests.conftest import SHARED
from tests.unit.lockfiles.npm_family import ids

pytestmark = pytest.mark.shared
FORMATS = {"package-lock.json": npm, "npm-shrinkwrap.json": npm, "pnpm-lock.yaml": pnpm, "yarn.lock": yarn, "bun.lock": bun}
FILES = sorted(
    path for path in SHARED.glob("*/**/*") if path.name in FORMATS and path.relative_to(SHARED).parts[0] in ("lockfiles", "expected")
)
DISGUISED = {
    "lockfiles/npm-v3/vet-graph/package-lock.json": [
        "express 4.18.2: its address is that of @boringtools/express-ssc-demo 4.18.2-p2"
    ],
    "expected/trivy-npm/package-lock.json": ["jquery 3.3.9: its address is that of jquery 3.4.0"],
    "expected/trivy-yarn/yarn.lock": ["jquery 3.2.1: its address is that of jquery 3.4.1"],
}
"""One demonstrates the attack; the others were edited by hand to try a version that nobody fetched."""


def read(path: Path):
    def beside(name: str) -> str | None:
        file = path.parent / name
        return file.read_text("utf-8") if file.is_file() else None

    return FORMATS[path.name].FORMAT.parse(path.read_text("utf-8"), path.name, beside)


def rows(kind: str) -> list[tuple[str, int]]:
    if not SHARED.is_dir():
        return []
    with (SHARED / "lockfiles" / "INDEX.tsv").open(encoding="utf-8") as handle:
        table = list(csv.DictReader(handle, delimiter="\t"))
    return [(f"{row['kind']}/{row['folder']}/{row['file']}", int(row["entries"])) for row in table if row["kind"].startswith(kind)]


def test_there_are_files():
    assert len(FILES) > 80


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SHARED)))
def test_every_file_is_read_without_a_problem_and_each_line_is_its_packages_own(path):
    found = read(path)
    expected = DISGUISED.get(str(path.relative_to(SHARED)), [])
    assert [one.reason.partition(", ")[0] for one in found.problems] == expected
    lines = path.read_text("utf-8").split("\n")
    for one in found.packages:
        written = lines[one.location.line - 1]
        assert written[one.location.column - 1 :].lstrip("\"'/").startswith(one.key.lstrip("/")[:1]) or one.name in written
        assert not one.version.startswith(("v", "="))
    keys = {one.key for one in found.packages}
    assert len(keys) == len(found.packages)
    missing = {key for one in found.packages for key in one.requires} - keys
    assert len(missing) <= len(found.unaudited) + 1


@pytest.mark.parametrize("path", [path for path in FILES if FORMATS[path.name] is npm], ids=lambda path: path.parent.name)
def test_npm_names_and_versions(path):
    document = json.loads(path.read_text("utf-8"))

    def nested(entries):
        for name, entry in entries.items():
            yield (entry["version"].removeprefix("npm:").rpartition("@")[0] or name, entry["version"].rpartition("@")[2])
            yield from nested(entry.get("dependencies", {}))

    if "packages" in document:
        entries = [
            (entry.get("name", key.rpartition("node_modules/")[2]), entry)
            for key, entry in document["packages"].items()
            if "node_modules/" in key
        ]
        expected = {(name, entry["version"]) for name, entry in entries if "version" in entry and not entry.get("link")}
    else:
        expected = set(nested(document["dependencies"]))
    found = read(path)
    got = {(one.name, one.version) for one in found.packages} | {(one.name, "") for one in found.unaudited}
    left = {(name, version) for name, version in expected if (name, version.lstrip("v")) not in got and (name, "") not in got}
    assert all(version.startswith("file:") for _, version in left)
    assert len(got) >= len(expected) - len(left)


@pytest.mark.parametrize("path", [path for path in FILES if FORMATS[path.name] is pnpm], ids=lambda path: path.parent.name)
def test_pnpm_entries(path):
    entries = [key for part in yaml.load_all(path.read_text("utf-8"), Loader=yaml.CSafeLoader) for key in part.get("packages") or {}]
    found = read(path)
    assert len({one.location for one in (*found.packages, *found.unaudited)}) == len(entries)


@pytest.mark.parametrize(("file", "entries"), rows("yarn"))
def test_yarn_entries(file, entries):
    path = SHARED / "lockfiles" / file
    found = read(path)
    text = path.read_text("utf-8")
    keys = {one.key for one in found.packages}
    resolutions = re.findall(r'^  resolution: "(.*@(?:workspace|patch):.*)"', text, re.MULTILINE)
    ours = sum(resolution not in keys for resolution in resolutions) + text.count("__metadata:")
    assert len(found.packages) + len(found.unaudited) + ours == entries


@pytest.mark.parametrize(("file", "entries"), rows("npm"))
def test_npm_entries(file, entries):
    """The index counts every key of ``packages`` (or the first level of ``dependencies``), the project's own and its links included."""
    path = SHARED / "lockfiles" / file
    document = json.loads(path.read_text("utf-8"))
    found = read(path)
    if "packages" not in document:
        assert entries == len(document["dependencies"])
        assert len(found.packages) >= entries
        return
    ours = [key for key, entry in document["packages"].items() if "node_modules/" not in key or entry.get("link")]
    assert len(found.packages) + len(found.unaudited) + len(ours) == entries


def test_an_alias_with_an_odd_name():
    assert "react@17.0.2" in ids(read(SHARED / "lockfiles/yarn-v1/renovate-invalid-name/yarn.lock"))
