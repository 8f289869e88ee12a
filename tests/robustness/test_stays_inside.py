"""Stays inside: no link, include, name or device leads the scan out of the tree, and no name writes commands into the log."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from tests.robustness import child
from tests.robustness.child import OFFLINE
from tests.unit.reporters.workflow_parser import commands

Count = Callable[..., None]
OUTSIDE = "outside-of-the-tree"
KEY = "AK" + "IAQ3EGRX7L2MNBV5TW"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with one lockfile, beside a folder that no path of the tree may lead to."""
    tree, outside = tmp_path / "repo", tmp_path / OUTSIDE
    tree.mkdir()
    outside.mkdir()
    (outside / "requirements.txt").write_text(f"urllib3==1.26.4\nsecret-package-of-another=={'9.9.9'}\n")
    (outside / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {"node_modules/lodash": {"version": "4.17.15"}}}')
    (outside / "key.env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n")
    (outside / "event.json").write_text('{"token": "never read"}')
    (tree / "requirements.txt").write_text("idna==3.10\n")
    return tree


def scan(tree: Path, *args: str, **env: str) -> tuple[int, dict, str]:
    """Exit code, JSON report and all that was printed."""
    report = tree.parent / "report.json"
    done = child.run(".", *OFFLINE, "-o", f"json={report}", "-v", *args, cwd=tree, env=child.environment(tree.parent / "home", **env))
    return done.code, json.loads(report.read_text()) if report.exists() else {}, done.said


def opened_outside(tree: Path, *args: str, **env: str) -> list[str]:
    """Which files beside the tree a scan opens, apart from those of the job itself."""
    trace = child.traced(".", *OFFLINE, *args, cwd=tree, env=child.environment(tree.parent / "home", **env))
    assert trace.done.code in (0, 1, 3), trace.done.said
    real = {path if path.startswith("/proc/self") else os.path.realpath(path) for path in trace.opened}
    return sorted(path for path in real if OUTSIDE in path or path == "/proc/self/environ")


@pytest.mark.parametrize("kind", ["a link within", "a link out", "a link to nothing"])
def test_a_manifest_that_is_a_link_is_audited_or_a_problem(tree: Path, kind: str) -> None:
    """Who installs follows the link: what stands behind it must not go by unseen."""
    (tree / "requirements.txt").unlink()
    (tree / "packages.list").write_text("jinja2==2.11.2\n")
    target = {"a link within": "packages.list", "a link out": tree.parent / OUTSIDE / "requirements.txt", "a link to nothing": "gone"}
    (tree / "requirements.txt").symlink_to(target[kind])
    code, report, _ = scan(tree)
    assert code == (1 if kind == "a link within" else 3)
    assert ("requirements.txt" in [one["location"]["path"] for one in report["findings"]]) is (kind == "a link within")
    assert bool(report["problems"]) is (kind != "a link within")


def test_links_out_of_the_tree_are_never_opened(tree: Path, count: Count) -> None:
    outside = tree.parent / OUTSIDE
    links = {
        "package-lock.json": outside / "package-lock.json",
        "folder": outside,
        "key.env": outside / "key.env",
        "environ.txt": Path("/proc/self/environ"),
        "event.json": outside / "event.json",
        "up": Path(".."),
        "relative.env": Path(f"../{OUTSIDE}/key.env"),
        "twice": Path("folder"),
        "yarn.lock": Path("folder/package-lock.json"),
        "dangling": Path("nowhere"),
        "loop": Path("loop"),
        "a": Path("b"),
        "b": Path("a"),
        "self": Path("."),
        "root": Path("/"),
        "null.txt": Path("/dev/null"),
        "stdin": Path("/dev/stdin"),
    }
    for name, target in links.items():
        (tree / name).symlink_to(target)
    (tree / "deep").mkdir()
    (tree / "deep" / "back").symlink_to("../deep")
    pygit2.init_repository(str(tree))
    assert opened_outside(tree, "-v") == []
    _code, report, said = scan(tree)
    assert report["findings"] == []
    assert {"key.env", "environ.txt", "folder"} <= {item["path"] for item in report["scanned"]["skipped"]}
    assert KEY[4:] not in said
    count("links and includes refused", len(links) + 1)


def test_includes_and_config_paths_with_dots(tree: Path, count: Count) -> None:
    outside = tree.parent / OUTSIDE
    includes = [
        f"-r ../{OUTSIDE}/requirements.txt",
        f"-c ../{OUTSIDE}/requirements.txt",
        f"-r {outside}/requirements.txt",
        f"-r file://{outside}/requirements.txt",
        f"-r a/../../{OUTSIDE}/requirements.txt",
        "-r link/requirements.txt",
        "--requirement=/proc/self/environ",
        f"-r ..\\{OUTSIDE}\\requirements.txt",
    ]
    (tree / "link").symlink_to(outside)
    for number, line in enumerate(includes):
        (tree / f"n{number}").mkdir()
        (tree / f"n{number}" / "requirements.txt").write_text(f"{line.replace('../', '../../')}\n")
    (tree / "package.json").write_text(json.dumps({"name": "x", "workspaces": [f"../{OUTSIDE}/*", "link"], "dependencies": {}}))
    (tree / "pyproject.toml").write_text(
        f'[project]\nname="x"\ndynamic=["dependencies"]\n[tool.setuptools.dynamic]\ndependencies={{file=["../{OUTSIDE}/requirements.txt"]}}\n'
    )
    assert opened_outside(tree, "-v") == []
    code, report, said = scan(tree)
    assert code == 3
    assert {item["subject"] for item in report["problems"]} >= {f"n{number}/requirements.txt" for number in range(7)}, report["problems"]
    assert "secret-package-of-another" not in json.dumps(report) + said
    count("links and includes refused", len(includes) + 3)


