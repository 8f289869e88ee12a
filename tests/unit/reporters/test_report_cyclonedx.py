"""The bill of materials: valid by the standard's schema, every audited package in it, accepted findings with an analysis."""

from __future__ import annotations

import json
import time
from random import Random
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from msgspec.structs import replace

from scanner.models import Location, Package
from scanner.reporters import Style, reporter
from tests.unit.reporters import hostile, sample, schemas

if TYPE_CHECKING:
    from scanner.models import Verdict


@pytest.fixture(scope="module")
def validator() -> jsonschema.protocols.Validator:
    return schemas.cyclonedx()


def bom(verdict: Verdict) -> dict[str, Any]:
    return json.loads(reporter("cyclonedx").render(verdict, Style()))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "verdict", [sample.verdict(), sample.clean(), sample.incomplete(), sample.many(30), hostile.verdict(hostile.strings(Random(4), 200))]
)
def test_it_is_cyclonedx_1_6(verdict: Verdict, validator: jsonschema.protocols.Validator) -> None:
    whole = bom(verdict)
    assert whole["specVersion"] == "1.6"
    validator.validate(whole)


@pytest.mark.parametrize("seed", range(20))
def test_hostile_names_are_carried(seed: int) -> None:
    verdict = hostile.verdict(hostile.strings(Random(seed), 100))
    assert len(bom(verdict)["components"]) >= 4


def test_the_schema_refuses_what_is_not_cyclonedx(validator: jsonschema.protocols.Validator) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "a"}]})


def test_same_verdict_same_bytes() -> None:
    assert reporter("cyclonedx").render(sample.verdict(), Style()) == reporter("cyclonedx").render(sample.verdict(), Style())


def test_every_audited_package_is_a_component_once() -> None:
    purls = [one["purl"] for one in bom(sample.verdict())["components"]]
    assert purls == sorted({one.purl for one in sample.packages()}, key=purls.index)
    assert len(purls) == 4


def test_vulnerabilities_point_at_components() -> None:
    whole = bom(sample.verdict())
    known = {one["bom-ref"] for one in whole["components"]}
    assert {one["ref"] for row in whole["vulnerabilities"] for one in row["affects"]} <= known
    assert sorted(row["id"] for row in whole["vulnerabilities"]) == [
        "GHSA-67hx-6x53-jw92",
        "GHSA-aaaa-1111-bbbb",
        "GHSA-cccc-3333-dddd",
        "GHSA-eeee-5555-ffff",
    ]


def test_what_needs_what() -> None:
    first, second, *rest = sample.packages()
    flask = replace(second, key="flask", requires=("jinja2", "unknown", "flask"))
    whole = bom(replace(sample.verdict(), packages=(replace(first, key="jinja2", requires=("flask",)), flask, *rest)))
    needs = {one["ref"]: one.get("dependsOn", []) for one in whole["dependencies"]}
    assert needs["pkg:pypi/flask@1.1.2"] == ["pkg:pypi/jinja2@2.11.2"]
    assert needs["pkg:pypi/jinja2@2.11.2"] == ["pkg:pypi/flask@1.1.2"]
    assert needs["target"] == ["pkg:npm/%40babel/traverse@7.20.0", "pkg:npm/minimist@0.0.8"]


def test_only_what_was_accepted_has_an_analysis_and_it_claims_no_safety() -> None:
    rows = {row["id"]: row.get("analysis") for row in bom(sample.verdict())["vulnerabilities"]}
    assert [key for key, analysis in rows.items() if analysis] == ["GHSA-cccc-3333-dddd"]
    assert rows["GHSA-cccc-3333-dddd"] == {
        "state": "exploitable",
        "response": ["will_not_fix"],
        "detail": "accepted: allow entry, until 2026-05-10: only in the build step",
    }


def test_a_report_without_packages_still_lists_the_vulnerable_ones() -> None:
    assert len(bom(replace(sample.verdict(), packages=()))["components"]) == 3


def chain(count: int) -> Verdict:
    """A verdict over packages each of which needs two that come after it."""
    place = Location(path="package-lock.json")
    every = (
        Package(ecosystem="npm", name=f"p{n}", version="1.0.0", location=place, key=str(n), requires=(str(2 * n + 1), str(2 * n + 2)))
        for n in range(count)
    )
    return replace(sample.clean(), packages=tuple(every))


def test_time_grows_with_the_packages_and_not_with_their_square() -> None:
    times = []
    for count in (300, 2400):
        started = time.process_time()
        assert len(bom(chain(count))["dependencies"]) == count + 1
        times.append(time.process_time() - started)
    assert times[1] < 24 * times[0]
