"""Secrets in commits."""

from __future__ import annotations

import os
import random
import signal
import string
import time
from typing import TYPE_CHECKING

import pygit2
import pytest
from msgspec.structs import replace

from scanner import secrets
from scanner.secrets import compare, engine, proposals, reading, rules, spans, stream
from scanner.secrets import compile as compiled
from scanner.secrets.examples import expand
from scanner.secrets.tally import Tally
from tests.unit.secrets.test_scan import RULE, VALUE, write

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.secrets.versions import Version

OPTIONS = secrets.Options(patterns=(RULE,), jobs=2)
OTHER = VALUE[:-1] + "9"


class Repository:
    """A repository whose commits hold exactly the files given."""

    def __init__(self, root: Path, *, bare: bool = False) -> None:
        self.git = pygit2.init_repository(str(root), bare=bare)
        self.root = str(root)
        self.time = 1_700_000_000

    def commit(self, files: dict[str, str], ref: str = "refs/heads/main", parents: list[str] | None = None) -> str:
        """Returns the commit's id; the parent is what ``ref`` points to unless ``parents`` says otherwise."""
        index = pygit2.Index()
        for path, text in files.items():
            index.add(pygit2.IndexEntry(path, self.git.create_blob(text.encode("utf-8", "surrogateescape")), pygit2.enums.FileMode.BLOB))
        self.time += 60
        author = pygit2.Signature("A", "a@example.org", self.time, 60)
        given = parents if parents is not None else [str(self.git.references[ref].target)] if ref in self.git.references else []
        made = str(self.git.create_commit(None, author, author, "m", index.write_tree(self.git), given))
        self.git.references.create(ref, made, force=True)
        if ref == "refs/heads/main":
            self.git.set_head(ref)
        return made


def leaks(result: secrets.Result) -> list[tuple[str, str, int]]:
    return sorted((finding.location.path, finding.secret.commit, finding.location.line) for finding in result.findings if finding.secret)


@pytest.mark.parametrize("bare", [False, True])
def test_a_secret_added_and_removed_is_found_where_it_came_in(tmp_path: Path, bare: bool) -> None:
    made = Repository(tmp_path, bare=bare)
    made.commit({"a.py": "x\n"})
    culprit = made.commit({"a.py": f"x\n{VALUE}\n", "d/b": "1"})
    made.commit({"a.py": f"x\ny\n{VALUE}\n", "d/b": "1"})
    made.commit({"a.py": "x\n"})
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert leaks(result) == [("a.py", culprit, 2)]
    assert result.findings[0].secret is not None
    assert result.findings[0].secret.author_date == "2023-11-14T23:15:20+01:00"
    assert result.scanned.files == 4
    assert result.problems == ()


