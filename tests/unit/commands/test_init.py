"""``security-scan init``: what it sees, what it writes, and that it writes over nothing."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scanner import config, config_file
from scanner.cli import main
from scanner.commands import _starter
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LOCK = '{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a"}}}'
CI = "on: push\njobs:\n  lint: {runs-on: x}\n  e2e: {runs-on: x}\n  deploy-prod: {runs-on: x}\n"
SCHEMAS = {".github/workflows/security-scan.yml": "vendor.github-workflows"}


def init(folder: Path, *args: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(["init", str(folder), *args], {}, out, out), out.getvalue()


def files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def fill(folder: Path, content: dict[str, str]) -> Path:
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    content = {
        "requirements.txt": "flask==3.1.0\n", "web/package-lock.json": LOCK, "web/package.json": '{"name": "a"}', ".secrets.baseline": "{}",
        ".github/workflows/ci.yml": CI, ".git/HEAD": "ref: refs/heads/feature\n", "lib/package.json": '{"dependencies": {"x": "1"}}',
        ".git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/develop\n",
    }
    return fill(tmp_path / "shop", content)


def test_it_sees_what_is_there(shop: Path) -> None:
    code, said = init(shop)
    written = files(shop)
    assert code == 0
    assert "python: block # requirements.txt\n" in written[".security-scan.yml"]
    assert "npm: block # web/package-lock.json\n" in written[".security-scan.yml"]
    assert "yarn: block # nothing here yet" in written[".security-scan.yml"]
    assert ".secrets.baseline" in written[".security-scan.yml"]
    assert '    branches: ["develop"]\n' in written[_starter.WORKFLOW]
    assert "to make e2e, deploy-prod in .github/workflows/ci.yml wait" in said
    assert "lib/package.json: no lockfile" in said
    assert _starter.ACTION.partition("@")[0] in said


def test_what_it_writes_is_valid_and_means_the_defaults(shop: Path) -> None:
    init(shop)
    text = (shop / ".security-scan.yml").read_text()
    assert text.startswith(f"# yaml-language-server: $schema={_starter.SCHEMA}\n")
    chosen = config.parse(text, "x").config
    assert (chosen.fail_on, chosen.on_incomplete, chosen.block_existing) == (config_file.Level.HIGH, config_file.OnIncomplete.FAIL, True)
    assert json.loads((shop / _starter.SCHEMA).read_text()) == json.loads(json.dumps(config.schema()))
    check(["--schemafile", str(shop / _starter.SCHEMA), str(shop / ".security-scan.yml")])
    check(["--builtin-schema", "vendor.github-workflows", str(shop / _starter.WORKFLOW)])


def test_the_commented_keys_hold_too(shop: Path) -> None:
    init(shop)
    lines = (shop / ".security-scan.yml").read_text().splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("# exclude"))
    opened = "\n".join([*lines[:begin], *(re.sub(r"^( *)# ", r"\1", line) for line in lines[begin:])])
    chosen = config.parse(opened, "x").config
    assert [one.id for one in chosen.secrets.patterns] == ["our-service-token"]
    assert [one.id for one in chosen.allow] == ["GHSA-xxxx-xxxx-xxxx"]
    (shop / "opened.yml").write_text(opened)
    assert main(["rules", "test", str(shop / "opened.yml")], {}, io.StringIO(), io.StringIO()) == 0


@pytest.mark.git
def test_diff_writes_nothing_and_applies(shop: Path) -> None:
    before = files(shop)
    code, said = init(shop, "--diff")
    assert (code, files(shop)) == (0, before)
    subprocess.run(["git", "apply", "-p1", "-"], input=said, text=True, cwd=shop, check=True)
    applied = files(shop)
    for name in set(applied) - set(before):
        (shop / name).unlink()
    init(shop)
    assert files(shop) == applied


def test_nothing_is_written_over(shop: Path) -> None:
    fill(shop, {_starter.WORKFLOW: "mine", ".security-scan.yml": "fail-on: low\n"})
    (shop / "elsewhere").write_text("mine")
    (shop / _starter.SCHEMA).symlink_to(shop / "elsewhere")
    before = files(shop)
    code, said = init(shop)
    assert (code, files(shop)) == (0, before)
    assert said.count("left alone, it exists") == 3
    assert ".security-scan.yml exists and would be left alone" in init(shop, "--diff")[1]


def test_a_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, {"repo/a.txt": "x", "outside/b.txt": "x"})
    (tmp_path / "repo/.github").symlink_to(tmp_path / "outside")
    code, said = init(tmp_path / "repo")
    assert (code, files(tmp_path / "outside")) == (3, {"b.txt": "x"})
    assert "leads out of the repository" in said


def test_a_workflow_that_scans_already_is_enough(shop: Path) -> None:
    fill(shop, {".github/workflows/ci.yml": f"{CI}  scan: {{steps: [{{uses: {_starter.ACTION}}}]}}\n"})
    code, said = init(shop)
    assert code == 0
    assert not (shop / _starter.WORKFLOW).exists()
    assert "ci.yml runs the scan already" in said


def test_names_of_the_repository_cannot_write_lines(tmp_path: Path) -> None:
    fill(tmp_path, {"a\nfail-on: none\n/requirements.txt": "flask==3.1.0\n", ".github/workflows/x\x1b[2J.yml": CI})
    _, said = init(tmp_path)
    assert config.parse((tmp_path / ".security-scan.yml").read_text(), "x").config.fail_on is config_file.Level.HIGH
    assert "\x1b" not in said
    assert "\nfail-on: none" not in said


def test_after_it_the_repository_passes(tmp_path: Path) -> None:
    fill(tmp_path, {"requirements.txt": "# none\n"})
    init(tmp_path, "--action", "our/action@1234")
    assert "uses: our/action@1234\n" in (tmp_path / _starter.WORKFLOW).read_text()
    out = io.StringIO()
    scan = [str(tmp_path), "--advisories", "offline", "--advisory-db", str(ROOT / "examples/advisories")]
    assert main(scan, {}, out, out) == 0, out.getvalue()


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    assert init(tmp_path / "nowhere")[0] == 2


def check(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "check_jsonschema", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", [".github", ".github/workflows"])
@pytest.mark.parametrize("args", [(), ("--diff",)])
def test_a_file_where_a_folder_belongs_is_said_and_nothing_is_written(tmp_path: Path, name: str, args: tuple[str, ...]) -> None:
    before = fill(tmp_path / "shop", {name: "x\n"})
    code, said = init(before, *args)
    assert (code, said) == (
        2, f"security-scan: {name}: is not a folder, and the workflow belongs into one of that name (move it out of the way)\n",
    )
    assert files(before) == {name: "x\n"}
