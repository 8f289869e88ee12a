"""Files that an earlier scan found clean are not read again; a warm scan says what a cold one says, whatever has happened in between."""

from __future__ import annotations

import io
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import pygit2
import pytest
from msgspec.structs import replace

from scanner import leaks
from scanner.cli import main
from scanner.models import Problem
from scanner.secrets import kept
from tests.unit.test_merging import TOKEN, secret

WHO = pygit2.Signature("a", "a@b.example", 1_760_000_000, 0)


@pytest.fixture(autouse=True)
def _small_trees_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "WORTH_REMEMBERING", 1)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """60 tracked files, of which some hold secrets, are binary, begin with a byte order mark or are UTF-16."""
    chooser = random.Random(1)
    folder = tmp_path / "tree"
    for number in range(60):
        place = folder / f"d{number % 5}" / f"f{number}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"x = {number}\n" + (f'token = "{secret(chooser)}"\n' if number % 9 == 0 else ""))
    (folder / "accepted.py").write_text(f'token = "{secret(chooser)}"  # pragma: allowlist secret\n')
    (folder / "bom.py").write_bytes(b"\xef\xbb\xbfx = 1\n")
    (folder / "wide.py").write_bytes("x = 1\n".encode("utf-16"))
    (folder / "blob.dat").write_bytes(bytes(100))
    (folder / "picture.png").write_bytes(b"\x89PNG")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    repo = pygit2.init_repository(folder, initial_head="main")
    repo.index.add_all()
    repo.index.write()
    parents = [] if repo.head_is_unborn else [repo.head.target]
    repo.create_commit("HEAD", WHO, WHO, "c", repo.index.write_tree(), parents)


def scan(folder: Path, cache: Path | None, *args: str) -> tuple[int, str]:
    out = io.StringIO()
    report = folder.parent / "report.json"
    env = {"SECURITY_SCAN_CACHE": str(cache)} if cache else {}
    code = main(["scan", str(folder), "--only", "secrets", "-o", f"json={report}", *args], env, out, out)
    return code, re.sub(r'"(started_at|duration_s)": [^\n]*', "", report.read_text())


def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    whole = kept.workers.scan

    def spy(files, open_file, options):  # type: ignore[no-untyped-def]
        seen.extend(file.path for file in files)
        return whole(files, open_file, options)

    monkeypatch.setattr(kept.workers, "scan", spy)
    return seen


def test_a_warm_scan_says_what_a_cold_one_says_and_reads_little(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = scan(tree, None)
    cold = scan(tree, tmp_path / "cache")
    seen = read_files(monkeypatch)
    assert scan(tree, tmp_path / "cache") == cold == plain
    odd = ["accepted.py", "bom.py", "wide.py", "blob.dat", "picture.png"]
    assert sorted(seen) == sorted([*(f"d{number % 5}/f{number}.py" for number in range(0, 60, 9)), *odd])


def edit(tree: Path) -> None:
    (tree / "d1" / "f1.py").write_text(f'token = "{secret(random.Random(9))}"\n')


def edit_same_size_and_time(tree: Path) -> None:
    place = tree / "d1" / "f1.py"
    before = place.stat()
    place.write_text(f'token = "{secret(random.Random(9))}"\n')
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))


def add_untracked(tree: Path) -> None:
    (tree / "new.py").write_text(f'token = "{secret(random.Random(9))}"\n')


def edit_and_commit(tree: Path) -> None:
    edit(tree)
    commit(tree)


def edit_and_stage(tree: Path) -> None:
    edit(tree)
    repo = pygit2.Repository(tree)
    repo.index.add("d1/f1.py")
    repo.index.write()


def rename(tree: Path) -> None:
    (tree / "d1" / "f1.py").rename(tree / "d1" / "moved.py")
    commit(tree)


def copy_a_secret(tree: Path) -> None:
    (tree / "d1" / "f1.py").write_text((tree / "d0" / "f0.py").read_text())
    commit(tree)


