"""Which files count, what beats what, and where every failure of a parser ends."""

from __future__ import annotations

import pytest

from scanner import lockfiles
from scanner.errors import WorkspaceError
from scanner.lockfiles import _places, _room, inventory
from scanner.lockfiles.inventory import is_vendored, read_all
from scanner.models import Lockfile, Problem
from tests.unit.lockfiles.tree import reader

NPM = '{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"version": "1.0.0"}}}'
MANIFEST = '{"name": "x", "dependencies": {"a": "^1"}}'
POETRY = '[[package]]\nname = "a"\nversion = "1"\n[metadata]\n'
PROJECT = '[project]\nname = "x"\ndependencies = ["a"]\n'


def outcome(files: dict[str, str], off: frozenset[str] = frozenset()) -> list[str]:
    """Paths in the order of the answer, those of problems with a mark."""
    found = read_all(list(files), reader(files), off)
    return [one.path if isinstance(one, Lockfile) else f"! {one.subject}" for one in found]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"src/main.py": "", "README.md": ""}, []),
        ({"a/node_modules/x/package-lock.json": NPM, ".venv/x/requirements.txt": "a"}, []),
        ({"vendor/app/requirements.txt": "a==1"}, ["vendor/app/requirements.txt"]),
        ({"package-lock.json": NPM, "npm-shrinkwrap.json": NPM}, ["npm-shrinkwrap.json"]),
        ({"a/package-lock.json": NPM, "npm-shrinkwrap.json": NPM}, ["a/package-lock.json", "npm-shrinkwrap.json"]),
        ({"package-lock.json": NPM, "package.json": MANIFEST}, ["package-lock.json"]),
        ({"package.json": MANIFEST}, ["! package.json"]),
        ({"package-lock.json": "{", "package.json": MANIFEST}, ["! package-lock.json"]),
        ({"poetry.lock": POETRY, "pyproject.toml": PROJECT, "requirements.txt": "a==1"}, ["poetry.lock", "requirements.txt"]),
        ({"poetry.lock": POETRY, "pyproject.toml": "["}, ["poetry.lock", "! pyproject.toml"]),
        ({"poetry.lock": POETRY, "lib/pyproject.toml": PROJECT}, ["poetry.lock", "lib/pyproject.toml"]),
        ({"pyproject.toml": PROJECT, "setup.cfg": "[options]\ninstall_requires = a\n"}, ["pyproject.toml", "setup.cfg"]),
        ({"requirements.txt": "a==1", "requirements.in": "a"}, ["requirements.txt"]),
        ({"requirements.in": "a"}, ["requirements.in"]),
        ({"pyproject.toml": "[tool.ruff]\n", "setup.cfg": "[flake8]\n", "package.json": "{}"}, []),
        ({"Pipfile": '[packages]\na = "*"\n', "Pipfile.lock": '{"default": {"a": {"version": "==1"}}}'}, ["Pipfile.lock"]),
        ({"Pipfile": '[packages]\na = "*"\n'}, ["Pipfile"]),
    ],
)
def test_what_is_read(files: dict[str, str], expected: list[str]) -> None:
    assert outcome(files) == expected


NODE = "npm pnpm yarn"


