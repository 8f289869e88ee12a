"""Unpinned requirements: resolved by pip in a room of its own, or each a Problem with its line."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from scanner.dependencies import resolve
from scanner.dependencies.resolve import Item, Metadata, Report
from scanner.models import Lockfile, Requirement, Scope
from tests.unit.dependencies.sample import lockfile, package, wants

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Asked = list[tuple[tuple[str, ...], tuple[str, ...]]]


def loose(*unpinned: Requirement, ecosystem: str = "PyPI") -> Lockfile:
    pins = (package("Pinned_One", "2.0", ecosystem=ecosystem, path="requirements.txt", key="pin"),)
    return lockfile(*pins, path="requirements.txt", ecosystem=ecosystem, format="requirements", unpinned=unpinned, direct=unpinned)


def fake(asked: Asked, **failures: str) -> resolve.Pip:
    """Installs each asked package at 1.0 with ``child``, and fails where one of ``failures`` is asked for."""

    def pip(wanted: Sequence[str], pinned: Sequence[str], timeout_s: float) -> Report:
        asked.append((tuple(wanted), tuple(pinned)))
        for text in wanted:
            for name, why in failures.items():
                if text.startswith(name):
                    return Report(failure=why)
        names = [text.partition(">")[0].partition("[")[0] for text in wanted]
        needs = ("Child>=1; extra == 'x'", "pinned-one", "not ; a - requirement")
        found = [Item(metadata=Metadata(name=name, version="1.0", requires_dist=needs)) for name in names]
        more = [Item(metadata=Metadata(name="child", version="3.0")), Item(metadata=Metadata(name="Pinned.One", version="2.0"))]
        return Report(install=(*found, *more))

    return pip


ONE, TWO = wants("one", ">=1", line=3, key="", path="requirements.txt"), wants("two", "[x]>=2", line=4, key="", path="requirements.txt")


def test_resolved_packages_stand_at_the_line_of_their_requirement() -> None:
    asked: Asked = []
    done = resolve.with_pip(fake(asked), 60)(loose(ONE, TWO))
    assert asked == [(("one>=1", "two[x]>=2"), ("Pinned_One==2.0",))]
    assert done.problems == ()
    found = {one.name: (one.version, one.location.line) for one in done.lockfile.packages}
    assert found == {"Pinned_One": ("2.0", 1), "one": ("1.0", 3), "two": ("1.0", 4), "child": ("3.0", 3)}
    assert done.lockfile.unpinned == ()
    keys = {one.key for one in done.lockfile.packages}
    assert {one.key for one in done.lockfile.direct} <= keys
    assert all(key in keys for one in done.lockfile.packages for key in one.requires)


NEVER, ALWAYS = 'python_version < "3.0"', 'python_version >= "3.0"'


@pytest.mark.parametrize(
    ("pins", "expected"),
    [
        ((("idna", "3.6", NEVER), ("idna", "3.7", ALWAYS)), (f"idna==3.6; {NEVER}", f"idna==3.7; {ALWAYS}")),
        ((("idna", "3.6", ALWAYS), ("idna", "3.7", ALWAYS)), ()),
        ((("idna", "3.6", ""), ("idna", "3.7", "")), ()),
        ((("idna", "3.6", ""), ("Idna", "3.7", ALWAYS), ("six", "1.0", "")), ("six==1.0",)),
        ((("idna", "3.6", ""), ("idna", "3.7", NEVER)), ("idna==3.6", f"idna==3.7; {NEVER}")),
        ((("idna", "3.7", ""), ("idna", "3.7.0", "")), ("idna==3.7", "idna==3.7.0")),
        ((("idna", "3.7", NEVER), ("idna", "3.7", ALWAYS)), (f"idna==3.7; {NEVER} or {ALWAYS}",)),
        ((("idna", "3.7", NEVER), ("idna", "3.7", "")), ("idna==3.7",)),
        ((("six", "1.0", 'extra == "x" and os_name > "a"'),), ('six==1.0; extra == "x" and os_name > "a"',)),
        ((("six\n--index-url=https://a.example", "1.0", ""), ("six", "nonsense", ""), ("six", "1.0", "")), ("six==1.0",)),
    ],
)
def test_what_is_pinned_is_a_constraint_with_its_marker(pins: tuple[tuple[str, str, str], ...], expected: tuple[str, ...]) -> None:
    """And no name is held to two versions: pip would go back to versions of the others that nobody installs."""
    where = {"ecosystem": "PyPI", "path": "requirements.txt"}
    packages = {f"{name}@{version}": package(name, version, key=f"{name}@{version}", **where) for name, version, _ in pins}
    direct = [wants(name, f"=={version}{marker and f' ; {marker}'}", key=f"{name}@{version}") for name, version, marker in pins]
    asked: Asked = []
    resolve.with_pip(fake(asked), 60)(lockfile(*packages.values(), direct=[*direct, ONE], unpinned=(ONE,), **where))
    assert asked == [(("one>=1",), expected)]


@pytest.mark.parametrize("together", [True, False], ids=["asked together", "asked one by one"])
def test_what_two_requirements_bring_in_is_of_the_stronger_scope(*, together: bool) -> None:
    """Whichever stands first in the file; the requirements themselves stay in its order."""
    test, main = replace(ONE, scope=Scope.DEVELOPMENT), replace(TWO, scope=Scope.RUNTIME)
    other = wants("odd", ">=3", line=5, key="", path="requirements.txt")
    done = resolve.with_pip(fake([], **({} if together else {"odd": "no such version"})), 60)(loose(test, main, other))
    found = {one.name: (one.scope, one.location.line) for one in done.lockfile.packages}
    assert found["child"] == found["two"] == (Scope.RUNTIME, 4)
    assert found["one"] == (Scope.DEVELOPMENT, 3)
    assert [one.name for one in done.lockfile.direct if one.key] == ["one", "two", *(["odd"] if together else [])]


def test_one_bad_line_spoils_no_other() -> None:
    asked: Asked = []
    done = resolve.with_pip(fake(asked, two="No matching distribution found for two>=2"), 60)(loose(ONE, TWO))
    assert [one.subject for one in done.problems] == ["requirements.txt:4"]
    assert "No matching distribution" in done.problems[0].reason
    assert "one" in {one.name for one in done.lockfile.packages}
    assert done.lockfile.unpinned == (TWO,)
    assert len(asked) == 3


def test_no_time_left_is_a_problem() -> None:
    asked: Asked = []
    done = resolve.with_pip(fake(asked, one="timeout"), -1)(loose(ONE, TWO))
    assert (len(done.problems), len(asked)) == (2, 1)


def test_what_pip_leaves_out_is_a_problem() -> None:
    done = resolve.with_pip(lambda *_: Report(), 60)(loose(ONE))
    assert [one.reason for one in done.problems] == ["one >=1 is not audited: pip would not install it on this platform"]


@pytest.mark.parametrize(
    "spec", ["@ git+https://a.example/x.git", " @ file:///etc/passwd", "--index-url https://a.example", "\n-r other.txt", "=>"]
)
def test_what_is_no_requirement_never_reaches_pip(spec: str) -> None:
    asked: Asked = []
    done = resolve.with_pip(fake(asked), 60)(loose(wants("odd", spec, line=9, key="", path="requirements.txt")))
    assert (asked, [one.subject for one in done.problems]) == ([], ["requirements.txt:9"])


def test_other_ecosystems_are_not_resolved() -> None:
    done = resolve.with_pip(fake([]), 60)(loose(ONE, ecosystem="npm"))
    assert len(done.problems) == 1


def test_never_says_why() -> None:
    done = resolve.never("this scan is offline")(loose(ONE))
    assert [one.reason for one in done.problems] == ["one >=1 is not audited: this scan is offline"]
    assert done.problems[0].location == ONE.location


def wheel(folder: Path, name: str, version: str, requires: str = "") -> None:
    """The smallest wheel that pip accepts."""
    data = io.BytesIO()
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + (f"Requires-Dist: {requires}\n" if requires else "")
    with zipfile.ZipFile(data, "w") as pack:
        pack.writestr(f"{info}/METADATA", metadata)
        pack.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        pack.writestr(f"{info}/RECORD", "")
    (folder / f"{name}-{version}-py3-none-any.whl").write_bytes(data.getvalue())


@pytest.fixture
def index(tmp_path: Path) -> dict[str, str]:
    """A folder of wheels as the configured index, in an environment that also holds what pip must not see."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel(folder, "alpha", "1.0", "beta>=1")
    wheel(folder, "alpha", "1.5", "beta>=1")
    wheel(folder, "beta", "1.0")
    wheel(folder, "beta", "2.0")
    return {
        "PATH": os.environ["PATH"],
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "PIP_REQUIREMENT": "/nowhere/evil.txt",
        "PYTHONPATH": "/nowhere",
        "A_TOKEN": "hidden",
    }