def remove(tree: Path) -> None:
    (tree / "d1" / "f1.py").unlink()


def lose_git(tree: Path) -> None:
    (tree / ".git" / "index").write_bytes(b"DIRC")


def same_file_as_mode_only(tree: Path) -> None:
    (tree / "d1" / "f1.py").chmod(0o755)


CHANGES = [
    edit, edit_same_size_and_time, add_untracked, edit_and_commit, edit_and_stage, rename, copy_a_secret, remove, lose_git,
    same_file_as_mode_only,
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_has_changed_is_read(tree: Path, tmp_path: Path, change: Callable[[Path], None]) -> None:
    scan(tree, tmp_path / "cache")
    change(tree)
    assert scan(tree, tmp_path / "cache") == scan(tree, None)


def test_another_content_of_the_same_size_is_read(tree: Path, tmp_path: Path) -> None:
    text = f'token = "{secret(random.Random(9))}"\n'
    (tree / "same.py").write_text("x" * (len(text) - 1) + "\n")
    commit(tree)
    scan(tree, tmp_path / "cache")
    (tree / "same.py").write_text(text)
    commit(tree)
    plain = scan(tree, None)
    assert "same.py" in plain[1]
    assert scan(tree, tmp_path / "cache") == plain


def test_a_file_of_which_a_problem_was_said_is_read_again(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where all of it had been read when it went wrong."""
    whole = kept.workers.scan

    def half(files, open_file, options):  # type: ignore[no-untyped-def]
        result = whole(files, open_file, options)
        return replace(result, problems=(*result.problems, Problem(subject="d1/f1.py", reason="it went wrong")))

    with monkeypatch.context() as first:
        first.setattr(kept.workers, "scan", half)
        scan(tree, tmp_path / "cache")
    seen = read_files(monkeypatch)
    scan(tree, tmp_path / "cache")
    assert "d1/f1.py" in seen
    assert "d1/f6.py" not in seen


def test_other_rules_know_nothing(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "d1" / "f1.py").write_text("internal_thing = 1\n")
    commit(tree)
    scan(tree, tmp_path / "cache")
    config = tmp_path / "config.yml"
    pattern = "{id: thing, description: a thing, regex: internal_thing, examples: {match: [internal_thing]}}"
    config.write_text(f"secrets: {{patterns: [{pattern}]}}\n")
    assert scan(tree, tmp_path / "cache", "--config", str(config)) == scan(tree, None, "--config", str(config))
    scan(tree, tmp_path / "cache")
    config.write_text("secrets: {rules: detect-secrets}\n")
    assert scan(tree, tmp_path / "cache", "--config", str(config)) == scan(tree, None, "--config", str(config))


@pytest.mark.parametrize("damage", ["", "x", "cut", "flip", "more"])
def test_a_damaged_memory_is_none(tree: Path, tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = scan(tree, tmp_path / "cache")
    (path,) = (tmp_path / "cache" / "secrets").iterdir()
    data = path.read_bytes()
    flipped = data[:-1] + bytes([data[-1] ^ 1])
    path.write_bytes({"": b"", "x": b"x", "cut": data[:-16], "flip": flipped, "more": data + bytes(16)}[damage])
    seen = read_files(monkeypatch)
    assert scan(tree, tmp_path / "cache") == cold
    assert len(seen) == 65
    assert path.read_bytes() == data


@pytest.mark.parametrize(("folder", "file"), [(0o777, 0o600), (0o770, 0o600), (0o700, 0o666), (0o700, 0o620), (0o755, 0o644)])
def test_what_others_can_write_is_not_believed(tree: Path, tmp_path: Path, folder: int, file: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = scan(tree, tmp_path / "cache")
    (path,) = (tmp_path / "cache" / "secrets").iterdir()
    path.chmod(file)
    path.parent.chmod(folder)
    seen = read_files(monkeypatch)
    assert scan(tree, tmp_path / "cache") == cold
    assert len(seen) == (12 if (folder | file) & 0o022 == 0 else 65)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize(("owners", "believed"), [((4321, 4321), False), ((0, 4321), False), ((4321, 0), False), ((0, 0), True)])
@pytest.mark.parametrize("whose", [0, 4321])
def test_what_belongs_to_somebody_else_is_believed_where_the_tree_does(
    tree: Path, tmp_path: Path, owners: tuple[int, int], believed: bool, whose: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold = scan(tree, tmp_path / "cache")
    (path,) = (tmp_path / "cache" / "secrets").iterdir()
    for one, owner in zip((path, path.parent), owners, strict=True):
        os.chown(one, owner, owner)
    os.chown(tree, whose, whose)
    seen = read_files(monkeypatch)
    assert scan(tree, tmp_path / "cache") == cold
    assert len(seen) == (12 if believed or whose else 65)


@pytest.mark.parametrize("changed", ["globs.py", "secrets/engine.py", "secrets/judge/words.json", "version"])
def test_whatever_decides_is_part_of_the_name(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read, before = Path.read_bytes, kept._rules(kept.Options())
    if changed == "version":
        monkeypatch.setattr(kept, "__version__", "9.9.9")
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * path.as_posix().endswith(f"scanner/{changed}"))
    assert kept._rules(kept.Options()) != before


@pytest.mark.parametrize("place", ["file", "forbidden"])
def test_a_folder_that_cannot_be_used_is_done_without(tree: Path, tmp_path: Path, place: str) -> None:
    cache = tmp_path / "cache"
    if place == "file":
        cache.write_text("")
    else:
        cache = Path("/proc/nowhere")
    assert scan(tree, cache) == scan(tree, None)


def test_nothing_of_a_secret_or_a_path_is_kept(tree: Path, tmp_path: Path) -> None:
    scan(tree, tmp_path / "cache")
    (path,) = (tmp_path / "cache" / "secrets").iterdir()
    content = path.read_bytes()
    assert TOKEN.encode() not in content
    assert b".py" not in content
    assert (len(content) - len(b"security-scan-gate clean 1\n") - 32) % 16 == 0


def test_a_scan_whose_time_is_up_keeps_nothing(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.secrets import Options
    from scanner.workspace import list_files, opener

    listing = list_files(str(tree))
    late = Options(deadline=0.0)
    result = kept.scan(listing.files, opener(str(tree)), late, tmp_path / "cache", frozenset(file.path for file in listing.files))
    assert result.problems
    assert not (tmp_path / "cache").exists()


def test_why_candidates_were_rejected_is_told_for_every_file(tree: Path, tmp_path: Path) -> None:
    scan(tree, tmp_path / "cache")
    assert scan(tree, tmp_path / "cache", "-v") == scan(tree, None, "-v")


def test_a_folder_of_a_repository_has_its_own_paths(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(tree / "d1", tmp_path / "cache")
    edit(tree)
    plain = scan(tree / "d1", None)
    seen = read_files(monkeypatch)
    assert scan(tree / "d1", tmp_path / "cache") == plain
    assert sorted(seen) == ["f1.py", "f36.py"]


@pytest.mark.git
@pytest.mark.parametrize("told", ["--assume-unchanged", "--skip-worktree"])
def test_a_file_that_git_was_told_not_to_look_at_is_read_again(tree: Path, tmp_path: Path, told: str) -> None:
    scan(tree, tmp_path / "cache")
    run(["git", "-C", str(tree), "update-index", told, "d1/f1.py"], check=True)
    edit(tree)
    plain = scan(tree, None)
    assert "d1/f1.py" in plain[1]
    assert scan(tree, tmp_path / "cache") == plain


def test_everybody_may_read_what_is_kept(tree: Path, tmp_path: Path) -> None:
    """In a job the runner's user packs what a container's root has written."""
    scan(tree, tmp_path / "cache")
    (path,) = (tmp_path / "cache" / "secrets").iterdir()
    assert [one.stat().st_mode & 0o777 for one in (path, path.parent)] == [0o644, 0o755]
