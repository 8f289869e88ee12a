"""Bounded: whatever the tree, the policy or a service holds, the scan ends in time, below 500 MB, and says what it did not read."""

from __future__ import annotations

import json
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.robustness import child
from tests.robustness.child import MB, OFFLINE, Done

Count = Callable[..., None]
MOST = 500 * MB


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "repo"
    tree.mkdir()
    return tree


def scan(tree: Path, *args: str, advisories: tuple[str, ...] = OFFLINE, limit_s: float = 60) -> tuple[Done, dict]:
    """Scan with one worker; the memory bound is held here for every case."""
    report = tree.parent / "report.json"
    env = child.environment(tree.parent / "home")
    done = child.run(".", *advisories, "--jobs", "1", "-o", f"json={report}", *args, cwd=tree, env=env, limit_s=limit_s)
    assert done.peak < MOST, f"{done.peak / MB:.0f} MB"
    return done, json.loads(report.read_text()) if report.exists() else {}


def problem(report: dict, subject: str) -> str:
    """The one problem about this subject."""
    found = [item["reason"] for item in report["problems"] if item["subject"] == subject]
    assert len(found) == 1, report["problems"]
    return str(found[0])


def test_a_sparse_gigabyte_under_the_names_of_lockfiles(tree: Path) -> None:
    for name in ("package-lock.json", "poetry.lock", "requirements.txt"):
        with (tree / name).open("wb") as file:
            file.write(b"{" * 9000)
            file.truncate(1 << 30)
    done, report = scan(tree, "--only", "dependencies")
    assert done.code == 3
    assert done.seconds < 20
    assert all("is larger than" in problem(report, name) for name in ("package-lock.json", "poetry.lock", "requirements.txt"))


LARGE = {
    "package-lock.json": ('{"lockfileVersion": 3, "packages": {"": {}', ',"node_modules/p%d":{"version":"1.0.%d"}', "}}"),
    "yarn.lock": ("# yarn lockfile v1\n\n", 'p%d@^1:\n  version "1.0.%d"\n\n', ""),
    "pnpm-lock.yaml": ("lockfileVersion: '9.0'\npackages:\n", "  p%d@1.0.%d: {}\n", ""),
    "requirements.txt": ("", "p%d==1.0.%d\n", ""),
    "poetry.lock": ("", '[[package]]\nname = "p%d"\nversion = "1.0.%d"\n', '[metadata]\nlock-version = "2.0"\n'),
    "uv.lock": ("version = 1\n", '[[package]]\nname = "p%d"\nversion = "1.0.%d"\nsource = { registry = "r" }\n', ""),
}


QUICK = ("package-lock.json",)


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in LARGE])
def test_a_lockfile_of_too_many_packages(tree: Path, name: str, count: Count) -> None:
    head, each, tail = LARGE[name]
    with (tree / name).open("w") as file:
        file.write(head)
        file.writelines(each % (number, number) for number in range(505_000))
        file.write(tail)
    done, report = scan(tree, "--only", "dependencies", limit_s=110)
    assert done.code == 3
    assert "at most" in problem(report, name) or "larger than" in problem(report, name)
    count("bombs defused")


CROWDED = {
    "package-lock.json": ('{"packages":{"node_modules/a":{"version":"1.0.0","dependencies":{"z":"1"', ',"p%d":"1"', "}}}}"),
    "pnpm-lock.yaml": ("lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    x:\n", "      p%d: {integrity: sha512-x}\n", ""),
    "poetry.lock": ("x = [\n", "[],", "1]\n[metadata]\nlock-version = '2.0'\n"),
    "yarn.lock": ('# yarn lockfile v1\n\na@^1:\n  version "1.0.0"\n  dependencies:\n', '    p%d "^1"\n', ""),
    "bun.lock": ('{"lockfileVersion": 1, "packages": {"a": ["a@1.0.1", "", {"dependencies": {"z":"1"', ',"p%d":"1"', '}}, "x"]}}'),
    "requirements.txt": ("a==1.0", "\\\n --hash=sha256:%d", "\n"),
}


@pytest.mark.slow
def test_few_packages_and_millions_of_words(tree: Path, count: Count) -> None:
    """Lockfiles within the size that is read: each a problem that names its limit."""
    for name, (head, each, tail) in CROWDED.items():
        (tree / name).write_text(head + each * (2_100_000 if name == "requirements.txt" else 1_100_000) + tail)
    done, report = scan(tree, "--only", "dependencies")
    assert done.code == 3
    assert all(re.search(r" at most .* are read$|larger than|is not read$", problem(report, name)) for name in CROWDED)
    count("bombs defused", len(CROWDED))


