"""Never executes the repository: booby-trapped trees under strace; nothing run, no stranger called, nothing else written."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.loopback import Server, serve
from tests.robustness import child, traps
from tests.robustness.child import ADVISORIES, OFFLINE, Trace

Count = Callable[..., None]


@pytest.fixture
def tripped(tmp_path: Path) -> Path:
    return tmp_path / "TRIPPED"


@contextmanager
def trap_host() -> Iterator[str]:
    """The URL of a port where nobody answers: a call to it is seen as a connect."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{port.getsockname()[1]}"


def booby_trapped(tree: Path, tripped: Path, host: str) -> int:
    """All the traps at once; how many."""
    tree.mkdir()
    laid = traps.git_traps(tree, tripped, host)
    laid += traps.python_traps(tree, tripped) + traps.manifest_traps(tree, tripped, host) + traps.text_traps(tree, tripped)
    base = traps.commit_all(tree)
    (tree / "README.md").write_text("changed\n")
    traps.commit_all(tree, base)
    return laid


def holds(trace: Trace, tree: Path, tripped: Path, writable: tuple[Path, ...], ports: tuple[str, ...] = ()) -> None:
    """Only Python ran, only ``ports`` on this machine were called, only ``writable`` and what is below was changed."""
    assert not tripped.exists()
    assert len(trace.ran) == 1, trace.ran
    assert all(any(f"htons({port})" in one and "127.0.0.1" in one for port in ports) for one in trace.connected), trace.connected
    allowed = tuple(str(path) for path in (*writable, child.CACHE, "/dev/null", "/dev/shm", "/proc/self"))
    outside = [path for path in trace.changed if not any(path == one or path.startswith(one + "/") for one in allowed)]
    assert not outside
    assert not any(path.startswith(f"{tree}/.git/hooks") for path in trace.opened)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_offline_with_every_output(tmp_path: Path, tripped: Path, jobs: str, count: Count) -> None:
    tree, out = tmp_path / "repo", tmp_path / "out"
    with trap_host() as host:
        laid = booby_trapped(tree, tripped, host)
        files = [f"{form}={out / form}" for form in ("json", "sarif", "markdown", "html", "cyclonedx", "console", "github")]
        outputs = [word for file in files for word in ("--output", file)]
        env = child.environment(tmp_path / "home", GITHUB_ACTIONS="true", GITHUB_OUTPUT=str(out / "o"), GITHUB_STEP_SUMMARY=str(out / "s"))
        out.mkdir()
        trace = child.traced(".", *OFFLINE, *outputs, "--jobs", jobs, "-v", "--base", "HEAD~1", cwd=tree, env=env)
    assert trace.done.code in (1, 3), trace.done.said
    assert json.loads((out / "json").read_text())["findings"]
    holds(trace, tree, tripped, (out, tmp_path / "home"))
    count("traps survived", laid)


def test_online_only_the_configured_services_are_called(tmp_path: Path, tripped: Path, count: Count) -> None:
    tree = tmp_path / "repo"
    with trap_host() as host, serve(ADVISORIES) as service:
        laid = booby_trapped(tree, tripped, host)
        where = ("--advisories", "online", "--osv-url", service.url, "--npm-registry", service.url, "--resolve", "never")
        trace = child.traced(".", *where, cwd=tree, env=child.environment(tmp_path / "home"))
        port = service.url.rpartition(":")[2]
        assert service.count("/v1/querybatch")
        assert service.count("/security/advisories/bulk")
        assert not any("authorization" in request.headers for request in service.requests)
    assert trace.done.code in (1, 3), trace.done.said
    holds(trace, tree, tripped, (tmp_path / "home",), (port,))
    count("traps survived", laid)


def test_the_image_looks_for_no_module_in_the_current_directory() -> None:
    """``python FILE`` looks beside the file first, ``python -m`` and ``python -c`` in the current directory: the scanned tree."""
    entry = re.search(r"^ENTRYPOINT (.*)$", (child.ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert entry is not None
    python, *options, file = json.loads(entry[1])
    assert Path(python).is_absolute()
    assert sorted(options) == ["-E", "-s"]
    assert file == "/action/entrypoint.py"


def simple_index(service: Server, wheel: bytes) -> None:
    """Answers of a package index, laid over the loopback service as faults: one wheel of ``wanted`` and one of ``needed``."""
    from tests.loopback import Fault
    from tests.loopback.faults import reply

    html = (("Content-Type", "text/html"),)
    for name in ("wanted", "needed"):
        link = f'<a href="/files/{name}-1.0-py3-none-any.whl">{name}-1.0-py3-none-any.whl</a>'
        link += f'<a href="/files/{name}-2.0.tar.gz">{name}-2.0.tar.gz</a>'
        service.faults.append(Fault(reply(200, link.encode(), html), route=f"/simple/{name}/"))
    service.faults.append(Fault(reply(200, wheel, (("Content-Type", "application/octet-stream"),)), route="/files/"))


def wheel(name: str) -> bytes:
    """A wheel that would trip a trap if it were imported or run."""
    import io
    import zipfile

    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as made:
        made.writestr(f"{name}.py", "raise SystemExit('imported')\n")
        made.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        made.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return pack.getvalue()


def test_resolving_takes_wheels_from_the_configured_index_alone(tmp_path: Path, tripped: Path, count: Count) -> None:
    tree = tmp_path / "repo"
    with trap_host() as host, serve(ADVISORIES) as service:
        laid = booby_trapped(tree, tripped, host)
        requirements = tree / "requirements.txt"
        requirements.write_text(requirements.read_text() + "wanted\n")
        simple_index(service, wheel("wanted"))
        env = child.environment(
            tmp_path / "home",
            PIP_INDEX_URL=f"{service.url}/simple",
            PIP_CONFIG_FILE=str(tree / "pip.conf"),
            TMPDIR=str(tmp_path / "tmp"),
            GITHUB_TOKEN="t" * 40,
            ACTIONS_RUNTIME_TOKEN="r" * 40,
            INPUT_TOKEN="i" * 40,
        )
        (tmp_path / "tmp").mkdir()
        trace = child.traced(".", "--advisories", "online", "--osv-url", service.url, "--only", "dependencies", cwd=tree, env=env)
        port = service.url.rpartition(":")[2]
        assert service.count("/simple/wanted/")
        assert not service.count(".tar.gz")
    assert not tripped.exists()
    assert all(f"htons({port})" in one for one in trace.connected if "AF_INET" in one), trace.connected
    pips = trace.ran[1:]
    assert pips
    assert all(one.startswith(f'"{sys.executable}"') for one in trace.ran), "pip, or what it runs, is not all that was run"
    assert all('"-I", "-m", "pip"' in one and "--only-binary=:all:" in one for one in pips)
    assert not [one for one in pips if str(tree) in one], "a path of the repository was handed to pip"
    assert not [one for one in pips if re.search(r"t{40}|r{40}|i{40}", one)], "a token of the job was handed to a child"
    allowed = tuple(str(path) for path in (tmp_path / "tmp", tmp_path / "home", child.CACHE, "/dev/null", "/dev/shm", "/proc/self"))
    assert not [path for path in trace.changed if not path.startswith(allowed)]
    assert os.listdir(tmp_path / "tmp") == []
    count("traps survived", laid)
