"""Records of one flaw become one advisory."""

from __future__ import annotations

import itertools

import pytest

from scanner.dependencies import twins
from scanner.models import Advisory, Severity
from tests.unit.dependencies.sample import advisory, affects, span

ONE, TWO = affects(span("introduced 0", "fixed 1.1.0")), affects(span("introduced 0", "fixed 1.2.0"))
GHSA = advisory("GHSA-aaaa", ONE, aliases=("CVE-1",), severity=Severity.UNKNOWN, summary="First")
PYSEC = advisory("PYSEC-1", TWO, aliases=("CVE-1",), severity=Severity.CRITICAL, published="2023-01-02")
CVE = advisory("CVE-1", severity=Severity.LOW, published="2023-01-01")
OTHER = advisory("GHSA-bbbb", aliases=("CVE-2",))


def ids(records: tuple[Advisory, ...]) -> list[list[str]]:
    return [[one.id for one in group] for group in twins.groups(records)]


@pytest.mark.parametrize("records", list(itertools.permutations((GHSA, PYSEC, CVE, OTHER))))
def test_joined_in_any_order(records: tuple[Advisory, ...]) -> None:
    assert ids(records) == [["GHSA-aaaa", "PYSEC-1", "CVE-1"], ["GHSA-bbbb"]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (advisory("GHSA-a", aliases=("PYSEC-a",)), advisory("PYSEC-a")),
        (advisory("GHSA-a"), advisory("PYSEC-a", aliases=("GHSA-a",))),
        (advisory("GHSA-a", aliases=("CVE-9",)), advisory("PYSEC-a", related_ids=("CVE-9",))),
        (advisory("GHSA-a", related_ids=("CVE-9",)), advisory("PYSEC-a", aliases=("CVE-9",))),
        (advisory("GHSA-a"), advisory("PYSEC-a", related_ids=("GHSA-a",))),
    ],
)
def test_joined_both_ways(one: Advisory, two: Advisory) -> None:
    assert ids((one, two)) == ids((two, one)) == [["GHSA-a", "PYSEC-a"]]


def test_joined_transitively() -> None:
    chain = (advisory("GHSA-a", aliases=("CVE-1",)), advisory("PYSEC-a", aliases=("CVE-1", "CVE-2")), advisory("X-1", aliases=("CVE-2",)))
    assert ids(chain) == [["GHSA-a", "PYSEC-a", "X-1"]]


def test_a_reference_that_two_records_share_does_not_join_them() -> None:
    assert ids((advisory("GHSA-a", related_ids=("CVE-9",)), advisory("GHSA-b", related_ids=("CVE-9",)))) == [["GHSA-a"], ["GHSA-b"]]


def linked(id_: str, *related: str, aliases: tuple[str, ...] = ()) -> Advisory:
    return advisory(id_, aliases=aliases, related_ids=related)


HARMLESS, GRAVE = linked("GHSA-a", aliases=("CVE-1",)), linked("GHSA-b", aliases=("CVE-2",))


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((HARMLESS, GRAVE, linked("PYSEC-1", "CVE-2", "GHSA-a")), "GHSA-a; GHSA-b; PYSEC-1"),
        ((HARMLESS, GRAVE, linked("PYSEC-1", "GHSA-a")), "GHSA-a PYSEC-1; GHSA-b"),
        ((HARMLESS, GRAVE, linked("PYSEC-1", "CVE-1", "GHSA-a")), "GHSA-a PYSEC-1; GHSA-b"),
        ((HARMLESS, GRAVE, linked("PYSEC-1", "CVE-2", "GHSA-a"), linked("PYSEC-2", "GHSA-a")), "GHSA-a PYSEC-2; GHSA-b; PYSEC-1"),
        ((HARMLESS, linked("PYSEC-1", "GHSA-a", aliases=("CVE-2",))), "GHSA-a; PYSEC-1"),
        ((linked("GHSA-a"), linked("PYSEC-1", "GHSA-a", aliases=("CVE-1",))), "GHSA-a PYSEC-1"),
        (
            (linked("GHSA-a"), linked("PYSEC-1", "GHSA-a", aliases=("CVE-1",)), linked("PYSEC-2", "GHSA-a", aliases=("CVE-2",))),
            "GHSA-a; PYSEC-1; PYSEC-2",
        ),
        ((HARMLESS, GRAVE, linked("PYSEC-1", "GHSA-a", "MAL-1"), linked("MAL-1", "GHSA-b")), "GHSA-a; GHSA-b; MAL-1; PYSEC-1"),
        ((HARMLESS, linked("CVE-1", "PYSEC-1"), linked("PYSEC-1")), "GHSA-a PYSEC-1 CVE-1"),
    ],
)
def test_a_reference_joins_one_flaw_and_never_bridges_two(records: tuple[Advisory, ...], expected: str) -> None:
    for order in itertools.permutations(records):
        assert "; ".join(" ".join(group) for group in ids(order)) == expected


def test_accepting_one_advisory_accepts_no_other_that_is_mentioned_beside_it() -> None:
    """What an allow entry is held against are the names of the merged advisory."""
    bridge = linked("PYSEC-1", "CVE-2", "GHSA-a")
    names = [twins.merge(group).names for group in twins.groups((HARMLESS, GRAVE, bridge))]
    assert [one for one in names if "GHSA-a" in one] == [{"GHSA-a", "CVE-1"}]


def test_merged_takes_the_best_of_each() -> None:
    merged = twins.merge((GHSA, PYSEC, CVE))
    assert merged.id == "GHSA-aaaa"
    assert merged.aliases == ("CVE-1", "PYSEC-1")
    assert (merged.severity, merged.severity_source) == (Severity.CRITICAL, "alias PYSEC-1")
    assert (merged.summary, merged.published) == ("First", "2023-01-01")
    assert merged.affected == (*GHSA.affected, *PYSEC.affected)


def test_severity_of_its_own_keeps_its_source() -> None:
    merged = twins.merge((advisory("GHSA-a", severity=Severity.HIGH), advisory("PYSEC-a", severity=Severity.LOW)))
    assert (merged.severity, merged.severity_source) == (Severity.HIGH, "GHSA level")


def test_the_same_record_from_two_sources_is_one() -> None:
    one, two = advisory("GHSA-a", summary="from osv"), Advisory(id="GHSA-a", severity=Severity.LOW, source="registry")
    (group,) = twins.groups((one, two))
    assert twins.merge(group).source == "osv, registry"
    assert twins.merge(group).aliases == ()


@pytest.mark.parametrize(
    ("given", "first"),
    [(("CVE-1", "MAL-1"), "MAL-1"), (("PYSEC-1", "CVE-1"), "PYSEC-1"), (("MAL-1", "GHSA-z"), "GHSA-z"), (("OSV-1", "CVE-1"), "CVE-1")],
)
def test_which_id_comes_first(given: tuple[str, ...], first: str) -> None:
    (group,) = twins.groups(advisory(id_, aliases=given) for id_ in given)
    assert group[0].id == first