@pytest.mark.parametrize(
    ("files", "off", "expected"),
    [
        ({"package.json": MANIFEST}, NODE, []),
        ({"package.json": "{"}, NODE, []),
        ({"package.json": MANIFEST}, "npm pnpm", ["! package.json"]),
        ({"package.json": "{"}, "npm yarn python", ["! package.json"]),
        ({"package-lock.json": "{", "package.json": MANIFEST}, "npm", []),
        ({"package-lock.json": "{", "package.json": MANIFEST}, "pnpm yarn", ["! package-lock.json"]),
        ({"pnpm-lock.yaml": "[", "yarn.lock": "?"}, "yarn", ["! pnpm-lock.yaml"]),
        ({"pnpm-lock.yaml": "[", "yarn.lock": "?"}, "pnpm", ["! yarn.lock"]),
        ({"package-lock.json": NPM, "package.json": MANIFEST, "requirements.txt": "a==1"}, NODE, ["requirements.txt"]),
        ({"pyproject.toml": "[", "requirements.txt": "-r gone.txt", "uv.lock": "["}, "python", []),
        ({"pyproject.toml": "[", "package.json": MANIFEST}, NODE, ["! pyproject.toml"]),
        ({"pyproject.toml": "[", "package.json": MANIFEST}, "python", ["! package.json"]),
    ],
)
def test_of_an_audit_that_is_off_nothing_is_said(files: dict[str, str], off: str, expected: list[str]) -> None:
    assert outcome(files, frozenset(off.split())) == expected


def test_a_format_whose_audit_nobody_knows_is_never_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = _Poisoned(ValueError())
    broken.audit = "conda"
    monkeypatch.setattr(lockfiles, "formats", lambda: {"broken": broken})
    assert outcome({"poison.lock": "x"}, frozenset(("python", *NODE.split()))) == ["! poison.lock"]


def test_a_manifest_without_a_lockfile_says_how_to_make_one() -> None:
    (problem,) = read_all(["package.json"], reader({"package.json": MANIFEST}))
    assert isinstance(problem, Problem)
    assert "npm install --package-lock-only" in problem.hint
    assert problem.location is not None


def test_a_line_of_an_included_file_is_reported_once() -> None:
    files = {"requirements-dev.txt": "-r requirements.txt\n-r extra.list\nb==2\n", "requirements.txt": "a==1\n", "extra.list": "c==3\n"}
    found = {one.path: one for one in read_all(sorted(files), reader(files)) if isinstance(one, Lockfile)}
    assert sorted(one.name for one in found["requirements-dev.txt"].packages) == ["b", "c"]
    assert [one.name for one in found["requirements.txt"].packages] == ["a"]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"requirements.txt": "-r requirements-test.txt\n", "requirements-test.txt": "a==1\nb\n"},
         {"requirements.txt": ["a runtime", "b runtime"], "requirements-test.txt": ["a development", "b development"]}),
        ({"requirements-dev.txt": "-r requirements-test.txt\n", "requirements-test.txt": "a==1\nb\n"},
         {"requirements-dev.txt": [], "requirements-test.txt": ["a development", "b development"]}),
        ({"requirements-dev.txt": "-r requirements.txt\n", "requirements.txt": "a==1\nb\n"},
         {"requirements-dev.txt": [], "requirements.txt": ["a runtime", "b runtime"]}),
        ({"requirements.txt": "-r base-requirements.txt\n-c pins.txt\n", "base-requirements.txt": "a\n", "pins.txt": "a==1\n"},
         {"base-requirements.txt": ["a runtime"], "requirements.txt": ["a runtime"]}),
    ],
)  # fmt: skip
def test_what_is_included_at_run_time_is_not_left_to_a_file_for_development(files: dict[str, str], found: dict[str, list[str]]) -> None:
    locks = [one for one in read_all(sorted(files), reader(files)) if isinstance(one, Lockfile)]
    assert {one.path: sorted({f"{it.name} {it.scope.value}" for it in (*one.packages, *one.unpinned)}) for one in locks} == found


class _Poisoned:
    audit = "python"
    role = "lockfile"

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def claims(self, path: str) -> bool:
        return path.endswith("poison.lock")

    def parse(self, text: str, path: str, read: lockfiles.Reader) -> Lockfile:
        raise self.error


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), KeyError("x"), MemoryError(), AttributeError("x")])
def test_whatever_a_parser_raises_is_a_problem_of_its_file(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**lockfiles.formats(), "poison": _Poisoned(error)}
    monkeypatch.setattr(lockfiles, "formats", lambda: known)
    assert outcome({"a/poison.lock": "x", "poetry.lock": POETRY}) == ["! a/poison.lock", "poetry.lock"]


