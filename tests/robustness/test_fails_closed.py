"""Fails closed: what raises, runs out, is cancelled or is killed never looks like a clean scan, and nothing half-written is read."""

from __future__ import annotations

import io
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner import lockfiles, reporters
from scanner.cli import main
from scanner.reporters import formats
from scanner.secrets.engine import Engine
from tests.loopback import FAULTS, Fault, serve
from tests.robustness import child
from tests.robustness.child import ADVISORIES, MB, OFFLINE, ROOT

Count = Callable[..., None]
WHOLE = os.environ.get("ROBUSTNESS") == "full"
LODASH = '{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.15"}}}'
KEY = "AK" + "IAQ3EGRX7L2MNBV5TW"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with one finding of each kind."""
    tree = tmp_path / "repo"
    (tree / "app").mkdir(parents=True)
    (tree / "app" / "package-lock.json").write_text(LODASH)
    (tree / "key.env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n")
    return tree


def scan(tree: Path, *args: str) -> tuple[int, dict, str]:
    """In this process, so that a part can be made to fail: exit code, JSON report, what was said."""
    out, err, report = io.StringIO(), io.StringIO(), tree.parent / "report.json"
    report.unlink(missing_ok=True)
    code = main([str(tree), *OFFLINE, "--jobs", "1", "-o", f"json={report}", *args], {"HOME": str(tree.parent)}, out, err)
    return code, json.loads(report.read_text()) if report.exists() else {}, out.getvalue() + err.getvalue()


FAILURES = [
    RuntimeError("x"),
    RecursionError(),
    MemoryError(),
    KeyError("x"),
    UnicodeDecodeError("utf-8", b"x", 0, 1, "x"),
    OSError(5, "EIO"),
    AssertionError(),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_parser_that_raises(tree: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, count: Count) -> None:
    (tree / "poetry.lock").write_text("[metadata]\n")

    def fall(*_: object) -> None:
        raise failure

    monkeypatch.setattr(type(lockfiles.formats()["poetry"]), "parse", fall)
    code, report, _ = scan(tree)
    assert code == 1
    assert [item["subject"] for item in report["problems"]] == ["poetry.lock"]
    assert {item["kind"] for item in report["findings"]} == {"vulnerability", "secret"}
    count("parts made to fail")


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_detector_that_raises(tree: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, count: Count) -> None:
    """One file's trouble is a problem of that file."""
    (tree / "bad.txt").write_text("here it falls\n")
    window = Engine._window

    def fall(self: Engine, path: str, *rest: object) -> object:
        if path == "bad.txt":
            raise failure
        return window(self, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "_window", fall)
    code, report, said = scan(tree)
    assert code == 1, said
    assert [item["subject"] for item in report["problems"]] == ["bad.txt"]
    assert {item["kind"] for item in report["findings"]} == {"vulnerability", "secret"}
    count("parts made to fail")


@pytest.mark.parametrize("form", formats())
@pytest.mark.parametrize("clean", [True, False])
def test_a_reporter_that_raises(tree: Path, monkeypatch: pytest.MonkeyPatch, form: str, clean: bool, count: Count) -> None:
    """The verdict stands: findings stay findings, a clean scan is not told to be one."""
    if clean:
        (tree / "key.env").unlink()
        (tree / "app" / "package-lock.json").write_text(LODASH.replace("4.17.15", "4.17.21"))

    def fall(*_: object) -> str:
        raise ValueError("quoting " + KEY)

    monkeypatch.setattr(type(reporters.reporter(form)), "render", fall)
    code, report, said = scan(tree, "-f", form, "-o", f"{form}={tree.parent / 'broken'}", "-o", f"sarif={tree.parent / 'other.sarif'}")
    assert code == (3 if clean else 1), said
    assert f"the {form} report" in said
    assert KEY[4:] not in said
    assert not (tree.parent / "broken").exists()
    assert report or form == "json"
    assert (tree.parent / "other.sarif").exists() or form == "sarif"
    count("parts made to fail")