def test_the_real_pip(index: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('the repository ran')")
    monkeypatch.chdir(tmp_path)
    pinned = lockfile(
        package("beta", "1.0", ecosystem="PyPI", path="requirements.txt", key="beta"),
        path="requirements.txt",
        ecosystem="PyPI",
        unpinned=(wants("Alpha", "<1.4", line=2, key=""), wants("gamma", "", line=3, key="")),
    )
    done = resolve.with_pip(resolve.run_pip(index), 120)(pinned)
    assert [(one.name, one.version, one.location.line) for one in done.lockfile.packages] == [("beta", "1.0", 1), ("alpha", "1.0", 2)]
    assert [one.requires for one in done.lockfile.packages] == [(), ("beta",)]
    (problem,) = done.problems
    assert problem.subject == "package.json:3"
    assert "gamma" in problem.reason


def test_the_real_pip_takes_the_pin_of_this_machine(index: dict[str, str]) -> None:
    """Of two pins of beta the one whose marker holds; with two that hold, alpha is still the newest one."""
    for first, expected in ((NEVER, ("1.5", "1.0")), (ALWAYS, ("1.5", "2.0"))):
        pins = [package("beta", version, ecosystem="PyPI", key=f"beta@{version}") for version in ("2.0", "1.0")]
        direct = [wants("beta", f"==2.0 ; {first}", key="beta@2.0"), wants("beta", f"==1.0; {ALWAYS}", key="beta@1.0")]
        alpha = wants("alpha", "", line=2, key="")
        done = resolve.with_pip(resolve.run_pip(index), 120)(lockfile(*pins, ecosystem="PyPI", direct=[*direct, alpha], unpinned=(alpha,)))
        (found,) = [one for one in done.lockfile.packages if one.name == "alpha"]
        assert (done.problems, (found.version, found.requires)) == ((), (expected[0], (f"beta@{expected[1]}",)))


def test_nothing_but_the_index_reaches_pip(index: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def run(command: Sequence[str], *, cwd: str, env: dict[str, str], timeout: float, **_: object) -> subprocess.CompletedProcess[str]:
        seen.update(env, cwd=cwd, command=list(command))
        return subprocess.CompletedProcess(command, 1, "", "noise\nERROR: cannot read https://user:word@index.example/simple\n")

    monkeypatch.setattr(subprocess, "run", run)
    report = resolve.run_pip(index)(["alpha"], [], 10)
    assert report.failure == "cannot read https://index.example/simple"
    assert set(seen) == {"PATH", "PIP_NO_INDEX", "PIP_FIND_LINKS", "HOME", "cwd", "command"}
    assert seen["HOME"] == seen["cwd"] != os.getcwd()
    assert "--only-binary=:all:" in str(seen["command"])
    assert "-I" in str(seen["command"])


def test_a_pip_that_hangs_or_babbles(index: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: Sequence[str], **_: object) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", hang)
    assert resolve.run_pip(index)(["alpha"], [], 1).failure == "pip did not finish in time"
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 0, "", ""))
    assert resolve.run_pip(index)(["alpha"], [], 1).failure.startswith("its report cannot be read")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 2, "", ""))
    assert resolve.run_pip(index)(["alpha"], [], 1).failure == "pip failed without a word"