LOCKFILES = (
    *("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"),
    *("poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "Pipfile.lock"),
)


@pytest.mark.parametrize("name", LOCKFILES)
def test_what_a_person_sees_at_once_is_said_in_plain_words(name: str) -> None:
    conflict = "{\n<<<<<<< HEAD\n  one\n=======\n  two\n>>>>>>> topic\n}\n"
    for text, words, line in ((conflict, "an unresolved merge conflict", 2), ("", "is empty", 1), (" \n\n", "is empty", 1)):
        [found] = read_all([name], reader({name: text}))
        assert isinstance(found, Problem)
        assert (found.reason, found.location and found.location.line) == (words, line)
        assert found.hint


def test_an_interruption_is_no_problem_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockfiles, "formats", lambda: {"poison": _Poisoned(KeyboardInterrupt())})
    with pytest.raises(KeyboardInterrupt):
        outcome({"poison.lock": ""})


def test_a_lockfile_of_few_packages_and_endless_words_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_places, "MAX_VALUES", 100)
    wanted = ",".join(f'"p{n}":"1"' for n in range(100))
    crowded = '{"packages":{"node_modules/a":{"version":"1.0.0","dependencies":{' + wanted + "}}}}"
    hints = "split it, or leave it out with exclude"
    for name, text in {"package-lock.json": crowded, "requirements.txt": "\n" * 101, "poetry.lock": "x = [" + "[]," * 50 + "]"}.items():
        [problem] = read_all([name], reader({name: text}))
        assert isinstance(problem, Problem)
        assert (problem.reason.partition(" ")[0], problem.hint) == ("about", hints)
        assert problem.reason.endswith("values, at most 100 are read")
    [whole] = read_all(["yarn.lock"], reader({"yarn.lock": "# yarn lockfile v1\n" + "\n" * 99}))
    assert isinstance(whole, Lockfile)


def test_lockfiles_that_hold_too_much_together_are_problems_from_there_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_room, "MOST", 5 * (520 + 250 + 50))
    files = {f"{name}/requirements.txt": "".join(f"p{n}==1.0\n" for n in range(count)) for name, count in (("a", 3), ("b", 3), ("c", 2))}
    first, second, third = read_all(list(files), reader(files))
    assert isinstance(second, Problem)
    assert second.reason.startswith("the lockfiles of this tree say more than fits into ")
    assert second.reason.endswith(" of memory; this one was not audited")
    assert [len(one.packages) for one in (first, third) if isinstance(one, Lockfile)] == [3, 2]


LONG = "".join(f'{number}": "1", "p' for number in range(100_000))
TWO = '{"packages": {"node_modules/a": {"version": "1.0.0"}, "node_modules/b": '
ENTRIES = {
    "package-lock.json": f'{TWO}{{"dependencies": {{"p{LONG}": "1"}}}}}}}}',
    "npm-shrinkwrap.json": f'{TWO}{{"version": "{"1" * 1_100_000}"}}}}}}',
}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_that_says_too_much_is_a_problem_and_the_others_stand(name: str) -> None:
    [found] = read_all([name], reader(ENTRIES))
    assert isinstance(found, Lockfile)
    assert [one.name for one in found.packages] == ["a"]
    assert [one.reason for one in found.problems] == ["b: an entry of more than 1,048,576 characters is not read"]


@pytest.mark.parametrize(
    "text",
    [
        "# yarn lockfile v1\n\na@1:\n  version 1.0.0\n\nb@1:\n  dependencies:\n" + '    package-of-ours "^1"\n' * 50_000,
        "a@1:\n  version 1.0.0\n\n" + ", ".join(["b@^1.0.0"] * 200_000) + ":\n  version 1.0.0\n",
    ],
)
def test_an_entry_of_yarn_that_says_too_much_is_a_problem_of_the_file(text: str) -> None:
    [found] = read_all(["yarn.lock"], reader({"yarn.lock": text}))
    assert isinstance(found, Problem)
    assert found.reason == "an entry of more than 1,048,576 characters is not read"
    assert found.location
    assert found.location.line >= 4