def test_a_file_that_is_a_secret_itself_is_found_where_it_came_in(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    keys, store = ("0123456789abcdef" * 2, "fedcba9876543210" * 2), "\x30\udc82\x09\x01"
    first = made.commit({"config/master.key": keys[0], "server.pfx": store, "other.pfx": "text"})
    second = made.commit({"config/master.key": keys[1], "server.pfx": store, "moved/server.pfx": store})
    made.commit({"config/master.key": "gone\n"})
    fourth = made.commit({".bash_history": f"deploy {VALUE}\n"})
    fifth = made.commit({".bash_history": f"deploy {VALUE}\nls\n"})
    found = secrets.scan_history(made.root, "all", OPTIONS).findings
    assert {(finding.rule_id, finding.location.path, finding.secret.commit) for finding in found if finding.secret} == {
        ("rails-master-key-file", "config/master.key", first), ("rails-master-key-file", "config/master.key", second),
        ("key-store-file", "server.pfx", first), ("shell-history-file", ".bash_history", fourth),
        ("team-token", ".bash_history", fourth), ("shell-history-file", ".bash_history", fifth),
    }
    off = replace(OPTIONS, disable=frozenset({"rails-master-key-file", "key-store-file", "shell-history-file"}))
    assert leaks(secrets.scan_history(made.root, "all", off)) == [(".bash_history", fourth, 1)]
    assert leaks(secrets.scan_history(made.root, "all", replace(OPTIONS, rules="detect-secrets"))) == [(".bash_history", fourth, 1)]


def test_the_id_of_a_file_is_that_of_the_tree(tmp_path: Path) -> None:
    from tests.unit.secrets.test_scan import scan

    made = Repository(tmp_path / "git")
    made.commit({"config/master.key": "0123456789abcdef" * 2})
    (tree,) = scan(write(tmp_path / "tree", {"config/master.key": "0123456789abcdef" * 2})).findings
    assert [finding.id for finding in secrets.scan_history(made.root, "all", OPTIONS).findings] == [tree.id]


def test_the_id_is_that_of_the_tree(tmp_path: Path) -> None:
    from tests.unit.secrets.test_scan import scan

    made = Repository(tmp_path / "git")
    made.commit({"a.py": f"x\n{VALUE}"})
    (tree,) = scan(write(tmp_path / "tree", {"a.py": f"\n\n{VALUE}"})).findings
    assert [finding.id for finding in secrets.scan_history(made.root, "all", OPTIONS).findings] == [tree.id]


def test_all_looks_at_every_ref_and_a_ref_at_what_it_reaches(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    base = made.commit({"a": "1"})
    side = made.commit({"a": "1", "s": VALUE}, ref="refs/heads/side", parents=[base])
    main = made.commit({"a": "1", "m": OTHER})
    assert leaks(secrets.scan_history(made.root, "all", OPTIONS)) == [("m", main, 1), ("s", side, 1)]
    assert leaks(secrets.scan_history(made.root, "refs/heads/side", OPTIONS)) == [("s", side, 1)]
    assert leaks(secrets.scan_history(made.root, "main..side", OPTIONS)) == [("s", side, 1)]


def test_of_a_range_only_what_it_adds(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    base = made.commit({"a": f"{VALUE}\n", "b": "1"})
    culprit = made.commit({"a": f"new line\n{VALUE}\n{OTHER}\n", "b": "1"})
    made.commit({"a": "clean", "b": "1"})
    assert leaks(secrets.scan_history(made.root, f"{base}..HEAD", OPTIONS)) == [("a", culprit, 3)]
    assert leaks(secrets.scan_history(made.root, "HEAD..HEAD", OPTIONS)) == []


def test_a_shallow_clone_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    made = Repository(tmp_path / "far")
    made.commit({"a": VALUE})
    last = made.commit({"a": "clean", "b": OTHER})
    near = Repository(tmp_path / "near")
    tree = made.git[last].peel(pygit2.Tree)
    for name in (last, tree.id, *(entry.id for entry in tree)):
        near.git.write(*made.git.read(name))
    near.git.references.create("refs/heads/main", last)
    near.git.set_head("refs/heads/main")
    (tmp_path / "near" / ".git" / "shallow").write_text(f"{last}\n")
    result = secrets.scan_history(near.root, "all", OPTIONS)
    assert leaks(result) == [("b", last, 1)]
    assert [(notice.subject, "shallow" in notice.reason) for notice in result.notices] == [("history", True)]
    assert [bool(secrets.scan_history(near.root, span, OPTIONS).problems) for span in ("HEAD", "HEAD~1..HEAD")] == [False, True]


def test_a_commit_that_is_missing_is_a_problem_where_the_clone_is_not_shallow(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    first = made.commit({"a": VALUE})
    made.commit({"a": "clean"})
    os.unlink(tmp_path / ".git" / "objects" / first[:2] / first[2:])
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert [problem.subject for problem in result.problems] == ["history all"]
    linked = tmp_path / "linked"
    linked.mkdir()
    folder = tmp_path / ".git" / "worktrees" / "linked"
    folder.mkdir(parents=True)
    (tmp_path / ".git" / "shallow").write_text(str(made.git.head.target) + "\n")
    for name, text in {"commondir": "../..\n", "gitdir": f"{linked}/.git\n", "HEAD": "ref: refs/heads/main\n"}.items():
        (folder / name).write_text(text)
    (linked / ".git").write_text(f"gitdir: {folder}\n")
    result = secrets.scan_history(str(linked), "all", OPTIONS)
    assert (result.problems, [notice.subject for notice in result.notices]) == ((), ["history"])


def lost(folder: Path, name: object) -> None:
    """An object that is gone."""
    os.unlink(folder / ".git" / "objects" / str(name)[:2] / str(name)[2:])


@pytest.mark.parametrize("shallow", [False, True])
@pytest.mark.parametrize("kind", ["branch", "tag", "tag of a tag", "HEAD"])
def test_a_ref_whose_commit_is_missing_is_a_problem(tmp_path: Path, kind: str, shallow: bool) -> None:
    made = Repository(tmp_path)
    base = made.commit({"a": "1"})
    gone = made.commit({"a": "1", "s": VALUE}, ref="refs/heads/side", parents=[base])
    who = pygit2.Signature("A", "a@example.org", 1, 0)
    if kind.startswith("tag"):
        tag = made.git.create_tag("one", gone, pygit2.enums.ObjectType.COMMIT, who, "m")
        if kind == "tag of a tag":
            made.git.create_tag("two", tag, pygit2.enums.ObjectType.TAG, who, "m")
            made.git.references.delete("refs/tags/one")
    elif kind == "HEAD":
        made.git.set_head(pygit2.Oid(hex=gone))
    if kind != "branch":
        made.git.references.delete("refs/heads/side")
    assert leaks(secrets.scan_history(made.root, "all", OPTIONS)) == [("s", gone, 1)]
    lost(tmp_path, gone)
    if shallow:
        (tmp_path / ".git" / "shallow").write_text(f"{base}\n")
    (problem,) = secrets.scan_history(made.root, "all", OPTIONS).problems
    assert problem.subject == "history all"
    assert {"branch": "refs/heads/side", "HEAD": "HEAD"}.get(kind, "refs/tags/") in problem.reason


@pytest.mark.parametrize("text", ["", "\n", "damaged\n", "0" * 40 + "\n", "12345\n"])
@pytest.mark.parametrize("name", ["refs/heads/side", "refs/remotes/origin/deep/side", "HEAD"])
def test_a_ref_that_is_damaged_is_a_problem(tmp_path: Path, name: str, text: str) -> None:
    made = Repository(tmp_path)
    base = made.commit({"a": "1"})
    made.commit({"a": "1", "s": VALUE}, ref="refs/heads/side" if name == "HEAD" else name, parents=[base])
    for other in ("refs/heads/new.lock", "refs/heads/.hidden"):
        (tmp_path / ".git" / other).write_text("")
    assert not secrets.scan_history(made.root, "all", OPTIONS).problems
    (tmp_path / ".git" / name).write_text(text)
    assert [problem.subject for problem in secrets.scan_history(made.root, "all", OPTIONS).problems] == ["history all"]


def test_refs_that_name_no_commit_are_passed_over(tmp_path: Path) -> None:
    """A tag of a tree or of a file, one that a partial clone does not hold, a name for a branch that is gone, and HEAD before a commit."""
    made = Repository(tmp_path)
    culprit = made.commit({"a": VALUE}, ref="refs/heads/side")
    who, tree = pygit2.Signature("A", "a@example.org", 1, 0), made.git[culprit].peel(pygit2.Tree)
    made.git.create_tag("tree", tree.id, pygit2.enums.ObjectType.TREE, who, "m")
    made.git.references.create("refs/tags/light", tree["a"].id)
    away = made.git.create_blob(b"away")
    made.git.create_tag("away", away, pygit2.enums.ObjectType.BLOB, who, "m")
    made.git.references.create("refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    made.git.set_head("refs/heads/unborn")
    lost(tmp_path, away)
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert (leaks(result), result.problems) == ([("a", culprit, 1)], ())


@pytest.mark.parametrize("span", ["nowhere..HEAD", "HEAD..nowhere", "nowhere", "..", "a..b..c"])
def test_a_span_that_is_none_is_a_problem(tmp_path: Path, span: str) -> None:
    made = Repository(tmp_path)
    made.commit({"a": "1"})
    result = secrets.scan_history(made.root, span, OPTIONS)
    assert [problem.subject for problem in result.problems] == [f"history {span}"]


def test_no_repository_and_no_commit_are_problems(tmp_path: Path) -> None:
    assert secrets.scan_history(str(tmp_path), "all", OPTIONS).problems
    pygit2.init_repository(str(tmp_path))
    assert secrets.scan_history(str(tmp_path), "all", OPTIONS).problems


def test_an_inline_comment_and_the_baseline_count_in_history_too(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.commit({"a": f"{VALUE} # gitleaks:allow"})
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert [word.fingerprint for word in result.suppressions] == [finding.id for finding in result.findings]


@pytest.mark.parametrize("comment", [f"{VALUE} # gitleaks:allow", f"# pragma: allowlist nextline secret\n{VALUE}"])
@pytest.mark.parametrize("last", [None, "gone"])
def test_a_comment_accepts_nothing_that_stood_without_it_once(tmp_path: Path, comment: str, last: str | None) -> None:
    made = Repository(tmp_path)
    made.commit({"a": f"x = 1\n{comment}\n"})
    culprit = made.commit({"a": f"x = 1\n{VALUE}\n"})
    if last:
        made.commit({"a": f"x = 1\n{last}\n"})
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert [finding.secret and finding.secret.commit for finding in result.findings] == [culprit]
    assert result.suppressions == ()


def test_what_moves_into_the_scanned_folder_is_new_there(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.commit({"else/where": VALUE, "app/a": "1"})
    culprit = made.commit({"app/in/side": VALUE, "app/a": "1"})
    made.commit({"other": "1"})
    (tmp_path / "app").mkdir()
    assert leaks(secrets.scan_history(str(tmp_path / "app"), "all", OPTIONS)) == [("in/side", culprit, 1)]


def test_a_version_that_is_not_there_is_a_problem_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    culprit = made.commit({"a": VALUE, "b": "gone"})
    blob = made.git[culprit].peel(pygit2.Tree)["b"].id
    os.unlink(tmp_path / ".git" / "objects" / str(blob)[:2] / str(blob)[2:])
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert leaks(result) == [("a", culprit, 1)]
    assert [(problem.subject, "fetch-depth: 0" in problem.hint) for problem in result.problems] == [(f"b@{culprit[:12]}", True)]


@pytest.mark.parametrize(
    ("error", "hint"), [(KeyError("x"), "report it"), (ValueError("x"), "report it"), (pygit2.GitError("x"), "git fsck")]
)
def test_what_else_goes_wrong_in_a_version_is_no_matter_of_depth(
    tmp_path: Path, error: Exception, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise error

    made = Repository(tmp_path)
    culprit = made.commit({"a": VALUE})
    monkeypatch.setattr(engine.Engine, "text", broken)
    (problem,) = secrets.scan_history(made.root, "all", OPTIONS).problems
    assert problem.subject == f"a@{culprit[:12]}"
    assert hint in problem.hint
    assert "fetch-depth" not in problem.hint


def test_a_folder_that_is_not_there_is_a_problem_and_what_came_before_is_told(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    culprit = made.commit({"a": VALUE})
    broken = made.commit({"a": VALUE, "d/b": "1"})
    tree = made.git[broken].peel(pygit2.Tree)["d"].id
    os.unlink(tmp_path / ".git" / "objects" / str(tree)[:2] / str(tree)[2:])
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert leaks(result) == [("a", culprit, 1)]
    assert [problem.subject for problem in result.problems] == ["history all"]


def test_the_rules_of_detect_secrets_are_those_of_the_history_too(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    line = 'pass' + 'word = "%s"\n'
    made.commit({"a.py": "x = 1\n"})
    culprit = made.commit({"a.py": "x = 1\n" + line % "hunter2Zq9vB71"})
    later = made.commit({"a.py": "x = 2\n" + line % "hunter2Zq9vB71" + line % "8hunter2Zq9vB71"})
    made.commit({"a.py": "x = 1\n"})
    result = secrets.scan_history(made.root, "all", secrets.Options(rules="detect-secrets", jobs=2))
    assert leaks(result) == [("a.py", culprit, 2), ("a.py", later, 3)]
    assert result.problems == ()


def grown(root: Path, seed: int) -> tuple[Repository, list[str]]:
    """A repository of 60 commits on branches that are merged again, with tokens that come and go."""
    chooser = random.Random(seed)
    made = Repository(root)
    held: dict[str, dict[str, str]] = {}
    order: list[str] = []
    for _ in range(60):
        parents = [] if not order else [chooser.choice(order[-4:])]
        files = dict(held[parents[0]]) if parents else {}
        if len(order) > 5 and chooser.random() < 0.2:
            parents = list(dict.fromkeys([*parents, chooser.choice(order[-6:])]))
            files |= {path: text for path, text in held[parents[-1]].items() if chooser.random() < 0.5}
        for _ in range(chooser.randrange(1, 4)):
            path = f"{chooser.choice(('a', 'a/b', 'c'))}/{chooser.choice('xyz')}.txt"
            lines = files.get(path, "").splitlines(keepends=True)
            word = "tt_" + "".join(chooser.choices(string.ascii_lowercase, k=8)) if chooser.random() < 0.3 else "nothing"
            lines.insert(chooser.randrange(len(lines) + 1), f"{word} {chooser.randrange(9999)}\n")
            files[path] = "".join(lines[chooser.randrange(2) :])
        order.append(made.commit(files, ref=f"refs/heads/n{len(order)}", parents=parents))
        held[order[-1]] = files
    made.git.references.create("refs/heads/main", order[-1], force=True)
    return made, order


def plainly(made: Repository, tips: list[str]) -> set[tuple[str, str]]:
    """Every token at every path, by reading everything that any of the commits holds."""
    found: set[tuple[str, str]] = set()
    seen: set[str] = set()
    pending = list(tips)
    blobs: dict[str, str] = {}
    while pending:
        commit = made.git[pending.pop()]
        if str(commit.id) in seen:
            continue
        seen.add(str(commit.id))
        pending += [str(one) for one in commit.parent_ids]
        index = pygit2.Index()
        index.read_tree(commit.peel(pygit2.Tree))
        for entry in index:
            blobs.setdefault(str(entry.id), entry.path)
            text = made.git[entry.id].data.decode()
            found |= {(entry.path, word) for word in text.split() if word.startswith("tt_")}
    return found


@pytest.mark.parametrize("seed", range(4))
def test_no_token_of_any_commit_is_missed(tmp_path: Path, seed: int) -> None:
    made, order = grown(tmp_path, seed)
    result = secrets.scan_history(made.root, "all", OPTIONS)
    whole = plainly(made, order)
    assert {value for _, value in whole}
    assert result.problems == ()
    told = {(finding.location.path, finding.secret.commit, finding.location.line) for finding in result.findings if finding.secret}
    held: set[tuple[str, str]] = set()
    for path, commit, line in told:
        text = made.git[made.git[commit].peel(pygit2.Tree)[path].id].data.decode().splitlines()[line - 1]
        held.add((path, text.split()[0]))
    assert held <= whole
    assert {value for _, value in held} == {value for _, value in whole}, "each value at the path where it first stood"


def test_the_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    made, _ = grown(tmp_path, 9)
    one, many = (secrets.scan_history(made.root, "all", secrets.Options(patterns=(RULE,), jobs=jobs, explain=True)) for jobs in (1, 5))
    assert one == many
    assert one.findings


def test_a_version_that_kills_its_process_is_told_and_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Repository(tmp_path)
    commits = [made.commit({f"{name}": f"{name} {VALUE}"}) for name in "abcdef"]
    one = compare.Reader._one

    def deadly(self: compare.Reader, version: Version, tally: Tally) -> None:
        if version.path == "c":
            os.kill(os.getpid(), signal.SIGKILL)
        one(self, version, tally)

    monkeypatch.setattr(compare.Reader, "_one", deadly)
    result = secrets.scan_history(made.root, "all", OPTIONS)
    assert [path for path, _, _ in leaks(result)] == ["a", "b", "d", "e", "f"]
    assert [problem.subject for problem in result.problems] == [f"c@{commits[2][:12]}"]


def test_a_history_whose_time_is_up_is_a_problem(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.commit({"a": VALUE})
    result = secrets.scan_history(made.root, "all", secrets.Options(jobs=2, deadline=time.monotonic() - 1))
    assert [problem.subject for problem in result.problems] == ["history"]


def test_more_batches_than_fit_into_pipes_and_longer_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_BYTES", 300)
    made = Repository(tmp_path)
    files = {f"{number}": f"tt_{number:08}" for number in range(200)}
    made.commit(files | {"/".join("p" * 200 for _ in range(10)): VALUE})
    result = secrets.scan_history(made.root, "all", secrets.Options(patterns=(RULE,), jobs=3))
    assert len(result.findings) == 201
    assert result.problems == ()


READY = compiled.ready("default")
SOME = [READY.rules[number] for part in (*READY.weak, READY.placed) if part for number in part.numbers]


@pytest.mark.parametrize("rule", [rule for rule in SOME if spans.shape(rule.regex).crosses], ids=lambda rule: rule.id)
def test_of_what_goes_on_from_line_to_line_one_line_may_be_new(rule: secrets.Rule) -> None:
    """Also where the rule is run on some files only."""
    own, path = engine.Engine(secrets.Options()), rule.paths[0].replace("*", "a") if rule.paths else "a.txt"
    examples = {one.id: one.examples for one in rules.builtin()}
    for text in map(expand, examples[rule.id].match):
        lines = ("#\n" * 3000 + text + "\nend\n" * 3000).splitlines(keepends=True)
        whole = {item.value for item in own.text(path, "".join(lines).encode(), Tally())}
        for place in range(3000, 3000 + text.count("\n") + 1):
            before = "".join((*lines[:place], "?\n", *lines[place + 1 :])).encode()
            known = {item.value for item in own.text(path, before, Tally())}
            assert whole - known <= {item.value for item in own.changed(path, "".join(lines).encode(), before, Tally())}


def test_random_looking_strings_stand_on_one_line() -> None:
    assert not [regex for _, regex in proposals.STRINGS if spans.shape(regex).crosses]


@pytest.mark.parametrize("seed", range(6))
def test_what_differs_is_between_what_is_the_same(seed: int) -> None:
    chooser = random.Random(seed)
    for _ in range(300):
        lines = ["".join(chooser.choices("ab", k=chooser.randrange(6))) for _ in range(chooser.randrange(60))]
        other = list(lines)
        for _ in range(chooser.randrange(3)):
            at = chooser.randrange(len(other) + 1)
            other[at : at + chooser.randrange(2)] = ["".join(chooser.choices("ab", k=chooser.randrange(90)))] * chooser.randrange(3)
        data, before = ("\n".join(text).encode() for text in (other, lines))
        low, high = reading.difference(data, before)
        assert (low, high) == (0, 0) if data == before else low <= high
        assert data[:low] == before[:low]
        assert data == before or data[high:] == before[len(before) - (len(data) - high) :]
        assert low == 0 or data[low - 1 : low] == b"\n"
        assert high in (0, len(data)) or data[high - 1 : high] == b"\n"


@pytest.mark.parametrize("seed", range(4))
def test_a_new_version_brings_what_it_holds_and_the_one_before_did_not(seed: int) -> None:
    chooser = random.Random(seed)
    letters = string.ascii_letters + string.digits
    own = engine.Engine(secrets.Options(patterns=(RULE,)))

    def line() -> str:
        value = "".join(chooser.choices(letters, k=chooser.choice((12, 24, 40))))
        forms = ('pass' + 'word = "%s"', 'x = "%s"', "-----BEGIN RSA PRI" + "VATE KEY-----\n%s\n-----END RSA PRI" + "VATE KEY-----",
                 "nothing %s", VALUE[:-1] + "%.1s", '{"aws_session' + '_token":\n "%s"}')
        return chooser.choice(forms) % value + "\n"

    before = [line() for _ in range(12)]
    for _ in range(60):
        after = list(before)
        after.insert(chooser.randrange(len(after)), line())
        after.pop(chooser.randrange(len(after)))
        old, new = "".join(before).encode(), "".join(after).encode()
        known = {(item.rule.id, item.value) for item in own.text("a.py", old, Tally())}
        fresh = {(item.rule.id, item.value) for item in own.text("a.py", new, Tally())} - known
        assert {(item.rule.id, item.value) for item in own.changed("a.py", new, old, Tally())} - known == fresh
        before = after


LEFT_OUT = ("third-party/**", "*.gen", "!keep.gen")


def test_what_is_excluded_from_the_tree_is_excluded_from_its_commits(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.commit({"third-party/a.py": f"{VALUE}\n", "third-party/in/b.py": f"{VALUE}\n", "x.gen": VALUE, "keep.gen": f"{OTHER}\n"})
    assert [path for path, _, _ in leaks(secrets.scan_history(made.root, "all", OPTIONS, LEFT_OUT))] == ["keep.gen"]
    assert leaks(secrets.scan_history(str(tmp_path), "all", OPTIONS, ("*",))) == []


@pytest.mark.parametrize("later", [False, True])
def test_what_is_excluded_at_one_path_is_found_at_another(tmp_path: Path, later: bool) -> None:
    """The same folder, the same file: git holds them once."""
    made = Repository(tmp_path)
    inside: dict[str, str] = {"third-party/in/b.py": f"{VALUE}\n", "third-party/c.gen": f"x\n{VALUE}\n"}
    copied = {**inside, **{path.replace("third-party", "src"): text for path, text in inside.items()}, "keep.gen": f"x\n{VALUE}\n"}
    made.commit({"third-party/d.py": "1\n"})
    culprit = made.commit(copied if not later else inside)
    culprit = made.commit({**copied, "e": "1"}) if later else culprit
    made.commit({"e": "1"})
    found = secrets.scan_history(made.root, "all", OPTIONS, LEFT_OUT)
    assert leaks(found) == [("keep.gen", culprit, 2), ("src/in/b.py", culprit, 1)]


def test_excluded_paths_are_named_from_the_scanned_folder(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    culprit = made.commit({"app/lib/a.py": f"{VALUE}\n", "app/app/b.py": f"{VALUE}\n"})
    (tmp_path / "app").mkdir()
    assert leaks(secrets.scan_history(str(tmp_path / "app"), "all", OPTIONS, ("/app/",))) == [("lib/a.py", culprit, 1)]