def on_github(tree: Path, **more: str) -> tuple[int, str]:
    files = {name: str(tree.parent / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    env = child.environment(tree.parent / "home", GITHUB_ACTIONS="true", **{**files, **more})
    done = child.run(".", *OFFLINE, *(("-o", f"json={more['REPORT']}") if "REPORT" in more else ()), cwd=tree, env=env)
    return done.code, done.said


@pytest.mark.parametrize("which", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "REPORT"])
@pytest.mark.parametrize("clean", [True, False])
def test_the_disk_is_full(tree: Path, which: str, clean: bool, count: Count) -> None:
    if clean:
        (tree / "key.env").unlink()
        (tree / "app" / "package-lock.json").write_text(LODASH.replace("4.17.15", "4.17.21"))
    code, said = on_github(tree, **{which: "/dev/full"})
    assert code == (3 if clean else 1), said
    assert "No space left" in said
    assert os.path.exists("/dev/full")
    assert not os.path.isfile("/dev/full")
    count("disks filled")


def test_standard_output_is_full_or_gone(tree: Path, count: Count) -> None:
    env = child.environment(tree.parent / "home")
    (tree / "key.env").unlink()
    (tree / "app" / "package-lock.json").write_text(LODASH.replace("4.17.15", "4.17.21"))
    with open("/dev/full", "w") as full:
        done = subprocess.run(child.command(".", *OFFLINE), cwd=tree, env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode not in (0, 1), done.stderr
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(child.command(".", *OFFLINE), cwd=tree, env=env, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert done.returncode not in (0, 1), done.stderr
    count("disks filled", 2)


def test_a_small_disk(tree: Path, count: Count) -> None:
    """A report that does not fit leaves the old one in its place, whole, and no rest beside it."""
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("needs root to mount a small file system")
    disk = tree.parent / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)], capture_output=True, check=False).returncode:
        pytest.skip("may not mount")
    try:
        (disk / "report.json").write_text('{"old": true}')
        done = child.run(
            ".",
            *OFFLINE,
            "-o",
            f"json={disk / 'report.json'}",
            "-o",
            f"html={disk / 'report.html'}",
            cwd=tree,
            env=child.environment(tree.parent / "home"),
        )
        assert done.code == 1
        assert "No space left" in done.said
        assert json.loads((disk / "report.json").read_text())
        assert {path.name for path in disk.iterdir()} <= {"report.json"}
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    count("disks filled")


@pytest.mark.parametrize("megabytes", [150, pytest.param(300, marks=pytest.mark.slow)])
def test_out_of_memory(tree: Path, megabytes: int, count: Count) -> None:
    """Whatever the memory was too small for: never 0."""
    for number in range(3):
        (tree / f"n{number}").mkdir()
        packages = ",".join(f'"node_modules/p{n}":{{"version":"1.0.0"}}' for n in range(40_000))
        (tree / f"n{number}" / "package-lock.json").write_text(f'{{"lockfileVersion":3,"packages":{{{packages}}}}}')
    (tree / "key.env").unlink()
    (tree / "app" / "package-lock.json").unlink()
    report = tree.parent / "r.json"
    done = subprocess.run(
        child.command(".", *OFFLINE, "--jobs", "1", "-o", f"json={report}"),
        cwd=tree,
        env=child.environment(tree.parent / "home"),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes * MB, megabytes * MB)),
    )
    whole = report.exists() and json.loads(report.read_text())
    assert done.returncode not in (0, 1, 2) or (
        done.returncode == 0 and whole and whole["verdict"] == "pass" and len(whole["audited"]) == 3
    ), done.stderr[-500:]
    count("memory taken away")


def started(tree: Path, report: Path, home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        child.command(".", *OFFLINE, "--jobs", "2", "-o", f"json={report}"),
        cwd=tree,
        env=child.environment(home, XDG_CACHE_HOME=str(home / "cache")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGKILL], ids=lambda number: number.name
)
def test_killed_at_any_moment(tree: Path, tmp_path: Path, number: signal.Signals, count: Count) -> None:
    """The report of the run before stays whole; half-written rules are no cache; no process is left; the next run works."""
    for file in range(200):
        (tree / f"f{file}.py").write_text("password = 'hunter2'\n" * 200)
    report, home = tmp_path / "report.json", tmp_path / "home2"
    if child.CACHE.exists() and (number is signal.SIGTERM or not WHOLE):  # else the rules are compiled, and that is killed too
        shutil.copytree(child.CACHE, home / "cache")
    report.write_text('{"old": true}')
    chance = random.Random(number)
    moments = [chance.uniform(0.05, 1.5) for _ in range(6 if WHOLE else 2)]
    for moment in moments:
        process = started(tree, report, home)
        time.sleep(moment)
        os.kill(process.pid, number)
        error = process.communicate(timeout=20)[1]
        assert process.returncode in (1, 3, -number), error
        assert json.loads(report.read_text())
        assert alive(process.pid) == []
    if number is not signal.SIGKILL:
        assert [path for path in tmp_path.iterdir() if path.name.startswith(".security-scan-")] == []
    process = started(tree, report, home)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert json.loads(report.read_text())["schema_version"] == 1
    count("scans killed", len(moments))


def alive(group: int) -> list[int]:
    """Processes of the group that still run a second after its first one ended."""
    for _ in range(20):
        found = [int(name) for name in os.listdir("/proc") if name.isdigit() and _group(int(name)) == group]
        if not found:
            return []
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return found


def _group(pid: int) -> int:
    try:
        state, group = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:3:2]
    except OSError:
        return 0
    return 0 if state == "Z" else int(group)


