"""What pages say of the code is what the code says; their links lead somewhere; the first screen has what a newcomer needs."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from scanner import lockfiles, policy
from scanner.secrets import filenames
from tests.conftest import ROOT
from tests.docs import outputs, pages, rules_page, tables

if TYPE_CHECKING:
    from pathlib import Path

every_page = pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.name)
README = ROOT / "README.md"
# Assembled from pieces: this file must hold none of them either.
HOSTS = re.compile(
    r"\b(?:registry\.(?:npm|yarn)|" + "npm" + "mirror|" + "npm" + "js|python" + r"hosted|py" + r"pi\.(?:org|python)"
    r"|(?:deb|security|snapshot)\.deb" + "ian)"
)


@cache
def made() -> dict[str, str]:
    return {**tables.make(), **outputs.make()}


@every_page
def test_generated_sections_are_up_to_date(page: Path) -> None:
    for section in pages.sections(page):
        name = f"{section['kind']}: {section['name']}"
        assert section["body"] == made()[name], f"run `make docs`: {name} in {page.name} is out of date"


def test_the_files_that_are_said_to_be_read_are_read() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|[^|]+\| `(\w+)-audit` \|$", (ROOT / "docs" / "formats.md").read_text("utf-8"), re.MULTILINE)
    said = {name: audit for names, audit in rows for name in re.findall(r"`([^`]+)`", names)}
    assert len(said) > 15
    for name, audit in said.items():
        assert audit in {form.audit for form in lockfiles.formats().values() if form.claims(name)}, name
    assert {form for form, one in lockfiles.formats().items() if not any(map(one.claims, said))} == set()


def test_every_table_stands_on_a_page() -> None:
    shown = {f"{section['kind']}: {section['name']}" for page in pages.pages() for section in pages.sections(page)}
    assert shown == set(made())


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in pages.links(page):
        if not re.match(r"(https?|mailto):", link):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert not anchor or anchor in pages.anchors(target), link


@every_page
def test_no_page_names_a_registry_host(page: Path) -> None:
    assert not HOSTS.search(page.read_text("utf-8"))


@every_page
def test_every_page_can_be_reached_from_the_readme(page: Path) -> None:
    seen: set[Path] = set()
    todo = [README]
    while todo:
        one = todo.pop()
        if one not in seen and one.suffix == ".md":
            seen.add(one)
            inner = [link.partition("#")[0] for link in pages.links(one) if not link.startswith(("http", "#", "mailto"))]
            todo += [(one.parent / link).resolve() for link in inner]
    assert page in seen


@every_page
def test_targets_of_make_are_there(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = re.findall(r"`make ([a-z][a-z0-9-]*)", page.read_text("utf-8"))
    assert [target for target in named if f"\n{target}:" not in makefile] == []


def test_every_target_of_make_is_named_for_contributors() -> None:
    targets = re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [target for target in targets if not re.search(rf"`make {target}[` ]", text)] == []


def test_the_first_screen_of_the_readme() -> None:
    first = README.read_text("utf-8").splitlines()[:40]
    assert {"make scan", "make test"} <= set(first)
    assert any(re.match(r"!\[.+\]\(docs/images/\w+\.png\)", line) for line in first)


def test_the_real_output_ends_with_the_exit_code_of_the_job() -> None:
    assert "exit code of the job: 1\n```\n" in made()["output: make scan"]
    assert len(made()["output: make scan"].splitlines()) <= 40


def test_every_rule_file_has_its_why() -> None:
    assert set(rules_page.FAMILIES) == set(rules_page.packs())


def test_every_rule_has_its_anchor() -> None:
    anchors = pages.anchors(ROOT / "docs" / "rules.md")
    assert {rule.id for found in rules_page.packs().values() for rule in found} <= anchors
    assert {rule.id for rule in rules_page.detectors()} | {kind.id for kind in filenames.KINDS} <= anchors


def test_every_dependency_is_imported_and_none_is_missing() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    wanted = {Requirement(text).name for text in listed}
    modules = {"pyyaml": "yaml", "cyclonedx-python-lib": "cyclonedx"}
    assert set(tables.REASONS) == wanted
    imported = {module.partition(".")[0] for path in (ROOT / "scanner").rglob("*.py") for module in imports(path)}
    assert {modules.get(name, name.replace("-", "_")) for name in wanted} <= imported


def test_every_exit_code_has_a_meaning() -> None:
    assert set(tables.MEANINGS) == {policy.CLEAN, policy.FINDINGS, policy.USAGE, policy.INCOMPLETE}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_what_defeats_the_gate_is_said() -> None:
    text = README.read_text("utf-8")
    assert all(word in text.replace("\\|", "|") for word in ("continue-on-error", "|| true", "if: always()", "needs:"))