MOST_PACKAGES = {
    "package-lock.json": 499_000, "yarn.lock": 499_000, "pnpm-lock.yaml": 499_000, "requirements.txt": 249_000, "poetry.lock": 158_000,
    "uv.lock": 113_000,
}  # fmt: skip
MOST_WORDS = {
    "package-lock.json": 75_000, "pnpm-lock.yaml": 33_000, "poetry.lock": 390_000, "yarn.lock": 60_000, "bun.lock": 780_000,
    "requirements.txt": 1_000_000,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LARGE, *(f"crowded {name}" for name in CROWDED)])
def test_as_much_as_is_read(tree: Path, name: str, count: Count) -> None:
    """Just below the limits a lockfile is read whole, in less memory than is promised."""
    of, most = (CROWDED, MOST_WORDS) if name.startswith("crowded ") else (LARGE, MOST_PACKAGES)
    name = name.removeprefix("crowded ")
    head, each, tail = of[name]
    with (tree / name).open("w") as file:
        file.write(head)
        file.writelines(each % ((number,) * each.count("%d")) for number in range(most[name]))
        file.write(tail)
    done, report = scan(tree, "--only", "dependencies", "--resolve", "never", limit_s=110)
    assert not report["problems"], report["problems"]
    assert done.code == 0
    assert [one["packages"] for one in report["audited"]] == [most[name] if of is LARGE else int(name != "poetry.lock")]
    count("bombs defused")


GRAPHS = {
    "package-lock.json": (
        *('{"lockfileVersion": 3, "packages": {"": {}', ',"node_modules/{0}":{{"version":"1.0.0","dependencies":{{"z":"1"'),
        *(',"{0}":"^1"', "}}", "}}"),
    ),
    "yarn.lock": ("# yarn lockfile v1\n", '{0}@^1:\n  version "1.0.0"\n  dependencies:\n', '    {0} "^1"\n', "", ""),
    "pnpm-lock.yaml": (
        "lockfileVersion: '6.0'\npackages:\n", "  /{0}@1.0.0:\n    dependencies:\n      z: 1.0.0\n", "      {0}: 1.0.0\n", "", ""
    ),
    "requirements.txt": ("", "{0}==1.0.0\n", "", "", ""),
}  # fmt: skip
"""How a file begins, a package, what it needs, how a package and the file end."""