@pytest.mark.parametrize("name", [".security-scan.yml", ".secrets.baseline"])
def test_a_policy_file_that_is_a_link_out_of_the_tree(tree: Path, name: str) -> None:
    (tree / name).symlink_to(tree.parent / OUTSIDE / "event.json")
    trace = child.traced(".", *OFFLINE, cwd=tree, env=child.environment(tree.parent / "home"))
    assert trace.done.code == 2
    assert "is a link out of the tree" in trace.done.err
    assert not [path for path in trace.opened if OUTSIDE in os.path.realpath(path)]


def test_a_report_is_not_written_through_a_link(tree: Path) -> None:
    victim = tree.parent / OUTSIDE / "event.json"
    before = victim.read_text()
    (tree / "report.json").symlink_to(victim)
    (tree / "out").symlink_to(victim.parent)
    done = child.run(
        ".", *OFFLINE, "-o", "json=report.json", "-o", "sarif=out/x.sarif", cwd=tree, env=child.environment(tree.parent / "home")
    )
    assert victim.read_text() == before
    assert not (victim.parent / "x.sarif").exists()
    assert done.code == 3
    assert json.loads((tree / "report.json").read_text())["schema_version"] == 1
    assert not (tree / "report.json").is_symlink()


def test_what_is_not_a_file(tree: Path, count: Count) -> None:
    """Pipes that nobody writes to, sockets and devices under the names of lockfiles: no wait, no read."""
    kinds: dict[str, Callable[[Path], object]] = {
        "package-lock.json": os.mkfifo,
        "pnpm-lock.yaml": bound,
        "poetry.lock": Path.mkdir,
        "key.env": os.mkfifo,
        "a.sock": bound,
    }
    if os.geteuid() == 0:
        kinds["yarn.lock"] = lambda path: os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
        kinds["uv.lock"] = lambda path: os.mknod(path, 0o600 | 0o020000, os.makedev(5, 0))
        kinds["disk"] = lambda path: os.mknod(path, 0o600 | 0o060000, os.makedev(7, 0))
    for name, make in kinds.items():
        try:
            make(tree / name)
        except PermissionError:
            continue
    code, report, _ = scan(tree)
    assert code == 0, report
    assert {item["path"] for item in report["scanned"]["skipped"]} >= {"package-lock.json", "key.env", "a.sock"}
    count("odd files seen", len(kinds))


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = os.open(path.parent, os.O_RDONLY)
        one.bind(f"/proc/self/fd/{here}/{path.name}")
        os.close(here)


ODD: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a socket": bound,
    "a folder": Path.mkdir,
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to nothing": lambda path: path.symlink_to("gone"),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_config_that_is_no_file_is_an_error(tree: Path, kind: str) -> None:
    """It may say what is stricter than the defaults: a scan without it would be another one."""
    ODD[kind](tree / ".security-scan.yml")
    code, report, said = scan(tree)
    assert (code, report) == (2, {})
    assert ".security-scan.yml" in said


@pytest.mark.parametrize(("kind", "code"), [(kind, 2 if kind == "a link to a device" else 1) for kind in ODD])
def test_a_baseline_that_is_no_file_accepts_nothing(tree: Path, kind: str, code: int) -> None:
    """Only a file is a baseline: beside anything else every secret counts. A link that leads out is an error, as for the config."""
    (tree / "key.env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n")
    ODD[kind](tree / ".secrets.baseline")
    found, _, said = scan(tree, "-f", "console")
    assert found == code
    assert "baseline accepts nothing: it is " in " ".join(said.split()) or code == 2, said


def test_hard_links_are_files_of_the_tree(tree: Path) -> None:
    """A hard link cannot be told from a file; only who may read the file can make one. It is read once for each name."""
    (tree / "key.env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n")
    os.link(tree / "key.env", tree / "again.env")
    _, report, said = scan(tree)
    assert {item["location"]["path"] for item in report["findings"] if item["kind"] == "secret"} == {"key.env", "again.env"}
    assert KEY[4:] not in said + json.dumps(report)


