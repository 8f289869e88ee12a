"""Git repositories made with pygit2: a long history, and a large checkout with a small change in it.

Their text is Python's own standard library, cut and mixed: real code that is on every machine; the same commits for the same Python.
"""

from __future__ import annotations

import random
import string
import subprocess
import sysconfig
import zlib
from functools import cache
from pathlib import Path

import pygit2

from tests.bench.places import environment, made

LEAK = 500
"""Every so many commits one adds a token, which a later edit of the file takes out again."""
_WHO = pygit2.Signature("Bench", "bench@mail.example", 1_700_000_000, 0)


def history(commits: int) -> Path:
    """``commits`` commits over some 500 files, each of which changes one or two of them; packed. One in ``LEAK`` adds a token."""

    def build(folder: Path) -> None:
        repo = pygit2.init_repository(folder, initial_head="main")
        chance = random.Random(7)
        files = {f"src/part{n % 20}/module_{n}.py": _text(chance, 60) for n in range(500)}
        for path, text in files.items():
            repo.index.add(pygit2.IndexEntry(path, repo.create_blob(text.encode()), pygit2.enums.FileMode.BLOB))
        parent = _commit(repo, [])
        names = sorted(files)
        for commit in range(1, commits):
            for path in chance.sample(names, chance.choice((1, 1, 2))):
                files[path] = _edited(chance, files[path], _token(chance) if commit % LEAK == 0 else "")
                repo.index.add(pygit2.IndexEntry(path, repo.create_blob(files[path].encode()), pygit2.enums.FileMode.BLOB))
            parent = _commit(repo, [parent])
        repo.index.write()
        repo.reset(parent, pygit2.enums.ResetMode.HARD)
        repo.free()
        subprocess.run(["git", "-C", str(folder), "repack", "-adq"], env=environment(), check=True, timeout=300)

    return made(f"history-{commits}", build)


def monorepo(files: int, touched: int) -> Path:
    """A checkout of ``files`` files; its last commit changes ``touched`` of them. The base is ``HEAD^``."""

    def build(folder: Path) -> None:
        chance = random.Random(11)
        names = [f"apps/{n // 2500:03d}/src/{n // 50:04d}/module_{n}.py" for n in range(files)]
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(_text(chance, 30))
        repo = pygit2.init_repository(folder, initial_head="main")
        repo.index.add_all()
        first = _commit(repo, [])
        for name in names[:: files // touched][:touched]:
            (folder / name).write_text(_edited(chance, (folder / name).read_text()))
            repo.index.add(name)
        _commit(repo, [first])
        repo.index.write()
        repo.free()
        subprocess.run(["git", "-C", str(folder), "repack", "-adq"], env=environment(), check=True, timeout=300)

    return made(f"monorepo-{files}", build)


def _commit(repo: pygit2.Repository, parents: list[pygit2.Oid]) -> pygit2.Oid:
    return repo.create_commit("refs/heads/main", _WHO, _WHO, "Change", repo.index.write_tree(), parents)


@cache
def _lines() -> tuple[str, ...]:
    sources = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    return tuple(line for source in sources for line in source.read_text(encoding="utf-8").splitlines(keepends=True))


def _text(chance: random.Random, size: int) -> str:
    """Some neighbouring lines."""
    start = chance.randrange(len(_lines()) - size)
    return "".join(_lines()[start : start + size])


def _token(chance: random.Random) -> str:
    """A line with a made-up token of a well-known form: whoever looks at the history finds it."""
    body = "".join(chance.choice(string.ascii_letters + string.digits) for _ in range(30))
    check, digits = zlib.crc32(body.encode()), string.digits + string.ascii_uppercase + string.ascii_lowercase
    tail = "".join(digits[check // 62**place % 62] for place in reversed(range(6)))
    return f'github = "{"gh"}{"p_"}{body}{tail}"\n'


def _edited(chance: random.Random, text: str, line: str = "") -> str:
    lines = [one for one in text.splitlines(keepends=True) if not one.startswith("github = ")]
    lines[chance.randrange(len(lines))] = _text(chance, 2)
    lines.insert(chance.randrange(len(lines)), line or _text(chance, 1))
    return "".join(lines)
