"""SARIF: valid by the standard's schema, within GitHub's limits, the same fingerprints when lines move."""

from __future__ import annotations

import json
import zlib
from random import Random
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from msgspec.structs import replace

from scanner.models import Judged, Location, Severity
from scanner.reporters import Style, reporter, sarif
from tests.unit.reporters import hostile, sample, schemas

if TYPE_CHECKING:
    from scanner.models import Verdict


@pytest.fixture(scope="module")
def validator() -> jsonschema.protocols.Validator:
    return schemas.sarif()


def run(verdict: Verdict) -> dict[str, Any]:
    (one,) = json.loads(reporter("sarif").render(verdict, Style()))["runs"]
    return one  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "verdict", [sample.verdict(), sample.clean(), sample.incomplete(), sample.many(60), hostile.verdict(hostile.strings(Random(2), 300))]
)
def test_it_is_sarif(verdict: Verdict, validator: jsonschema.protocols.Validator) -> None:
    validator.validate(json.loads(reporter("sarif").render(verdict, Style())))


def test_the_schema_refuses_what_is_not_sarif(validator: jsonschema.protocols.Validator) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"version": "2.1.0", "runs": [{"results": []}]})


def test_fingerprints_do_not_move_with_lines() -> None:
    def fingerprints(shift: int) -> list[str]:
        rows = sample.verdict().judged
        moved = tuple(
            replace(one, finding=replace(one.finding, location=replace(one.finding.location, line=one.finding.location.line + shift)))
            for one in rows
        )
        results = run(replace(sample.verdict(), judged=moved))["results"]
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in results]

    assert fingerprints(0) == fingerprints(100)
    assert len(set(fingerprints(0))) == len(fingerprints(0))


def test_every_result_points_at_its_rule_and_every_rule_helps() -> None:
    whole = run(sample.verdict())
    rules = whole["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in whole["results"]] == [one["ruleId"] for one in whole["results"]]
    assert all(rule["help"]["text"] and rule["help"]["markdown"] and len(rule["properties"]["tags"]) <= 20 for rule in rules)
    assert [rule["properties"]["security-severity"] for rule in rules] == ["9.5", "9.5", "8.0", "5.5", "9.5"]


def test_an_unscored_advisory_has_no_made_up_score() -> None:
    judged = (Judged(finding=sample.vulnerability("a", "1", "GHSA-1", Severity.UNKNOWN), blocking=True),)
    (rule,) = run(replace(sample.clean(), judged=judged))["tool"]["driver"]["rules"]
    assert "security-severity" not in rule["properties"]


def test_accepted_findings_are_suppressed_results() -> None:
    words = [one["suppressions"][0] for one in run(sample.verdict())["results"] if "suppressions" in one]
    assert [(one["kind"], one["status"]) for one in words] == [("external", "accepted"), ("inSource", "accepted")]
    assert words[0]["justification"] == "allow entry, until 2026-05-10: only in the build step"


def test_what_could_not_be_checked_is_in_the_invocation() -> None:
    (invocation,) = run(sample.incomplete())["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["error", "error"]


def test_githubs_limit_of_results_is_kept_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", (7, 0))
    whole = run(sample.many(20))
    assert len(whole["results"]) == 7
    assert whole["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"] == "13 more findings are in the JSON report."
    assert {one["properties"]["severity"] for one in whole["results"]} == {"critical"}


def test_githubs_limit_of_size_is_kept_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", (2000, 500, 200, 0))
    monkeypatch.setattr(sarif, "MOST_COMPRESSED", 40_000)
    text = reporter("sarif").render(sample.many(2000), Style())
    assert 10_000 < len(zlib.compress(text.encode())) <= 40_000
    (whole,) = json.loads(text)["runs"]
    assert whole["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"].endswith("more findings are in the JSON report.")
    assert 0 < len(whole["results"]) < 2000


@pytest.mark.parametrize(
    ("location", "region"),
    [
        (Location(path="a", line=3), {"startLine": 3}),
        (Location(path="a", line=3, column=2, end_line=3, end_column=9), {"startLine": 3, "startColumn": 2, "endLine": 3, "endColumn": 9}),
        (Location(path="a", line=3, column=9, end_line=3, end_column=2), {"startLine": 3}),
        (Location(path="a", line=3, end_line=5), {"startLine": 3, "endLine": 5}),
        (Location(path="a", line=0), {"startLine": 1}),
    ],
)
def test_regions(location: Location, region: dict[str, int]) -> None:
    judged = (Judged(finding=replace(sample.token(), location=location), blocking=True),)
    (result,) = run(replace(sample.clean(), judged=judged))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == region


def test_a_path_is_a_relative_reference() -> None:
    judged = (Judged(finding=sample.token(path="a b/ü:#?%.py"), blocking=True),)
    (result,) = run(replace(sample.clean(), judged=judged))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC%3A%23%3F%25.py"


def test_foreign_brackets_make_no_link() -> None:
    judged = (Judged(finding=replace(sample.token(), message="[click](https://evil.example)"), blocking=True),)
    (result,) = run(replace(sample.clean(), judged=judged))["results"]
    assert "\\[click\\](https://evil.example)" in result["message"]["text"]


@pytest.mark.parametrize(
    ("prefix", "shard", "category"),
    [
        ("", "", "security-scan-gate/"), ("apps/web/", "", "security-scan-gate/apps/web/"),
        ("services/api/", "1/2", "security-scan-gate/services/api/shard-1-of-2/"), ("", "2/2", "security-scan-gate/shard-2-of-2/"),
    ],
)  # fmt: skip
def test_each_part_of_a_matrix_has_its_own_category(prefix: str, shard: str, category: str) -> None:
    verdict = replace(sample.verdict(), run=replace(sample.run(), prefix=prefix, shard=shard))
    assert run(verdict)["automationDetails"]["id"] == category