def test_unreadable_files_are_problems(tree: Path) -> None:
    """Also for root: without the capability to override permissions."""
    for name in ("key.env", "package-lock.json"):
        (tree / name).write_text("{}")
        (tree / name).chmod(0)
    (tree / "closed").mkdir(mode=0)
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root reads everything, and setpriv is not installed")
        before = (setpriv, "--bounding-set=-dac_override,-dac_read_search")
    report = tree.parent / "report.json"
    env = child.environment(tree.parent / "home")
    done = child.run(".", *OFFLINE, "-o", f"json={report}", cwd=tree, env=env, before=before)
    (tree / "closed").chmod(0o755)
    assert done.code == 3, done.said
    problems = {item["subject"]: item["reason"] for item in json.loads(report.read_text())["problems"]}
    assert {"key.env", "package-lock.json", "closed/"} <= set(problems)
    assert all("ermission" in problems[name] for name in ("key.env", "package-lock.json", "closed/"))


NAMES = [
    b"::error::pwned",
    b"a\n::error file=x::pwned",
    b"b\r::set-output name=verdict::pass",
    b"##[error]pwned",
    b"c##[add-mask]x",
    b"%0A::warning::c",
    b"\x1b[31mred\x1b]0;title\x07",
    b"\xff\xfe\x80bad",
    b"caf\xc3\xa9",
    "caf\u0065\u0301".encode(),
    b"-rf",
    b"--config=x",
    b"$(touch x)",
    b"`x`",
    b"a b",
    b"tab\there",
    b"quote'\"",
    b"<script>alert(1)<",
    b"[x](javascript:x)",
    b"| pipe |",
    b"@everyone",
    b"\xe2\x80\xae\xe2\x80\x8b",
    b"CASE",
    b"case",
    b"Case",
    b"con",
    b"nul.",
    b"...",
    b" ",
    b"~",
    b"*",
    b"!x",
    b"#x",
    b"\xf0\x9f\x92\xa9",
    b"{{7*7}}",
    b"x" * 255,
    b"\\",
    b"a\\nb",
    b"null\xc0\x80",
]


def test_hostile_names_in_every_output(tree: Path, count: Count) -> None:
    root = os.fsencode(tree)
    for name in NAMES:
        os.mkdir(os.path.join(root, name))
        with open(os.path.join(root, name, b"package-lock.json"), "wb") as lock:
            lock.write(b"{")
        with open(os.path.join(root, name, b"key.env"), "wb") as env:
            env.write(f"AWS_ACCESS_KEY_ID={KEY}\n".encode())
    out = tree.parent / "out"
    out.mkdir()
    forms = ("json", "sarif", "markdown", "html", "cyclonedx", "console")
    outputs = [word for form in forms for word in ("-o", f"{form}={out / form}")]
    step = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(out / "output"), "GITHUB_STEP_SUMMARY": str(out / "summary")}
    done = child.run(".", *OFFLINE, *outputs, "-v", cwd=tree, env=child.environment(tree.parent / "home", **step))
    assert done.code == 1, done.said
    said = commands(done.out) + commands(done.err)
    assert {command.name for command in said} <= {"error", "warning", "notice", "group", "endgroup"}
    assert not [command for command in said if command.data == "pwned"]
    report = json.loads((out / "json").read_text())
    assert len(report["problems"]) == len(NAMES)
    assert len([one for one in report["findings"] if one["kind"] == "secret"]) == len(NAMES)
    for form in forms:
        text = (out / form).read_bytes()
        assert text.decode("utf-8").isprintable() is False  # it has lines, and nothing else that moves a terminal
        assert not [byte for byte in text if byte < 32 and byte not in b"\n\t\r"]
    assert "<script>alert" not in (out / "html").read_text()
    assert (out / "output").read_text().count("verdict<<") == 1
    count("hostile names shown harmlessly", len(NAMES))


def test_a_path_of_4096_characters(tree: Path) -> None:
    here = os.open(tree, os.O_RDONLY)
    for _ in range(17):
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    handle = os.open("package-lock.json", os.O_WRONLY | os.O_CREAT, dir_fd=here)
    os.write(handle, b"{")
    os.close(handle)
    os.close(here)
    code, report, said = scan(tree)
    assert code == 3, said
    assert any("name too long" in item["reason"].lower() or "cannot be read" in item["reason"] for item in report["problems"])
    shutil.rmtree(tree, ignore_errors=True)


def test_a_tree_that_brings_a_repository_of_its_own(tree: Path) -> None:
    """A folder that looks like a bare repository hides no file by a list of its own; nor does ``core.worktree`` move the scan."""
    pygit2.init_repository(str(tree))
    folder = tree / "app"
    pygit2.init_repository(str(folder), bare=True)
    config = (folder / "config").read_text().replace("bare = true", f"bare = false\n\tworktree = {folder}")
    (folder / "config").write_text(config)
    (folder / "info" / "exclude").write_text("*.env\n")
    (folder / "key.env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n")
    code, report, said = scan(folder)
    assert code == 1, said
    assert [item["location"]["path"] for item in report["findings"]] == ["key.env"]


def test_a_checkout_that_is_said_to_be_elsewhere(tree: Path) -> None:
    repo = pygit2.init_repository(str(tree))
    config = Path(repo.path) / "config"
    config.write_text(config.read_text() + f"\tworktree = {tree.parent / OUTSIDE}\n")
    assert opened_outside(tree) == []
    code, report, _ = scan(tree)
    assert code == 0
    assert report["audited"][0]["manifest"] == "requirements.txt"