def test_a_lockfile_of_long_entries_in_yaml_is_read_as_a_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0:\n    dependencies:\n" + "".join(f"      p{n}: 1.0.0\n" for n in range(70_000))
    [whole] = read_all(["pnpm-lock.yaml"], reader({"pnpm-lock.yaml": text}))
    assert isinstance(whole, Lockfile)
    assert [one.name for one in whole.packages] == ["a"]
    monkeypatch.setattr(_places, "MAX_WHOLE_VALUES", 50_000)
    [refused] = read_all(["pnpm-lock.yaml"], reader({"pnpm-lock.yaml": text}))
    assert isinstance(refused, Problem)
    assert refused.reason == "about 70,004 values, at most 50,000 are read"


def test_a_lockfile_larger_than_any_is_a_problem() -> None:
    texts = {"yarn.lock": " " * (_places.MAX_LOCKFILE + 1), "uv.lock": "\N{GRINNING FACE}" * (_places.MAX_LOCKFILE // 4)}
    for found in read_all(list(texts), reader(texts)):
        assert isinstance(found, Problem)
        assert found.reason == "is larger than 32 MiB in memory: no real lockfile is"


def test_a_lockfile_that_might_need_more_memory_than_is_left_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"{name}/requirements.txt": "a==1.0" + "\n" * 10 for name in "ab"}
    monkeypatch.setattr(_room, "MOST", 10 * 220 + 700)
    first, second = read_all(list(files), reader(files))
    assert isinstance(first, Lockfile)
    assert isinstance(second, Problem)
    assert second.hint.startswith("scan folders of it by themselves")


def _outside(path: str) -> str | None:
    raise WorkspaceError("larger than allowed", subject=path, hint="raise the limit")


def test_what_cannot_be_read_is_a_problem_with_its_reason() -> None:
    (problem,) = read_all(["uv.lock"], _outside)
    assert isinstance(problem, Problem)
    assert (problem.subject, problem.reason, problem.hint) == ("uv.lock", "larger than allowed", "raise the limit")
    (gone,) = read_all(["uv.lock"], reader({}))
    assert isinstance(gone, Problem)


@pytest.mark.parametrize("text", ["\0\1\2", "PK\3\4\0", "caf\udce9==1", "\ud800"])
def test_a_binary_or_undecodable_lockfile_is_a_problem(text: str) -> None:
    assert outcome({"requirements.txt": text}) == ["! requirements.txt"]


@pytest.mark.parametrize(
    "text",
    ["\ufeffa==1\n", *(data.decode("utf-8", "surrogateescape") for data in ("a==1\n".encode("utf-16"), b"\xfe\xff\0a\0=\0=\x001"))],
)
def test_byte_order_marks_and_utf_16_are_understood_as_pip_does(text: str) -> None:
    (lock,) = read_all(["requirements.txt"], reader({"requirements.txt": text}))
    assert isinstance(lock, Lockfile)
    assert [(one.name, one.version, one.location.column) for one in lock.packages] == [("a", "1", 1)]


def test_vendored_folders_are_known_by_their_names_only() -> None:
    assert is_vendored("a/node_modules/b/package.json")
    assert not is_vendored("node_modules_of_mine/package.json")
    assert not is_vendored("a/venv")


def test_what_other_package_managers_install_from_is_known_by_name() -> None:
    paths = ["go.mod", "b/Cargo.lock", "package-lock.json", "a/Gemfile.lock", "node_modules/x/Cargo.lock", "cargo.lock.md", "deno.lock"]
    assert inventory.foreign(paths) == ["a/Gemfile.lock", "b/Cargo.lock", "deno.lock", "go.mod"]
