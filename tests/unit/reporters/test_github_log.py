"""What a runner makes of our log: exactly the commands that were meant, within the budget, in both grammars."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scanner.models import Judged, Location, Outcome, Problem, Severity, Verdict
from scanner.reporters import Style, reporter
from scanner.reporters._annotations import BUDGET, Annotation, command, planned
from scanner.reporters._escape import data, log_line, property_value
from tests.unit.reporters import hostile, sample
from tests.unit.reporters.workflow_parser import commands, old_commands, outputs

# The shapes that the usual problem matchers look for, in the order compiler, TypeScript, eslint, Python.
MATCHERS = [
    re.compile(r"^(.*):(\d+):(\d*):?\s*(?:fatal\s+)?(warning|error)\b", re.IGNORECASE),
    re.compile(r"^([^\s].*)[\(:](\d+)[,:](\d+)(?:\):\s+|\s+-\s+)(error|warning|info)\s+TS"),
    re.compile(r"^(.+):\sline\s(\d+),\scol\s(\d+),\s(Error|Warning|Info)\s-\s"),
    re.compile(r"^\s+(\d+):(\d+)\s+(error|warning|info)\s+"),
    re.compile(r'^\s*File\s"(.*)",\sline\s(\d+),\sin\s'),
]


def rendered(verdict: Verdict, detail: int = 1) -> str:
    return reporter("github").render(verdict, Style(detail=detail))


def test_escapes_are_what_the_runner_undoes() -> None:
    assert data("50% of\r\nx, y: z") == "50%25 of%0D%0Ax, y: z"
    assert property_value("a:b,c%") == "a%3Ab%2Cc%25"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("::error::x", "\\::error::x"),
        ("  ::error::x", "\\::error::x"),
        ("a ##[error]x", "a # #[error]x"),
        ("###[error]x", "## #[error]x"),
        ("a\n::error::x\r", "a\\n::error::x\\r"),
        ("\x1b[31mred\u202e", "\\x1b[31mred\\u202e"),
        ("a.c:3:1: error: x", "a.c: 3: 1: error: x"),
        ("a.ts(3,1): error TS1: x", "a.ts( 3,1): error TS1: x"),
        ("jinja2 2.11.2 (a/b.txt line 4)", "jinja2 2.11.2 (a/b.txt line 4)"),
        ("https://osv.example/GHSA-1", "https://osv.example/GHSA-1"),
    ],
)
def test_a_log_line_is_only_a_line(text: str, line: str) -> None:
    assert log_line(text) == line


@given(st.lists(st.one_of(st.text(), st.sampled_from(hostile.FRAGMENTS)), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_every_field_of_a_verdict_may_be_hostile(texts: list[str]) -> None:
    verdict = hostile.verdict(texts)
    log = rendered(verdict)
    seen = Counter(one.name for one in commands(log))
    assert old_commands(log) == []
    assert set(seen) <= {"error", "warning", "notice", "group", "endgroup"}
    assert seen["group"] == seen["endgroup"]
    assert [read_back(one) for one in commands(log) if "group" not in one.name] == [expected(one) for one in planned(verdict)]
    for color in (True, False):
        terminal = reporter("console").render(verdict, Style(width=60, detail=1, color=color))
        assert commands(terminal) == []
        assert old_commands(terminal) == []


@given(st.dictionaries(st.sampled_from(["json-file", "sarif-file"]), st.text() | st.sampled_from(hostile.FRAGMENTS)))
def test_outputs_survive_their_file(files: dict[str, str]) -> None:
    from scanner.reporters.github import output_block
    from scanner.reporters.github import outputs as values

    meant = values(sample.verdict(), json_file=files.get("json-file", ""), sarif_file=files.get("sarif-file", ""))
    assert outputs(output_block(meant, "d3b07384d113edec49eaa6238ad5ff00")) == meant


def test_outputs_refuse_a_delimiter_that_a_value_holds() -> None:
    from scanner.reporters.github import output_block

    with pytest.raises(ValueError, match="delimiter"):
        output_block({"json-file": "a\nEOF\nverdict=pass"}, "EOF")


def test_outputs_of_the_sample() -> None:
    from scanner.reporters.github import outputs as values

    assert values(sample.verdict(), json_file="r.json") == {
        "verdict": "fail",
        "blocking": "3",
        "findings": "4",
        "critical": "2",
        "high": "1",
        "moderate": "1",
        "low": "0",
        "vulnerabilities": "3",
        "secrets": "1",
        "json-file": "r.json",
        "sarif-file": "",
    }


@pytest.mark.parametrize(("findings", "errors", "more"), [(0, 0, 0), (1, 1, 0), (10, 10, 0), (11, 10, 2), (50, 10, 41), (5000, 10, 4991)])
def test_the_budget(findings: int, errors: int, more: int) -> None:
    seen = [one for one in commands(rendered(sample.many(findings))) if one.name == "error"]
    assert len(seen) == errors
    assert ("more errors" in seen[-1].properties["title"]) == bool(more) if seen else not more
    if more:
        assert seen[-1].data.startswith(f"{more:,} more errors")
        assert "summary" in seen[-1].data
        assert all("(critical)" in one.properties["title"] for one in seen[: min(9, findings // 2)])


@pytest.mark.parametrize("each", [1, 10, 11, 50, 5000])
def test_each_type_has_a_budget_of_its_own(each: int) -> None:
    """Thirty marks at most, of the fifty that a job has."""
    warned = tuple(
        Judged(finding=sample.vulnerability(f"{severity.label}-{n}", "1", f"GHSA-{n}", severity), blocking=False)
        for severity in (Severity.MODERATE, Severity.LOW)
        for n in range(each)
    )
    many = sample.many(each)
    seen = Counter(one.name for one in commands(rendered(replace(many, judged=(*many.judged, *warned)))) if "group" not in one.name)
    assert seen == dict.fromkeys(("error", "warning", "notice"), min(each, 10))


def test_one_annotation_for_a_package_in_a_file() -> None:
    judged = tuple(Judged(finding=sample.vulnerability("jinja2", "2.0", f"GHSA-{n}", Severity.HIGH), blocking=True) for n in range(7))
    (one,) = planned(replace(sample.clean(), outcome=Outcome.FAIL, judged=judged))
    assert one.title == "jinja2 2.0: 7 advisories (worst: high)"
    assert "and 2 more advisories" in one.message


@pytest.mark.parametrize(("secrets", "annotations"), [(3, 3), (10, 10), (11, 1)])
def test_secrets_of_a_file_share_an_annotation_only_where_the_budget_asks_for_it(secrets: int, annotations: int) -> None:
    judged = tuple(Judged(finding=sample.token(line=n + 1), blocking=True) for n in range(secrets))
    assert len(planned(replace(sample.clean(), outcome=Outcome.FAIL, judged=judged))) == annotations


@pytest.mark.parametrize(
    ("findings", "problems", "marks"),
    [
        (0, 10, (0, 10)), (1, 12, (1, 8)), (7, 3, (7, 3)), (5, 12, (5, 4)), (6, 12, (6, 3)), (20, 12, (6, 3)), (20, 1, (8, 1)),
        (20, 0, (9, 0)), (0, 12, (0, 9)), (10, 0, (10, 0)), (9, 1, (9, 1)), (9, 2, (7, 2)),
    ],
)  # fmt: skip
def test_what_blocks_comes_first_and_what_could_not_be_checked_crowds_nothing_out(
    findings: int, problems: int, marks: tuple[int, int]
) -> None:
    unread = tuple(Problem(subject=f"p{number}", reason="cannot be read") for number in range(problems))
    titles = [one.title for one in planned(replace(sample.many(findings), exit_code=1, problems=unread))]
    kinds = "".join("p" if title.startswith("could not") else "+" if "more errors" in title else "f" for title in titles)
    assert kinds == "f" * marks[0] + "p" * marks[1] + "+" * (findings + problems > 10)
    if findings + problems > 10:
        assert titles[-1] == f"{findings + problems - 9} more errors"


def test_problems_of_a_job_that_passes_all_the_same_are_warnings() -> None:
    verdict = replace(sample.incomplete(), exit_code=0)
    assert {one.level for one in planned(verdict)} == {"warning"}
    assert "on-incomplete is warn" in rendered(verdict).splitlines()[0]


def test_a_loosened_policy_is_a_warning_at_its_line() -> None:
    (one,) = [one for one in planned(sample.verdict()) if "loosens" in one.title]
    assert (one.level, one.location) == ("warning", Location(path=".security-scan.yml", line=5))


@pytest.mark.parametrize(
    ("location", "properties"),
    [
        (
            Location(path="a", line=3, column=5, end_line=3, end_column=9),
            {"file": "a", "line": "3", "endLine": "3", "col": "5", "endColumn": "9"},
        ),
        (Location(path="a", line=3, column=5, end_line=4, end_column=9), {"file": "a", "line": "3", "endLine": "4"}),
        (Location(path="a", line=3, column=5, end_line=2, end_column=9), {"file": "a", "line": "3", "endLine": "3"}),
        (Location(path="a", line=3, column=5, end_column=2), {"file": "a", "line": "3", "endLine": "3"}),
        (Location(path="a ##[x]", line=3), {}),
        (Location(path="/etc/scan.yml", line=3), {}),
        (Location(path="../ci/scan.yml", line=3), {}),
        (Location(path="..a", line=3), {"file": "..a", "line": "3", "endLine": "3"}),
        (None, {}),
    ],
)
def test_where_an_annotation_points(location: Location | None, properties: dict[str, str]) -> None:
    (seen,) = commands(command(Annotation(level="error", title="t", message="m", location=location)))
    assert seen.properties == {"title": "t", **properties}


def test_a_message_is_cut_where_github_cuts_it() -> None:
    (seen,) = commands(command(Annotation(level="error", title="t" * 999, message="%\n" * 9999)))
    assert len(seen.data) == 4096
    assert seen.data.endswith("…")


def read_back(one: object) -> tuple[object, ...]:
    """A command as the reader of the annotation sees it."""
    name, properties, message = one  # type: ignore[misc]
    return (name, properties.get("title"), properties.get("file"), message)


def expected(one: Annotation) -> tuple[object, ...]:
    """What the reader of the annotation must see: our text, with unseen characters written out and no old-style command."""
    carried = one.location is not None and "##[" not in one.location.path and not one.location.path.startswith(("/", "../"))
    message = one.message if carried or one.location is None else f"{one.location}: {one.message}"
    clipped = message if len(message) <= 4096 else message[:4095] + "…"
    title = one.title.strip() if len(one.title.strip()) <= 200 else one.title.strip()[:199] + "…"
    return (one.level, _visible(title), _visible(one.location.path) if carried and one.location else None, _visible(clipped))


def _visible(text: str) -> str:
    kept = "".join(char if char in "\r\n" or not _unseen(char) else _named(char) for char in text)
    return kept.replace("##[", "# #[")


def _unseen(char: str) -> bool:
    code = ord(char)
    ranges = ((0, 0x1F), (0x7F, 0x9F), (0x200E, 0x200F), (0x2028, 0x202E), (0x2066, 0x2069), (0xFEFF, 0xFEFF), (0x61C, 0x61C))
    return any(low <= code <= high for low, high in ranges)


def _named(char: str) -> str:
    return "\\t" if char == "\t" else f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"


def test_the_budget_is_githubs() -> None:
    assert BUDGET == 10
