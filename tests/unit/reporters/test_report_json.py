"""The JSON report keeps its promise: the shape of version 1, valid by its own schema, readable again, the same bytes each time."""

from __future__ import annotations

import json
from random import Random

import jsonschema
import pytest

from scanner.errors import ParseError
from scanner.models import Verdict
from scanner.reporters import Style, reporter
from scanner.reporters.json import read, report, schema
from tests.unit.reporters import hostile, sample

SHAPE = {
    "": "schema_version tool target commit base started_at duration_s verdict counts findings audited scanned problems policy",
    "counts": "findings blocking suppressed by_severity by_kind",
    "findings": "id kind rule_id severity blocking origin message location related suppressed package advisory secret",
    "findings.location": "path line column end_line end_column",
    "findings.package": "purl ecosystem name version scope paths",
    "findings.advisory": "id aliases summary url cvss severity_source fixed_versions recommended_version published withdrawn",
    "audited": "manifest format ecosystem packages source source_date complete",
    "scanned": "files bytes skipped",
    "policy": "fail_on expired stale expiring changed_in_this_pull_request",
}
VERDICTS = [sample.verdict(), sample.clean(), sample.incomplete(), sample.many(50)]


def rendered(verdict: Verdict) -> str:
    return reporter("json").render(verdict, Style())


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_report_is_valid_by_the_published_schema(verdict: Verdict) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(json.loads(rendered(verdict)))


def test_hostile_text_stays_text() -> None:
    whole = json.loads(rendered(hostile.verdict(hostile.strings(Random(1), 200))))
    jsonschema.Draft202012Validator(schema()).validate(whole)


@pytest.mark.parametrize("verdict", [*VERDICTS, hostile.verdict(hostile.strings(Random(9), 100))])
def test_it_can_be_read_back(verdict: Verdict) -> None:
    assert read(rendered(verdict).encode()) == report(verdict)


def test_same_verdict_same_bytes() -> None:
    assert rendered(sample.verdict()) == rendered(sample.verdict())


@pytest.mark.parametrize("where", SHAPE)
def test_the_keys_are_those_of_version_1(where: str) -> None:
    value = json.loads(rendered(sample.verdict()))
    for key in filter(None, where.split(".")):
        value = value[key]
        value = value[0] if isinstance(value, list) else value
    assert list(value) == SHAPE[where].split()


def test_counts_leave_accepted_findings_out_and_the_list_keeps_them() -> None:
    whole = report(sample.verdict())
    assert (whole.counts.findings, whole.counts.suppressed, len(whole.findings)) == (4, 2, 6)
    assert [one.suppressed.by for one in whole.findings if one.suppressed] == ["config", "inline"]
    assert whole.findings[4].suppressed is not None
    assert whole.findings[4].suppressed.expires == "2026-05-10"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "truncated"),
        (b"[]", "Expected `object`"),
        (b'{"schema_version": 2}', "schema_version"),
        (b"\xff", "JSON report"),
        (b'{"schema_version": 1, "tool": {"name": "a"}}', "tool"),
    ],
)
def test_what_is_not_a_report_is_refused_by_its_key(content: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read(content)