def graph(name: str, packages: int, needs: int, letters: int) -> Iterator[str]:
    """A lockfile of that many packages with names that long, each of which needs that many others."""
    head, package, need, end, tail = GRAPHS[name]
    word = "Long-" * (letters // 5) + "p"
    yield head
    for number in range(packages):
        yield package.format(f"{word}{number}")
        yield from (need.format(f"{word}{(number * 7 + other * 13) % packages}") for other in range(1, needs + 1))
        yield end
    yield tail


HEAVY = {
    "long names": (249_000, 0, 60),
    "many edges": (4_000, 400, 0),
    "some of both": (200_000, 2, 10),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HEAVY)
@pytest.mark.parametrize("name", GRAPHS)
def test_a_heavy_lockfile_within_the_limits(tree: Path, name: str, kind: str, count: Count) -> None:
    with (tree / name).open("w") as file:
        file.writelines(graph(name, *HEAVY[kind]))
    done, report = scan(tree, "--only", "dependencies", "--resolve", "never", limit_s=110)
    assert (done.code, report["problems"]) == (0, [])
    assert [one["packages"] for one in report["audited"]] == [HEAVY[kind][0]]
    count("bombs defused")


TOGETHER = {
    "two large ones": {"package-lock.json": (499_000,), "yarn.lock": (499_000,)},
    "thirty of each": {"package-lock.json": (20_000,) * 30, "yarn.lock": (20_000,) * 30, "requirements.txt": (9_000,) * 30},
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", TOGETHER)
def test_many_large_lockfiles_together(tree: Path, kind: str, count: Count) -> None:
    """What fits into memory is audited, and every other one is a problem."""
    for name, sizes in TOGETHER[kind].items():
        for number, size in enumerate(sizes):
            home = tree / f"{name[0]}{number}"
            home.mkdir()
            with (home / name).open("w") as file:
                head, each, tail = LARGE[name]
                file.write(head)
                file.writelines(each.replace("p%d", f"p{number}-%d") % (one, one) for one in range(size))
                file.write(tail)
    done, report = scan(tree, "--only", "dependencies", "--resolve", "never", limit_s=110)
    assert done.code == 3
    full = {item["subject"] for item in report["problems"] if "MiB of memory; this one was not audited" in item["reason"]}
    audited = {one["manifest"] for one in report["audited"]}
    assert len(full) == len(report["problems"])
    assert (len(audited) + len(full), audited & full) == (sum(map(len, TOGETHER[kind].values())), set())
    count("bombs defused")


def test_a_line_of_two_hundred_megabytes(tree: Path, count: Count) -> None:
    block = b"x=" + b"a1B2" * (1 << 18)
    with (tree / "bundle.min.js").open("wb") as file:
        for _ in range(200):
            file.write(block)
    done, report = scan(tree, "--only", "secrets", limit_s=110)
    assert done.code in (0, 3), done.said
    assert report["scanned"]["bytes"] > 200 * MB or report["problems"]
    count("bombs defused")


def many_empty_files(tree: Path, folders: int) -> None:
    for folder in range(folders):
        os.mkdir(tree / f"d{folder}")
        home = os.open(tree / f"d{folder}", os.O_RDONLY)
        for number in range(1000):
            os.close(os.open(f"f{number}", os.O_WRONLY | os.O_CREAT, dir_fd=home))
        os.close(home)


def test_twenty_thousand_empty_files(tree: Path, count: Count) -> None:
    many_empty_files(tree, 20)
    done, report = scan(tree)
    assert done.code == 0, done.said
    assert report["scanned"]["files"] == 20_000
    assert done.seconds < 20
    count("bombs defused")


@pytest.mark.slow
def test_a_million_empty_files(tree: Path, count: Count) -> None:
    many_empty_files(tree, 1000)
    done, report = scan(tree, limit_s=400)
    assert done.code == 0, done.said
    assert report["scanned"]["files"] == 1_000_000
    count("bombs defused")


@pytest.mark.slow
def test_more_findings_than_anybody_reads(tree: Path, count: Count) -> None:
    """A file keeps a thousand of a rule, and says that there were more."""
    for folder in range(5):
        lines = (f"AWS_ACCESS_KEY_ID={'AK' + 'IA'}{number:016X}\n".translate(TO_BASE32) for number in range(7_000_000, 7_001_500))
        (tree / f"{folder}.env").write_text("".join(lines))
    done, report = scan(tree, "--only", "secrets", limit_s=110)
    assert done.code in (1, 3)
    assert len(report["problems"]) >= 5
    count("bombs defused")


TO_BASE32 = str.maketrans("0189", "WXYZ")


def write_bomb(path: Path, announced: int, real: int) -> None:
    """A zip with one member that unpacks to ``real`` zeros and says ``announced``."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed, left, crc = [], real, 0
    while left:
        piece = b" " * min(left, 1 << 20)
        crc = zlib.crc32(piece, crc)
        packed.append(squeeze.compress(piece))
        left -= len(piece)
    body = b"".join(packed) + squeeze.flush()
    name = b"GHSA-aaaa-bbbb-cccc.json"
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), announced, len(name), 0) + name
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), announced, len(name), 0, 0, 0, 0, 0, 0) + name
    at = len(local) + len(body)
    path.write_bytes(local + body + entry + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), at, 0))


@pytest.mark.parametrize("announced", [10, 1 << 28])
def test_a_zip_bomb_as_database(tree: Path, announced: int, count: Count) -> None:
    (tree / "requirements.txt").write_text("idna==3.10\n")
    bomb = tree.parent / "bomb.zip"
    write_bomb(bomb, announced, 1 << 28)
    done, report = scan(tree, advisories=("--advisories", "offline", "--advisory-db", str(bomb)))
    assert done.code == 3, done.said
    assert report["problems"]
    count("bombs defused")


def test_a_database_zip_of_very_many_entries(tree: Path, count: Count) -> None:
    (tree / "requirements.txt").write_text("idna==3.10\n")
    bomb = tree.parent / "many.zip"
    with zipfile.ZipFile(bomb, "w") as pack:
        for number in range(20_000):
            pack.writestr(f"{number}.json", "{}")
    done, report = scan(tree, advisories=("--advisories", "offline", "--advisory-db", str(bomb)), limit_s=110)
    assert done.code == 3, done.said
    assert report["problems"]
    count("bombs defused")


def laughs(levels: int) -> str:
    lines = ["l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


POLICIES = {
    "billion laughs": laughs(12),
    "recursive alias": "exclude: &a [*a]",
    "deep flow list": "[" * 400_000,
    "deep flow mapping": "{a: " * 200_000,
    "deep block list": "- " * 400_000 + "x",
    "deep block mapping": "".join(f"{' ' * depth}a:\n" for depth in range(1200)),
    "deep and whole": "exclude: " + "[" * 900 + "]" * 900,
    "a key of a megabyte": f"? {'k' * 900_000}\n: 1",
    "two megabytes": "# " + "x" * 2_000_000,
    "a big integer": f"timeout: {'9' * 500_000}",
    "a big float": f"timeout: 1{'0' * 400_000}.0",
    "a big sexagesimal": "timeout: " + "1:" * 200_000 + "1",
    "a big date": f"allow: [{{id: x, reason: y, expires: {'9' * 5000}-01-01}}]",
    "many documents": "---\na: 1\n" * 50_000,
    "a python tag": "!!python/object/apply:os.system [id]",
    "a pattern of a megabyte": f"secrets: {{patterns: [{{id: x, description: x, regex: '{'a' * 900_000}'}}]}}",
    "an exploding pattern": "secrets: {patterns: [{id: x, description: x, regex: '((a{1,1000}){1,1000}){1,1000}'}]}",
    "a pattern that backtracks": r"secrets: {patterns: [{id: x, description: x, regex: '(a+)+\1$'}]}",
    "a hundred excludes of twenty stars": "exclude: [" + ",".join(f"'{'*a' * 20}{n}'" for n in range(100)) + "]",
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_file_that_explodes(tree: Path, name: str, count: Count) -> None:
    (tree / "requirements.txt").write_text("idna==3.10\n")
    (tree / ("a" * 200)).write_text("x")
    (tree / ".security-scan.yml").write_text(POLICIES[name])
    done, _ = scan(tree, limit_s=30)
    assert done.code == (0 if "excludes" in name else 2), done.said
    assert len(done.err) < 4000
    count("bombs defused")


def nested(open_: str, close: str, depth: int) -> str:
    return open_ * depth + close * depth


LOCKS = {
    "package-lock.json": {
        "deep lists": '{"packages":' + nested("[", "]", 100_000) + "}",
        "deep objects": nested('{"a":', "}", 100_000)[:-1],
        "deep dependencies": '{"lockfileVersion":1,' + '"dependencies":{"a":{"version":"1.0.0",' * 20_000 + '"x":1' + "}}" * 20_000 + "}",
        "big integers": '{"lockfileVersion":' + "9" * 1_000_000 + "}",
        "big exponents": '{"lockfileVersion":1e999999999}',
        "a long version": '{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"' + "1" * 1_000_000 + '.0.0"}}}',
        "a long name": '{"lockfileVersion":3,"packages":{"node_modules/' + "a" * 1_000_000 + '":{"version":"1.0.0"}}}',
        "a long key": '{"' + "k" * 5_000_000 + '":1}',
    },
    "pnpm-lock.yaml": {
        "deep": "lockfileVersion: '9.0'\npackages: " + "[" * 100_000,
        "laughs": "lockfileVersion: '9.0'\n" + laughs(12),
        "deep blocks": "lockfileVersion: '9.0'\npackages:\n" + "- " * 100_000,
    },
    "poetry.lock": {
        "deep": "x = " + nested("[", "]", 100_000),
        "deep tables": "[" + ".".join(["a"] * 100_000) + "]\n",
        "dotted keys": "\n".join(f"{'.'.join(['a'] * 200)}.b{n} = 1" for n in range(2000)),
        "big integer": f"x = {'9' * 1_000_000}",
        "inline": "x = " + "{a = " * 50_000,
    },
    "requirements.txt": {
        "loop": "-r requirements.txt\n-r ./requirements.txt\n",
        "continued": "a\\\n" * 200_000,
        "a long line": "a" * 5_000_000 + "==1",
        "brackets": "a[" * 500_000,
        "markers": "a==1; " + "(" * 200_000,
        "specifiers": "a" + ",".join(["==1"] * 20_000),
        "variables": "${" * 500_000,
    },
    "yarn.lock": {
        "deep": "# yarn lockfile v1\n" + "".join(f"{'  ' * depth}a:\n" for depth in range(1500)),
        "specs": ",".join(["a@1"] * 500_000) + ":\n",
    },
    "pyproject.toml": {"many": "[project]\nname='x'\ndependencies=[" + "'a>1'," * 20_000 + "]"},
    "Pipfile.lock": {"deep": nested('{"a":', "}", 100_000)[:-1]},
    "setup.cfg": {"interpolation": "[options]\ninstall_requires = " + "%(a)s" * 100_000 + "\na = %(a)s\n"},
    "package.json": {
        "globs": json.dumps({"name": "x", "dependencies": {"a": "1"}, "workspaces": ["*" + "a*" * 40 + "b", "**/a" * 40 + "/**/b"]}),
        "many globs": json.dumps({"name": "x", "dependencies": {"a": "1"}, "workspaces": [f"*{n}*" for n in range(10_000)]}),
    },
    "bun.lock": {"comments": "/*" * 1_000_000, "commas": "{" + "," * 1_000_000},
}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lockfile_that_explodes(tree: Path, name: str, count: Count) -> None:
    """Every one of a kind beside the other in one scan: each a problem or harmless, none the end of the others."""
    for number, text in enumerate(LOCKS[name].values()):
        (tree / f"n{number}").mkdir()
        (tree / f"n{number}" / name).write_text(text)
    (tree / "good").mkdir()
    (tree / "good" / "package-lock.json").write_text('{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.15"}}}')
    done, report = scan(tree, "--only", "dependencies", "--resolve", "never", limit_s=60)
    assert done.code == 1, done.said[-2000:]
    assert {item["location"]["path"] for item in report["findings"]} == {"good/package-lock.json"}
    assert all(len(item["reason"]) < 1000 for item in report["problems"])
    count("bombs defused", len(LOCKS[name]))


HEAD = '{"id":"GHSA-aaaa-bbbb-cccc","modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"x"}}],"x":'
RECORDS = {
    "lists.json": HEAD + nested("[", "]", 200_000) + "}",
    "objects.json": HEAD + nested('{"a":', "}", 200_000)[:-1],
    "raw.json": HEAD[:-4] + '"database_specific":{"malicious-packages-origins":' + nested("[", "]", 200_000) + "}}",
    "affected.json": '{"id":"GHSA-aaaa-bbbb-cccc","affected":' + nested("[", "]", 5000) + "}",
    "open.json": "[" * 200_000,
    "integer.json": HEAD + "9" * 5_000_000,
    "flow.yaml": "id: GHSA-aaaa-bbbb-cccc\nx: " + nested("[", "]", 200_000),
    "mappings.yaml": "id: GHSA-aaaa-bbbb-cccc\nx: " + nested("{a: ", "}", 200_000),
    "dashes.yaml": "id: GHSA-aaaa-bbbb-cccc\nx:\n  " + "- " * 200_000 + "x",
    "questions.yaml": "? " * 200_000 + "x",
    "keys.yaml": "[" * 90 + "]" * 90 + ": x",
    "laughs.yaml": laughs(12),
    "tag.yaml": "!!python/object/apply:os.system [id]",
    "documents.yaml": "---\nid: x\n" * 5_000,
}


def test_advisories_that_explode(tree: Path, count: Count) -> None:
    """``db import`` names every one of them, takes the whole one, and comes back with 3; given alone, each is one clear line."""
    for name, text in RECORDS.items():
        (tree / name).write_text(text)
    (tree / "good.json").write_text(HEAD + "[" * 90 + "]" * 90 + "}")
    env = child.environment(tree.parent / "home")
    done = child.run("db", "import", ".", "--db", str(tree.parent / "a.db"), cwd=tree, env=env)
    assert done.code == 3, done.said
    assert done.peak < MOST
    assert {line.split(":")[1].strip() for line in done.out.splitlines() if line.startswith("left out:")} == set(RECORDS)
    assert "1 advisories (npm 1)" in done.out
    for name in ("lists.json", "flow.yaml"):
        done = child.run("db", "import", name, "--db", str(tree.parent / "b.db"), cwd=tree, env=env)
        assert done.code == 3
        assert len(done.said.splitlines()) == 1
        assert f"security-scan: {name}: holds no OSV record of PyPI or npm that can be read: {name} is " in done.err
        assert not (tree.parent / "b.db").exists()
    count("bombs defused", len(RECORDS))


def test_time_runs_out(tree: Path) -> None:
    """What is not done by then is a problem, and what is done is reported."""
    for number in range(20):
        (tree / f"{number}.js").write_text(("const token" "Value = 'x1y2z3w4' + secret.password;\n") * 100_000)
    done, report = scan(tree, "--timeout", "1", "--only", "secrets", limit_s=40)
    assert done.code in (1, 3), done.said[-500:]
    assert any("time" in item["reason"] for item in report["problems"])
    assert done.seconds < 30