def test_a_database_killed_while_it_is_built(tree: Path, tmp_path: Path, count: Count) -> None:
    """The database of before stays, whole."""
    database, env = tmp_path / "a.db", child.environment(tmp_path / "home")
    import_ = child.command("db", "import", str(ADVISORIES), "--db", str(database))
    assert subprocess.run(import_, env=env, capture_output=True, check=False).returncode == 0
    before = database.read_bytes()
    chance = random.Random(5)
    for _ in range(4):
        process = subprocess.Popen(import_, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.05, 0.6))
        process.kill()
        process.wait()
        done = child.run(".", "--advisories", "offline", "--advisory-db", str(database), "--only", "dependencies", cwd=tree, env=env)
        assert done.code == 1, done.said
    assert abs(len(database.read_bytes()) - len(before)) < 200
    count("scans killed", 4)


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "foreign"])
def test_a_damaged_database_is_not_believed(tree: Path, tmp_path: Path, damage: str, count: Count) -> None:
    database, env = tmp_path / "a.db", child.environment(tmp_path / "home")
    subprocess.run(child.command("db", "import", str(ADVISORIES), "--db", str(database)), env=env, capture_output=True, check=True)
    data = bytearray(database.read_bytes())
    chance = random.Random(damage)
    for _ in range(3):
        at = chance.randrange(len(data))
        changed = {"cut": data[:at], "bit": data[:at] + bytes([data[at] ^ 64]) + data[at + 1 :], "empty": b"", "foreign": os.urandom(500)}[
            damage
        ]
        database.write_bytes(changed)
        report = tmp_path / "r.json"
        done = child.run(
            ".",
            "--advisories",
            "offline",
            "--advisory-db",
            str(database),
            "-o",
            f"json={report}",
            "--only",
            "dependencies",
            cwd=tree,
            env=env,
        )
        found = json.loads(report.read_text())
        assert done.code in (1, 3)
        assert done.code == 3 or "GHSA-35jh-r3h4-6jhm" in report.read_text(), "a damaged database hid a finding and nobody said so"
        assert done.code == 1 or found["problems"]
        count("files damaged")


def test_a_damaged_cache_of_compiled_rules_is_made_anew(tree: Path, tmp_path: Path, count: Count) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(child.CACHE, cache) if any(child.CACHE.rglob("*.hs")) else cache.mkdir()
    env = child.environment(tmp_path / "home", XDG_CACHE_HOME=str(cache))
    assert child.run(".", *OFFLINE, cwd=tree, env=env).code == 1
    kept = next(cache.rglob("*.hs"), None)
    if kept is None:
        pytest.skip("the rules are compiled beside the program already")
    whole = kept.read_bytes()
    damages = (whole[:5000] + b"\0" * 5000 + whole[10_000:], whole[: len(whole) // 2], b"", whole[:-1], b"\xff" * 100)
    for changed in damages if WHOLE else damages[:2]:
        kept.write_bytes(changed)
        done = child.run(".", *OFFLINE, cwd=tree, env=env)
        assert done.code == 1, done.said
        assert "key.env" in done.out
        count("files damaged")


TOO_LONG = ("timeout", "slow", "429 with", "50") if WHOLE else ("timeout", "slow", "429", "50", "connection closed")
QUICK = [name for name in FAULTS if not name.startswith(TOO_LONG)]


@pytest.mark.parametrize("service", ["osv", "npm"])
@pytest.mark.parametrize("name", [*QUICK])
def test_a_service_that_fails(tree: Path, service: str, name: str, count: Count) -> None:
    """From end to end: whatever the only service sends (or both of two), what was asked about is not green."""
    (tree / "key.env").unlink()
    (tree / "app" / "package-lock.json").write_text(LODASH.replace("lodash", "left-pad"))
    with serve(ADVISORIES) as osv, serve(ADVISORIES) as npm:
        osv.faults.append(Fault(FAULTS[name]))
        npm.faults.append(Fault(FAULTS[name]))
        out, err = io.StringIO(), io.StringIO()
        both = ["--npm-registry", npm.url] if service == "npm" else []
        args = ["--advisories", "online", "--osv-url", osv.url, *both, "--only", "dependencies", "-f", "json"]
        code = main([str(tree), *args], {"HOME": str(tree.parent)}, out, err)
    report = json.loads(out.getvalue())
    assert code == 3
    assert [item["subject"] for item in report["problems"]]
    count(f"faults injected: {service}")


def test_every_crash_is_incomplete(tree: Path) -> None:
    """The documented exit codes are all there are."""
    assert (ROOT / "scanner" / "policy.py").read_text().count("CLEAN, FINDINGS, USAGE, INCOMPLETE = 0, 1, 2, 3") == 1
