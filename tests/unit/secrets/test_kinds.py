"""What a path's name decides: of two paths of one kind the same is said, and the history looks again where the kind is another."""

from __future__ import annotations

import itertools
import random
import string
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from scanner import secrets
from scanner.secrets import engine, parity, team
from scanner.secrets.tally import Tally
from tests.unit.secrets.test_history import OPTIONS, Repository, leaks
from tests.unit.secrets.test_scan import VALUE

if TYPE_CHECKING:
    from pathlib import Path

STATED = 'pass{} = "hunter2Zq9vB71"\n'.format("word")
AWS = "key = 'AK" + "IAQ7RJ5TN3WYF2KD6B'\n"
RANDOM = f'zeta = "{"".join(random.Random(3).choices(string.ascii_letters + string.digits, k=61))}"\n'
ONLY = replace(team.rule({"id": "placed", "description": "d", "regex": "uu_[a-z]{8}", "paths": ["src/**"], "exclude": ["*.gen.py"]}, "t"))


@pytest.mark.parametrize(
    ("first", "then", "text"),
    [
        ("settings.bin", "settings.py", VALUE), ("tests/a.py", "src/a.py", RANDOM), ("package-lock.json", "config.json", STATED),
        ("deep/tests/er/a.py", "deep/src/er/a.py", RANDOM), ("doc/a.md", "doc/a.py", RANDOM), ("a.py", "src/a.py", "uu_" + "abcdefgh"),
        ("src/a.gen.py", "src/a.py", "uu_" + "abcdefgh"), ("a/old.key", "config/master.key", "0123456789abcdef" * 2),
    ],
)
def test_what_is_nothing_under_its_first_path_is_found_under_another(tmp_path: Path, first: str, then: str, text: str) -> None:
    options = replace(OPTIONS, patterns=(*OPTIONS.patterns, ONLY))
    made = Repository(tmp_path)
    made.commit({first: text, "b": "1"})
    culprit = made.commit({then: text, "b": "1"})
    made.commit({"b": "1"})
    assert leaks(secrets.scan_history(made.root, "all", options)) == [(then, culprit, 1)]


@pytest.mark.parametrize("order", [("old/a.py", "src/a.py"), ("src/a.py", "old/a.py")])
@pytest.mark.parametrize("rules", ["default", "detect-secrets"])
def test_what_an_entry_may_accept_at_one_path_is_told_at_the_others_too(tmp_path: Path, order: tuple[str, str], rules: str) -> None:
    """An entry for ``old/**`` accepts the finding there alone, whichever path the blob had first."""
    made = Repository(tmp_path)
    commits = [made.commit({path: AWS, "b": "1"}) for path in order]
    made.commit({"b": "1"})
    options = replace(OPTIONS, patterns=(), rules=rules)
    (once,) = {leak[0] for leak in leaks(secrets.scan_history(made.root, "all", options))}
    assert once == order[0], "else a copy is not told again"
    found = leaks(secrets.scan_history(made.root, "all", replace(options, narrowed=("docs/**", "old/**"))))
    assert {leak[:2] for leak in found} == set(zip(order, commits, strict=True))


def test_a_folder_that_moves_is_looked_at_in_its_new_place(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.commit({"tests/in/side/a.py": RANDOM, "b": "1"})
    culprit = made.commit({"src/in/side/a.py": RANDOM, "b": "1"})
    made.commit({"tests/in/side/a.py": RANDOM, "b": "1"})
    made.commit({"b": "2"})
    assert leaks(secrets.scan_history(made.root, "all", OPTIONS)) == [("src/in/side/a.py", culprit, 1)]


def test_a_file_that_moves_to_a_path_of_the_same_kind_is_looked_at_once(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    culprit = made.commit({"a.py": VALUE})
    made.commit({"src/moved.py": VALUE, "src/copied.py": VALUE})
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert leaks(result) == [("a.py", culprit, 1)]
    assert result.scanned.files == 1


def test_what_the_baseline_accepts_at_one_path_is_told_at_another(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    first = made.commit({"old.py": VALUE})
    second = made.commit({"new.py": VALUE})
    made.commit({"b": "1"})
    (entry,) = secrets.scan_history(made.root, "all", replace(OPTIONS, entries=True)).entries["old.py"]
    accepted = replace(OPTIONS, baseline={"old.py": frozenset([(entry.type, entry.hashed_secret)])})
    result = secrets.scan_history(made.root, "all", accepted)
    assert leaks(result) == [("new.py", second, 1), ("old.py", first, 1)]
    assert [word.location and word.location.path for word in result.suppressions] == ["old.py"]


def test_what_detect_secrets_leaves_out_is_looked_at_under_another_name(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.commit({"package-lock.json": STATED})
    culprit = made.commit({"settings.json": STATED})
    made.commit({"b": "1"})
    assert leaks(secrets.scan_history(made.root, "all", secrets.Options(rules="detect-secrets"))) == [("settings.json", culprit, 1)]


PATHS = [
    f"{folder}{name}" for folder in ("", "src/", "tests/", "locales/", "crypto/", "examples/")
    for name in ("a.py", "b.py", "a.md", "a.yaml", "b.yml", "a.json", "package-lock.json", "Makefile", "a.tfstate", "a.gen.py", ".env")
]


@pytest.mark.parametrize("rules", ["default", "detect-secrets"])
def test_of_the_same_bytes_the_same_is_found_in_all_paths_of_one_kind(rules: str) -> None:
    options = secrets.Options(rules=rules, patterns=(ONLY,))
    own = engine.Engine(options) if rules == "default" else parity.Detectors(options)
    plain = "uu_abcdefgh\n  pass{}: correcthorse9\n".format("word")
    text = (STATED + RANDOM + plain + f"token={VALUE * 3}\nexport A_SEC{'RET=xK29zzQq1'}\n").encode()
    told = sorted((repr(own.kind(path)), path) for path in PATHS)
    seen = {}
    for kind, group in itertools.groupby(told, key=lambda one: one[0]):
        found = {tuple((item.rule.id, item.severity, item.value) for item in own.text(path, text, Tally())) for _, path in group}
        assert len(found) == 1, kind
        seen[kind] = found
    assert 1 < len(seen) < len(PATHS)
