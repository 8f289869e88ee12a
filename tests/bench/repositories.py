"""Git repositories made with pygit2: a long history, and a large checkout with a small change in it; the same commits every time."""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING

import pygit2

from tests.bench.places import environment, made

if TYPE_CHECKING:
    from pathlib import Path

_WHO = pygit2.Signature("Bench", "bench@mail.example", 1_700_000_000, 0)
_WORDS = [
    "account", "adapter", "batch", "buffer", "cache", "channel", "client", "column", "config", "cursor", "default", "delta", "driver",
    "element", "engine", "entry", "event", "field", "filter", "format", "frame", "graph", "group", "handler", "header", "index",
    "input", "item", "job", "key", "label", "layer", "length", "limit", "list", "loader", "logger", "map", "mask", "matrix",
    "message", "method", "model", "module", "name", "node", "number", "object", "offset", "option", "order", "output", "page",
    "parent", "parser", "path", "pattern", "pixel", "plugin", "point", "pool", "prefix", "process", "query", "queue", "range",
    "reader", "record", "region", "request", "response", "result", "route", "row", "schema", "scope", "segment", "session", "shape",
    "signal", "source", "state", "status", "stream", "string", "style", "suffix", "symbol", "table", "target", "task", "template",
    "text", "thread", "token", "total", "track", "tree", "type", "update", "user", "value", "vector", "view",
]


def history(commits: int) -> Path:
    """``commits`` commits over some 500 files, each of which changes one or two of them; packed."""

    def build(folder: Path) -> None:
        repo = pygit2.init_repository(folder, initial_head="main")
        chance = random.Random(7)
        files = {f"src/{chance.choice(_WORDS)}/{chance.choice(_WORDS)}_{n}.py": _text(chance, 60) for n in range(500)}
        for path, text in files.items():
            repo.index.add(pygit2.IndexEntry(path, repo.create_blob(text.encode()), pygit2.enums.FileMode.BLOB))
        parent = _commit(repo, [])
        names = sorted(files)
        for _ in range(commits - 1):
            for path in chance.sample(names, chance.choice((1, 1, 2))):
                files[path] = _edited(chance, files[path])
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
        names = [f"apps/{n // 2500:03d}/src/{n // 50:04d}/{chance.choice(_WORDS)}_{n}.ts" for n in range(files)]
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


def _text(chance: random.Random, lines: int) -> str:
    return "".join(_line(chance) for _ in range(lines))


def _line(chance: random.Random) -> str:
    one, two, three = chance.sample(_WORDS, 3)
    return f"{one}_{two} = {three}.{chance.choice(_WORDS)}({one}, '{two} {three}', {chance.randrange(1000)})\n"


def _edited(chance: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    lines[chance.randrange(len(lines))] = _line(chance)
    lines.insert(chance.randrange(len(lines)), _line(chance))
    return "".join(lines)
