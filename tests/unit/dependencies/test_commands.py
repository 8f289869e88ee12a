"""The words of the way out, for each package manager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from scanner.dependencies.admits import admits
from scanner.dependencies.commands import advise
from scanner.dependencies.upgrade import Around, Upgrade
from scanner.models import Judged, Lockfile, Package, Requirement, Step
from scanner.reporters import _advice
from scanner.reporters import _wording as wording
from scanner.reporters._checkout import from_root
from tests.unit.dependencies.sample import lockfile, package, wants
from tests.unit.reporters import sample


def words(upgrade: Upgrade) -> str:
    """The advice in one line, as seen from the scanned folder."""
    return "".join(map(wording.step, advise(upgrade)))


def pieces(
    format_: str,
    *,
    direct: tuple[Requirement, ...] = (),
    version: str = "1.2.3",
    path: str = "lock",
    others: Lockfile | None = None,
    want: str = "",
    asked: tuple[Requirement, ...] = (),
) -> tuple[Step, ...]:
    python = format_ in ("requirements", "poetry", "uv", "pdm", "pipfile", "pylock")
    audit = "python" if python else {"yarn": "yarn", "berry": "yarn", "pnpm": "pnpm"}.get(format_, "npm")
    found = package("lib", "1.0.0", path=path, line=7, ecosystem="PyPI" if python else "npm")
    parent = package("app", "3.0.0", "lib", path=path, wants=(want,) if want else ())
    here = lockfile(found, parent, *(others.packages if others else ()), path=path, format=format_, audit=audit, ecosystem=found.ecosystem)
    here = replace(here, direct=asked)
    return advise(Upgrade(lockfile=here, around=Around(here), package=found, version=version, requirements=direct, parents=(parent,)))


def say(format_: str, **said: Any) -> str:
    """The same in one line, as seen from the scanned folder."""
    return "".join(map(wording.step, pieces(format_, **said)))


ROOT, WEB = wants("lib", line=4), wants("lib", line=4, path="apps/web/package.json")
ALIAS = wants("old", path="package.json", key="lib")
PINNED = wants("lib", "==1.0.0", line=7, path="lock")
WINDOWS = wants("lib", "[tls] == 1.0.0 ; os_name == 'nt'", line=7, path="lock")
CAPPED = wants("lib", "<1.1", line=5, path="pyproject.toml")
CARET = wants("lib", "^1.0", line=5, path="pyproject.toml")


@pytest.mark.parametrize(
    ("format_", "direct", "expected"),
    [
        ("npm", (ROOT,), "npm install lib@1.2.3"),
        ("npm", (WEB,), "npm install lib@1.2.3 -w apps/web"),
        ("npm", (ROOT, WEB), "npm install lib@1.2.3 -w apps/web --include-workspace-root"),
        ("npm", (ALIAS,), "npm install old@npm:lib@1.2.3"),
        ("npm", (), "npm update lib"),
        ("pnpm", (ROOT,), "pnpm update lib@1.2.3"),
        ("pnpm", (WEB,), "pnpm --filter ./apps/web update lib@1.2.3"),
        (
            "pnpm",
            (),
            'add "lib": "1.2.3" to overrides in pnpm-workspace.yaml (before pnpm 10: pnpm.overrides in package.json), then pnpm install',
        ),
        ("yarn", (ROOT,), "yarn upgrade lib@1.2.3"),
        ("yarn", (WEB,), "cd apps/web && yarn upgrade lib@1.2.3"),
        ("yarn", (), 'add "lib": "1.2.3" to resolutions in package.json, then yarn install'),
        ("berry", (ROOT,), "yarn up lib@1.2.3"),
        ("berry", (), 'add "lib": "1.2.3" to resolutions in package.json, then yarn install'),
        ("bun", (ROOT,), "bun add lib@1.2.3"),
        ("bun", (), 'add "lib": "1.2.3" to overrides in package.json, then bun install'),
        ("requirements", (PINNED,), "change line 7 of lock to lib==1.2.3"),
        ("requirements", (wants("lib", ">=1.0", line=3, path="lock"),), "change line 3 of lock to lib>=1.2.3"),
        ("requirements", (WINDOWS,), "change line 7 of lock to lib[tls]==1.2.3; os_name == 'nt'"),
        ("requirements", (), "change line 7 of lock to lib==1.2.3"),
        ("poetry", (CARET,), "poetry update lib"),
        ("poetry", (CAPPED,), "pyproject.toml:5: allow lib>=1.2.3, then poetry update lib"),
        ("poetry", (), "poetry update lib"),
        ("uv", (CAPPED,), "pyproject.toml:5: allow lib>=1.2.3, then uv lock --upgrade-package lib"),
        ("uv", (), "uv lock --upgrade-package lib"),
        ("pdm", (), "pdm update lib"),
        ("pipfile", (), "pipenv update lib"),
        ("pylock", (), "lock again with lib>=1.2.3"),
    ],
)
def test_each_manager(format_: str, direct: tuple[Requirement, ...], expected: str) -> None:
    assert say(format_, direct=direct) == expected
    sentence = expected.startswith(("add ", "change ", "lock again ", "pyproject.toml:"))
    assert bool(_advice.COMMAND.match(expected)) is not sentence, "reports set commands apart from sentences"


@pytest.mark.parametrize(
    ("format_", "direct", "path", "expected"),
    [
        ("npm", (ROOT,), "lock", "cd sub && npm install lib@1.2.3"),
        ("npm", (WEB,), "lock", "cd sub && npm install lib@1.2.3 -w apps/web"),
        ("yarn", (WEB,), "lock", "cd sub/apps/web && yarn upgrade lib@1.2.3"),
        ("yarn", (), "web/lock", 'add "lib": "1.2.3" to resolutions in package.json, then yarn install (all in sub/web)'),
        ("yarn", (), "lock", 'add "lib": "1.2.3" to resolutions in package.json, then yarn install (all in sub)'),
        ("requirements", (PINNED,), "lock", "change line 7 of sub/lock to lib==1.2.3"),
        ("uv", (CAPPED,), "lock", "sub/pyproject.toml:5: allow lib>=1.2.3, then cd sub && uv lock --upgrade-package lib"),
        ("pylock", (), "lock", "lock again with lib>=1.2.3"),
    ],
)
def test_whoever_reads_it_above_the_scanned_folder_is_told_the_way_from_there(
    format_: str, direct: tuple[Requirement, ...], path: str, expected: str
) -> None:
    found = sample.minimist()
    assert found.vulnerable
    found = replace(found, vulnerable=replace(found.vulnerable, fix=pieces(format_, direct=direct, path=path)))
    verdict = replace(sample.clean(), run=replace(sample.run(), prefix="sub/"), judged=(Judged(finding=found, blocking=True),))
    (whole,) = from_root(verdict).judged
    assert whole.finding.vulnerable
    assert wording.fix(whole.finding.vulnerable) == expected


@pytest.mark.parametrize(
    ("format_", "want", "version", "expected"),
    [
        ("npm", "^1.0.0", "1.2.3", "npm update lib"),
        ("npm", "1.0.0", "1.2.3", 'add "lib": "1.2.3" to overrides in package.json, then npm install'),
        ("npm", "", "2.0.0", 'add "lib": "2.0.0" to overrides in package.json, then npm install'),
        ("npm", ">=1", "2.0.0", "npm update lib"),
        ("poetry", "<2", "2.0.0", "poetry update lib app"),
        ("uv", "", "2.0.0", "uv lock --upgrade-package lib --upgrade-package app"),
    ],
)
def test_beyond_what_the_parent_allows(format_: str, want: str, version: str, expected: str) -> None:
    assert say(format_, want=want, version=version) == expected


def test_other_branches_of_the_package_stay_as_they_are() -> None:
    others = lockfile(package("lib", "4.0.0", key="lib4"))
    assert say("npm", version="2.0.0", others=others).startswith('add "lib@^1": "2.0.0"')
    assert say("pnpm", others=others).startswith('add "lib@^1": "1.2.3"')
    assert say("bun", others=others).startswith('add "lib@^1": "1.2.3" to overrides in package.json (for Bun 1.4 or newer), then ')
    assert say("yarn", others=others).startswith('add "app/lib": "1.2.3"')


def test_in_the_folder_of_the_lockfile() -> None:
    here = wants("lib", path="a b/package.json")
    assert say("npm", direct=(here,), path="a b/package-lock.json") == "cd 'a b' && npm install lib@1.2.3"
    assert say("yarn", path="web/yarn.lock").endswith("then yarn install (all in web)")


def test_a_compiled_requirements_file_is_compiled_again() -> None:
    found = package("lib", path="requirements.txt", line=7, ecosystem="PyPI")
    here = lockfile(found, path="requirements.txt", format="requirements", audit="python", covers=("requirements.in",))
    wanted = {spec: wants("lib", spec, line=2, path="requirements.in") for spec in ("", "<1.1")}
    around = Around(here)
    told = [words(Upgrade(lockfile=here, around=around, package=found, version="1.2.3", requirements=(one,))) for one in wanted.values()]
    again = "compile requirements.txt again with --upgrade-package lib==1.2.3"
    assert told == [again, f"requirements.in:2: allow lib>=1.2.3, then {again}"]


def test_a_file_that_pins_by_hash_is_told_where_the_new_hashes_come_from() -> None:
    found = package("lib", path="requirements.txt", line=7, ecosystem="PyPI")
    here = lockfile(found, path="requirements.txt", format="requirements", audit="python", hashed=True)
    wanted = (wants("lib", "[tls]==1.0.0", line=7, path="requirements.txt"),)
    printed = "to what this prints: echo {} | uv pip compile - --no-deps --no-header --generate-hashes"
    for requirements, pin in ((wanted, "'lib[tls]==1.2.3'"), ((), "lib==1.2.3")):
        said = words(Upgrade(lockfile=here, around=Around(here), package=found, version="1.2.3", requirements=requirements))
        assert said.endswith(printed.format(pin))
        assert "7" in said.partition(" to ")[0]
    covered = lockfile(found, path="requirements.txt", format="requirements", audit="python", hashed=True, covers=("requirements.in",))
    told = words(Upgrade(lockfile=covered, around=Around(covered), package=found, version="1.2.3"))
    assert told == "compile requirements.txt again with --generate-hashes --upgrade-package lib==1.2.3"


def test_no_version_no_advice() -> None:
    assert say("npm", version="") == ""


@pytest.mark.parametrize(
    ("ecosystem", "spec", "version", "expected"),
    [
        ("PyPI", "", "1.0", True),
        ("PyPI", "*", "1.0", True),
        ("PyPI", ">=1,<2", "1.5", True),
        ("PyPI", "[extra]>=1,<2 ; python_version > '3'", "2.0", False),
        ("PyPI", "~=1.4", "1.9", True),
        ("PyPI", "^1.4", "2.0", False),
        ("PyPI", "~1.4", "1.4.9", True),
        ("PyPI", "what ever", "1.0", None),
        ("npm", "^1.0.0", "1.9.0", True),
        ("npm", "npm:lib@^1.0.0", "1.9.0", None),
        ("npm", "workspace:*", "1.0.0", None),
        ("npm", "^1.0.0", "nonsense", None),
        ("PyPI", f">={'9' * 5000}", "1.0", None),
        ("npm", f"^{'9' * 5000}", "1.0.0", None),
    ],
)
def test_whether_a_requirement_lets_a_version_in(ecosystem: str, spec: str, version: str, *, expected: bool | None) -> None:
    assert admits(ecosystem, spec, version) is expected


LOCAL = wants("lib", "^1.0", line=3, path="local/package.json")
ASKED = wants("own", "file:./local", line=9, path="package.json")
CHANGED = 'change line 3 of local/package.json to "lib": "1.2.3", then '


@pytest.mark.parametrize(
    ("format_", "direct", "expected"),
    [
        ("npm", (LOCAL,), f"{CHANGED}npm install"),
        ("pnpm", (LOCAL,), f"{CHANGED}pnpm install"),
        ("berry", (LOCAL,), f"{CHANGED}yarn install"),
        ("yarn", (LOCAL,), f"{CHANGED}yarn upgrade own"),
        ("bun", (LOCAL,), f"{CHANGED}bun install"),
        ("npm", (LOCAL, WEB), f"{CHANGED}npm install lib@1.2.3 -w apps/web"),
        (
            "npm",
            (wants("old", line=3, path="local/package.json", key="lib"),),
            'change line 3 of local/package.json to "old": "npm:lib@1.2.3", then npm install',
        ),
    ],
)
def test_no_command_changes_the_manifest_of_a_copied_folder(format_: str, direct: tuple[Requirement, ...], expected: str) -> None:
    assert say(format_, direct=direct, asked=(ASKED,)) == expected


def test_a_lockfile_is_gone_through_once_for_all_of_its_advice() -> None:
    """Thousands of vulnerable versions of one package must not cost their square."""
    calls = 0

    class Counting(tuple[Package, ...]):
        def __iter__(self) -> Iterator[Package]:
            nonlocal calls
            calls += 1
            return super().__iter__()

    packages = Counting(package("lib", f"1.0.{number}") for number in range(20))
    here = replace(lockfile(), packages=packages)
    around = Around(here)
    told = {words(Upgrade(lockfile=here, around=around, package=one, version="2.0.0")) for one in tuple.__iter__(packages)}
    assert told == {'add "lib": "2.0.0" to overrides in package.json, then npm install'}
    assert calls == 1
