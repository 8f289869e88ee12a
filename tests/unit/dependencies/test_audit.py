"""The audit as a whole: what is found where, what could not be checked, what was accepted."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from scanner.advisories import Answer
from scanner.advisories.database import NAME
from scanner.dependencies.audit import AuditResult, Options, audit
from scanner.dependencies.coverage import unchecked
from scanner.dependencies.findings import coordinate
from scanner.dependencies.resolve import Resolution, never
from scanner.errors import SourceError
from scanner.models import Location, Lockfile, Notice, Problem, Scope, Severity, Unaudited, Unchecked
from scanner.reporters import _wording as wording
from tests.unit.dependencies.sample import Memory, advisory, affects, lockfile, package, span, wants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.advisories import Coordinate, Source

LEAF = advisory(
    "GHSA-leaf", affects(span("introduced 0", "fixed 1.4.0"), name="leaf"), summary="Bad\nthing", aliases=("CVE-1",), url="https://a.example"
)
TREE = lockfile(
    package("app", "1.0.0", "leaf", line=10),
    package("leaf", "1.0.0", line=20, wants=()),
    direct=[wants("app", line=3)],
    path="web/package-lock.json",
)


def run(*lockfiles: Lockfile, sources: Sequence[Source] = (), fallbacks: Sequence[Source] = (), **options: object) -> AuditResult:
    given = sources or (Memory(LEAF),)
    return audit(lockfiles, given, Options(**options), resolver=never("resolve is off"), fallbacks=fallbacks)  # type: ignore[arg-type]


def test_a_transitive_finding_stands_at_the_line_that_brings_it_in() -> None:
    (finding,) = run(TREE).findings
    assert finding.location == Location(path="package.json", line=3)
    assert [(one.location.line, one.note) for one in finding.related] == [(20, "locked here")]
    assert finding.message == "leaf@1.0.0 (through app): Bad thing (GHSA-leaf, high); 1.4.0 clears it"
    assert finding.title == "leaf 1.0.0: GHSA-leaf (high)"
    assert (finding.rule_id, finding.aliases, finding.audit, finding.severity) == ("GHSA-leaf", ("CVE-1",), "npm", Severity.HIGH)
    assert finding.vulnerable is not None
    assert finding.vulnerable.paths == (("root", "app", "leaf"),)
    assert (finding.vulnerable.fixed_versions, finding.vulnerable.recommended_version) == (("1.4.0",), "1.4.0")
    assert wording.fix(finding.vulnerable) == "cd web && npm update leaf"


def test_a_direct_finding_stands_at_its_own_line() -> None:
    (finding,) = run(replace(TREE, direct=(wants("app", line=3), wants("leaf", line=4)))).findings
    assert finding.location.line == 4
    assert finding.message.startswith("leaf@1.0.0: ")


def test_without_a_manifest_at_the_line_of_the_lockfile() -> None:
    (finding,) = run(replace(TREE, direct=())).findings
    assert (finding.location.line, finding.related) == (20, ())


def test_identity_is_advisory_purl_and_manifest_and_nothing_else() -> None:
    (one,) = run(TREE).findings
    (moved,) = run(lockfile(package("leaf", "1.0.0", line=99, key="elsewhere"), path="web/package-lock.json")).findings
    (elsewhere,) = run(replace(TREE, path="other/package-lock.json")).findings
    assert one.id == moved.id != elsewhere.id


def test_one_finding_for_the_same_version_at_several_keys_and_one_for_each_manifest() -> None:
    twice = lockfile(package("leaf", key="a", scope=Scope.DEVELOPMENT, line=5), package("leaf", key="b", scope=Scope.RUNTIME, line=6))
    found = run(twice, replace(twice, path="b/package-lock.json")).findings
    assert len(found) == 2
    assert {one.vulnerable.package.scope for one in found if one.vulnerable} == {Scope.RUNTIME}


def test_fixes_of_several_advisories_are_cleared_by_one_version() -> None:
    more = advisory("GHSA-more", affects(span("introduced 0", "fixed 1.6.0"), name="leaf"))
    unfixed = advisory("GHSA-none", affects(span("introduced 0"), name="leaf"))
    found = {one.rule_id: one for one in run(TREE, sources=[Memory(LEAF, more, unfixed)]).findings}
    assert {id_: one.vulnerable.recommended_version for id_, one in found.items() if one.vulnerable} == {
        "GHSA-leaf": "1.6.0",
        "GHSA-more": "1.6.0",
        "GHSA-none": "",
    }
    assert found["GHSA-none"].message.endswith("no fixed version is known")


def test_development_can_be_left_out() -> None:
    dev = lockfile(package("leaf", scope=Scope.DEVELOPMENT), package("app", scope=Scope.OPTIONAL))
    assert len(run(dev).findings) == 1
    result = run(dev, include_dev=False)
    assert (result.findings, [one.packages for one in result.audited]) == ((), [1])


def test_what_is_said_of_development_is_left_out_with_it() -> None:
    told = [Notice(subject="x", reason="told", location=one.location) for one in (package("leaf", line=1), package("app", line=2))]
    dev = lockfile(package("leaf", scope=Scope.DEVELOPMENT, line=1), package("app", line=2), notices=tuple(told))
    assert [[one for one in run(dev, include_dev=dev_too).notices if one.reason == "told"] for dev_too in (True, False)] == [told, told[1:]]


def test_as_of_judges_with_what_was_published_by_then() -> None:
    dated = replace(LEAF, published="2024-02-02T10:00:00Z")
    assert run(TREE, sources=[Memory(dated)], as_of=dt.date(2024, 2, 1)).findings == ()
    assert len(run(TREE, sources=[Memory(dated)], as_of=dt.date(2024, 2, 2)).findings) == 1


def test_what_was_audited_with_what() -> None:
    (audited,) = run(TREE, sources=[Memory(LEAF), Memory(name="registry")]).audited
    assert (audited.manifest, audited.packages, audited.source, audited.source_date, audited.complete) == (
        "web/package-lock.json",
        2,
        "memory, registry",
        "2024-05-01",
        True,
    )


def test_two_sources_are_one_answer_and_each_is_asked_once() -> None:
    twin = advisory("GHSA-leaf", affects(npm_range="<1.4.0", name="leaf"), severity=Severity.CRITICAL)
    sources = [Memory(LEAF), Memory(replace(twin, source="registry"), name="registry")]
    (finding,) = run(TREE, replace(TREE, path="b/package-lock.json", packages=TREE.packages[:1]), sources=sources).findings
    assert (finding.severity, finding.vulnerable and finding.vulnerable.advisory.source) == (Severity.CRITICAL, "osv, registry")
    assert [len(source.asked) for source in sources] == [2, 2]


def test_one_of_two_sources_down_is_a_notice() -> None:
    result = run(TREE, sources=[Memory(LEAF), Memory(name="registry", down="it said 502")])
    assert (len(result.findings), result.problems) == (1, ())
    assert [(one.subject, one.reason) for one in result.notices] == [
        ("registry", "it said 502; 2 packages checked with another source instead")
    ]
    assert result.audited[0].complete


def test_the_only_source_down_is_one_problem_for_each_manifest() -> None:
    big = lockfile(*(package(f"p{n}", line=n) for n in range(1, 2001)))
    result = run(big, TREE, sources=[Memory(down="no route to host; check the network")])
    assert [one.subject for one in result.problems] == ["package-lock.json", "web/package-lock.json"]
    first = result.problems[0]
    assert first.reason == (
        "memory: 2000 of 2000 packages not checked (p1@1.0.0, p10@1.0.0, p100@1.0.0 and 1997 more): no route to host; check the network"
    )
    assert first.hint
    assert [one.complete for one in result.audited] == [False, False]


def test_a_fallback_is_asked_about_the_rest_only() -> None:
    spare = Memory(LEAF, name="local database")
    result = run(TREE, sources=[Memory(down="timeout")], fallbacks=[spare])
    assert (len(result.findings), result.problems, len(spare.asked)) == (1, (), 2)
    assert result.notices[0].subject == "memory"
    unused = Memory(name="local database")
    assert run(TREE, fallbacks=[unused]).problems == ()
    assert unused.asked == []


def test_nobody_to_ask_is_a_problem() -> None:
    result = run(TREE, sources=[Memory(ecosystems=("PyPI",))])
    assert [one.reason.split(":")[0] for one in result.problems] == ["no advisory source"]


class Broken(Memory):
    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        raise SourceError("the database is truncated", subject="advisories.db", hint="run db update")


class Forgetful(Memory):
    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        return super().query(coordinates[:1])


@pytest.mark.parametrize(("source", "word"), [(Broken(), "truncated"), (Forgetful(LEAF), "left out of the answer")])
def test_a_source_that_raises_or_forgets_is_never_silent(source: Memory, word: str) -> None:
    (problem,) = run(TREE, sources=[source]).problems
    assert word in problem.reason


def test_an_empty_lockfile_is_audited() -> None:
    result = run(lockfile())
    assert (result.problems, result.audited[0].packages, result.audited[0].complete) == ((), 0, True)


GIT = Unaudited(name="internal", location=Location(path="package-lock.json", line=8), reason="comes from git")
ODD = Problem(subject="package-lock.json:9", reason="entry without a version")


def test_gaps_of_the_lockfile_are_problems_with_their_line() -> None:
    result = run(lockfile(package("app"), unaudited=(GIT,), problems=(ODD,), unpinned=(wants("loose", ">=1", line=5),)))
    assert [one.subject for one in result.problems] == ["package-lock.json:9", "package-lock.json:8", "package.json:5"]
    assert [one.reason for one in result.problems[1:]] == [
        "internal is not audited: comes from git",
        "loose >=1 is not audited: resolve is off",
    ]
    assert not result.audited[0].complete


@pytest.mark.parametrize(
    ("allowed", "left"),
    [
        (("internal",), [ODD.subject, "package.json:5"]),
        (("inter*", "loose"), [ODD.subject]),
        (("package-lock.json",), []),
        (("**/package-lock.json",), []),
        (("*/package-lock.json",), [ODD.subject, "package-lock.json:8", "package.json:5"]),
        (("other",), [ODD.subject, "package-lock.json:8", "package.json:5"]),
    ],
)
def test_what_is_accepted_is_said(allowed: tuple[str, ...], left: list[str]) -> None:
    gaps = lockfile(package("app"), unaudited=(GIT,), problems=(ODD,), unpinned=(wants("loose", ">=1", line=5),))
    result = run(gaps, allow_unaudited=allowed)
    assert [one.subject for one in result.problems] == left
    assert bool(result.notices) is (len(left) < 3)


def test_a_version_that_cannot_be_compared_is_a_problem_or_accepted() -> None:
    odd = lockfile(package("leaf", "latest", line=7))
    (problem,) = run(odd).problems
    assert (problem.subject, problem.location) == ("package-lock.json:7", Location(path="package-lock.json", line=7))
    assert "GHSA-leaf" in problem.reason


@pytest.mark.parametrize("entry", ["leaf", "le*", "package-lock.json"])
def test_what_is_unclear_and_accepted_is_said_in_a_notice(entry: str) -> None:
    result = run(lockfile(package("leaf", "latest", line=7)), allow_unaudited=(entry,))
    (notice,) = result.notices
    assert (result.problems, notice.subject) == ((), "package-lock.json:7")
    assert "'latest' cannot be compared with the versions in GHSA-leaf; accepted by dependencies.allow-unaudited" in notice.reason


@pytest.mark.parametrize("ecosystem", ["npm", "PyPI"])
def test_an_advisory_that_says_nothing_in_versions_is_a_problem(ecosystem: str) -> None:
    silent = advisory("GHSA-silent", affects(name="leaf", ecosystem=ecosystem))
    result = run(lockfile(package("leaf", "1.24.1", line=7, ecosystem=ecosystem), ecosystem=ecosystem), sources=[Memory(silent)])
    (problem,) = result.problems
    assert (result.findings, problem.subject, result.audited[0].complete) == ((), "package-lock.json:7", False)
    words = f"leaf: whether version '1.24.1' is affected cannot be told from GHSA-silent, which says it in no {ecosystem} versions"
    assert problem.reason == words


def test_what_was_resolved_is_audited() -> None:
    loose = wants("leaf", ">=1", line=5, key="")

    def resolver(one: Lockfile) -> Resolution:
        found = package("leaf", "1.1.0", line=5, path="package.json")
        return Resolution(lockfile=replace(one, packages=(found,), direct=(replace(loose, key="leaf"),), unpinned=()))

    result = audit([lockfile(unpinned=(loose,))], [Memory(LEAF)], Options(), resolver=resolver)
    assert [one.location.line for one in result.findings] == [5]
    assert (result.problems, result.audited[0].packages) == ((), 1)


def test_two_thousand_packages_with_hundreds_of_ranges_take_a_moment() -> None:
    ranges = tuple(span(*(f"{kind} {n}.{i}.0" for i, kind in enumerate(("introduced", "fixed") * 5))) for n in range(60, 0, -10))
    heavy = [advisory(f"GHSA-{n}", affects(*ranges, name=f"p{n % 200}")) for n in range(1000)]
    many = lockfile(*(package(f"p{n}", f"{n % 70}.{n % 9}.1", f"p{n + 1}", line=n + 1) for n in range(2000)), direct=[wants("p0")])
    source = Memory(*heavy)
    answer = source.query([coordinate(one) for one in many.packages])
    source.query = lambda coordinates: answer  # type: ignore[method-assign]
    started = time.perf_counter()
    result = run(many, sources=[source])
    assert len(result.packages) == 2000
    assert time.perf_counter() - started < 5


class Partial(Memory):
    """Knows one advisory of a package and says that it could not read another."""

    def query(self, coordinates: Sequence[Coordinate]) -> Answer:
        full = super().query(coordinates)
        reasons = dict.fromkeys(coordinates, "GHSA-bad cannot be read; report it")
        return Answer(source=self.name, advisories={}, unanswered=reasons, partial=full.advisories, notices=("stale by a day",))


@pytest.mark.parametrize("ecosystem", ["npm", "PyPI"])
def test_what_is_known_in_part_counts_and_stays_a_problem(ecosystem: str) -> None:
    known = advisory("GHSA-leaf", affects(span("introduced 0", "fixed 1.4.0"), name="leaf", ecosystem=ecosystem))
    here = lockfile(package("leaf", ecosystem=ecosystem), ecosystem=ecosystem)
    result = run(here, sources=[Partial(known)])
    assert ([one.rule_id for one in result.findings], len(result.problems), result.audited[0].complete) == (["GHSA-leaf"], 1, False)
    assert [one.reason for one in result.notices] == ["stale by a day"]
    assert run(here, sources=[Partial(known), Memory(name="other")]).problems == ()


def test_in_a_file_that_is_manifest_and_lockfile_the_packages_own_line_is_edited() -> None:
    flat = lockfile(
        package("app", "1.0.0", "leaf", path="requirements.txt", line=1),
        package("leaf", path="requirements.txt", line=2),
        direct=[wants("app", path="requirements.txt", line=1)],
        path="requirements.txt",
    )
    (finding,) = run(flat).findings
    assert finding.location.line == 2
    assert [(one.location.line, one.note) for one in finding.related] == [(1, "required here")]
    assert "(through app)" in finding.message


def test_the_next_step_is_one_for_the_source_that_was_silent() -> None:
    database = Unchecked(manifest="a.txt", service=NAME, missing=1, asked=1, names=("a@1",), reason="is cut off")
    assert unchecked(database).hint.startswith("build the database anew")
    assert unchecked(replace(database, service="OSV service")).hint.startswith("run again when the service answers")


def test_more_findings_than_anybody_reads_are_a_problem_of_each_file_that_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.dependencies.audit.MAX_FINDINGS", 3)
    locks = [lockfile(*(package("leaf", f"1.0.{number}") for number in range(2)), path=f"{name}/package-lock.json") for name in "abc"]
    clean = lockfile(package("other", "1.0.0"), path="d/package-lock.json")
    result = run(*locks, clean)
    assert len({one.id for one in result.findings}) == 3
    reason = "this scan has more than 3 findings in dependencies; not all of this file's are listed"
    assert [(one.subject, one.reason) for one in result.problems] == [(f"{name}/package-lock.json", reason) for name in "bc"]
    assert [one.complete for one in result.audited] == [True, False, False, True]
