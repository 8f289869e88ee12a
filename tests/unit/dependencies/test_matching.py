"""Does an advisory apply: the OSV rules as a table, and random ranges against brute force, packaging and node-semver."""

from __future__ import annotations

import datetime as dt
import json
import random

import nodesemver
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scanner.advisories import schema
from scanner.dependencies.match import match
from scanner.dependencies.matching import Applies, applies, stands
from scanner.models import Affected, Event, Range
from tests.unit.dependencies.sample import advisory, affects, at, span

YES, NO, UNCLEAR = Applies.YES, Applies.NO, Applies.UNCLEAR


def hit(block: Affected, version: str) -> Applies:
    return applies(advisory("GHSA-a", block), block.ecosystem, block.name, version)


def affected(ecosystem: str, versions: str, *ranges: Range) -> dict[str, bool]:
    block = affects(*ranges, ecosystem=ecosystem)
    return {version: hit(block, version) is YES for version in versions.split()}


@pytest.mark.parametrize(
    ("ranges", "inside", "outside"),
    [
        ((span("introduced 0"),), "0.0.0-a 0.0.1 99.0.0", ""),
        ((span("introduced 0", "fixed 1.2.0"),), "0.0.0 1.1.9 1.2.0-rc.1", "1.2.0 1.2.1 2.0.0-a"),
        ((span("introduced 1.0.0", "fixed 1.2.0"),), "1.0.0 1.1.0", "1.0.0-rc.1 0.9.0 1.2.0"),
        ((span("introduced 1.0.0", "last_affected 1.2.0"),), "1.0.0 1.2.0", "1.2.1 1.2.1-0 0.9.0"),
        ((span("fixed 1.2.0", "introduced 1.0.0"),), "1.0.0", "1.2.0"),
        ((span("introduced 1.0.0", "fixed 1.1.0", "introduced 2.0.0", "fixed 2.1.0"),), "1.0.5 2.0.5", "1.1.0 1.5.0 2.1.0"),
        ((span("introduced 2.0.0", "introduced 1.0.0", "fixed 2.1.0", "fixed 1.1.0"),), "1.0.5 2.0.5", "1.1.0 1.5.0 2.1.0"),
        ((span("introduced 2.0.0", "fixed 2.1.0"), span("introduced 1.0.0", "fixed 1.1.0")), "1.0.5 2.0.5", "1.5.0 2.1.0"),
        ((span("introduced 1.0.0", "fixed 2.0.0", "introduced 2.0.0", "fixed 3.0.0"),), "1.9.9 2.0.0 2.5.0", "3.0.0"),
        ((span("introduced 1.0.0", "last_affected 2.0.0", "introduced 2.0.0", "fixed 3.0.0"),), "2.0.0 2.5.0", "3.0.0"),
        ((span("introduced 2.0.0", "fixed 2.0.0"),), "", "1.0.0 2.0.0 3.0.0"),
        ((span("introduced 2.0.0", "last_affected 2.0.0"),), "2.0.0", "1.9.9 2.0.1"),
        ((span("introduced 1.0.0", "introduced 1.5.0", "fixed 2.0.0"),), "1.2.0 1.6.0", "2.0.0"),
        ((span("introduced 1.0.0", "fixed 2.0.0", "fixed 3.0.0"),), "1.5.0", "2.0.0 2.5.0 3.0.0"),
        ((span("introduced 0", "limit 2.0.0"),), "1.0.0", "2.0.0 3.0.0"),
        ((span("introduced 0", "limit 2.0.0", "limit 3.0.0"),), "2.5.0", "3.0.0"),
        ((span("introduced 0", "limit *"),), "9.0.0", ""),
        ((span("introduced 0", "fixed 1.5.0", "limit 2.0.0"),), "1.0.0", "1.5.0 2.0.0"),
        ((span("introduced 0", "last_affected 2.0.0", "limit 2.0.0"),), "1.9.9", "2.0.0"),
        ((span("introduced 5.0.0-alpha.1", "fixed 5.0.0-beta.3"),), "5.0.0-alpha.8 5.0.0-beta.1", "4.9.9 5.0.0-beta.3 5.0.0"),
        ((span("introduced 0", "fixed 1.2.0", kind="SEMVER"),), "1.1.0", "1.2.0"),
        ((span("fixed 1.2.0"),), "1.1.0", "1.2.0"),
        ((span(),), "", "1.0.0"),
        ((), "", "1.0.0"),
    ],
)
def test_osv_rules(ranges: tuple[Range, ...], inside: str, outside: str) -> None:
    assert affected("npm", inside, *ranges) == dict.fromkeys(inside.split(), True)
    assert affected("npm", outside, *ranges) == dict.fromkeys(outside.split(), False)


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        (("introduced 0", "fixed 2023.07.22"), "2023.5.7 2023.07.21", "2023.7.22 2023.07.22"),
        (("introduced 3.2", "fixed 3.2.5"), "3.2.0 3.2 3.2.4", "3.1.9 3.2.5"),
        (("introduced 0", "fixed 2.0"), "2.0rc1 2.0.dev3 1.9.post4", "2.0 2.0.post1"),
        (("introduced 0", "last_affected 1.0"), "1.0 1.0.0 1.0+cu118", "1.0.post1 1.1"),
        (("introduced 0", "last_affected 1.0+a"), "1.0+a 1.0", "1.0+b 1.1"),
        (("introduced 0", "fixed 1.0+fix"), "1.0 1.0+abc", "1.0+fix 1.0.post1"),
        (("introduced 0", "fixed 1!1.0"), "2024.1 0.1", "1!1.0 1!2.0"),
        (("introduced 0", "fixed 1.0.post1"), "1.0", "1.0.post1 1.0.post2"),
    ],
)
def test_pep440(events: tuple[str, ...], inside: str, outside: str) -> None:
    assert affected("PyPI", inside, span(*events)) == dict.fromkeys(inside.split(), True)
    assert affected("PyPI", outside, span(*events)) == dict.fromkeys(outside.split(), False)


def test_listed_versions_and_ranges_are_a_union() -> None:
    block = affects(span("introduced 2.0.0", "fixed 2.1.0"), versions=("1.0.0",))
    assert [hit(block, version) for version in ("1.0.0", "v1.0.0", "2.0.5", "1.0.1")] == [YES, YES, YES, NO]


@pytest.mark.parametrize("version", ["3.2", "3.2.0", "3.2+local"])
def test_listed_versions_of_pypi_compare_by_pep440(version: str) -> None:
    assert hit(affects(ecosystem="PyPI", versions=("3.2.0", "nonsense")), version) is YES


def test_ecosystem_then_name() -> None:
    block = affects(span("introduced 0"), name="Django_Thing", ecosystem="PyPI")
    known = advisory("GHSA-a", block)
    assert applies(known, "PyPI", "django-thing", "1.0") is YES
    assert applies(known, "npm", "Django_Thing", "1.0.0") is NO
    assert applies(known, "PyPI", "djangothing", "1.0") is NO


def test_several_blocks_about_one_package() -> None:
    known = advisory("GHSA-a", affects(span("introduced 1.0.0", "fixed 1.1.0")), affects(span("introduced 2.0.0", "fixed 2.1.0")))
    assert [applies(known, "npm", "lib", version) for version in ("1.0.0", "1.5.0", "2.0.0")] == [YES, NO, YES]


def test_npm_range_text() -> None:
    block = affects(npm_range=">=1.0.0 <1.2.3 || =2.0.0")
    assert [hit(block, version) for version in ("1.2.2", "1.2.3", "2.0.0", "0.9.0")] == [YES, NO, YES, NO]


@pytest.mark.parametrize(
    ("block", "version", "expected"),
    [
        (affects(span("introduced 0", "fixed 2007.1"), ecosystem="PyPI"), "2004d", UNCLEAR),
        (affects(span("introduced 0", "fixed 2007.1"), ecosystem="PyPI", versions=("2004d",)), "2004d", YES),
        (affects(ecosystem="PyPI", versions=("2004b",)), "2004d", NO),
        (affects(npm_range="<1.0.0"), "latest", UNCLEAR),
        (affects(span("introduced 0", "fixed garbage")), "9.0.0", YES),
        (affects(span("introduced garbage", "fixed 2.0.0")), "1.0.0", YES),
        (affects(span("introduced garbage", "fixed 2.0.0")), "2.0.0", NO),
        (affects(span("introduced 1.0.0", "last_affected garbage")), "9.0.0", YES),
        (affects(span("introduced 1.0.0", "limit garbage")), "9.0.0", YES),
        (affects(span("fixed garbage")), "9.0.0", YES),
        (affects(span("last_affected garbage")), "0.0.1", YES),
        (affects(span("introduced 1.0.0", "fixed 1.1.0"), span("fixed garbage")), "9.0.0", YES),
        (affects(span("introduced 0", f"fixed {'9' * 5000}")), "9.0.0", YES),
        (affects(span("introduced 0", f"fixed {'9' * 5000}"), ecosystem="PyPI"), "9.0", YES),
        (affects(span("introduced 0", "fixed 1.0"), ecosystem="PyPI"), "9" * 5000, UNCLEAR),
        (affects(), "1.0.0", UNCLEAR),
        (affects(ecosystem="PyPI"), "1.0.0", UNCLEAR),
        (affects(), "latest", UNCLEAR),
        (affects(span()), "1.0.0", UNCLEAR),
        (affects(span("limit 2.0.0")), "3.0.0", UNCLEAR),
        (affects(span(), span("introduced 1.0.0", "fixed 1.1.0")), "2.0.0", NO),
        (affects(span(), versions=("1.0.0",)), "2.0.0", NO),
    ],
)
def test_what_cannot_be_read_is_never_taken_for_safe(block: Affected, version: str, expected: Applies) -> None:
    assert hit(block, version) is expected


_GIT = {"type": "GIT", "repo": "https://a.example", "events": [{"introduced": "0"}, {"fixed": "0ff1ce"}]}
_NEWER = {"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}]}


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"ranges": [_GIT]}, UNCLEAR),
        ({"ranges": [{**_GIT, "type": "LUNAR"}]}, UNCLEAR),
        ({"ranges": [{"type": "ECOSYSTEM", "events": []}]}, UNCLEAR),
        ({"ranges": [{"type": "ECOSYSTEM"}]}, UNCLEAR),
        ({}, UNCLEAR),
        ({"ranges": [], "versions": []}, UNCLEAR),
        ({"ranges": [_GIT, _NEWER]}, NO),
        ({"ranges": [_GIT], "versions": ["2.0"]}, NO),
        ({"ranges": [_GIT], "versions": ["1.24.1"]}, YES),
    ],
)
def test_a_record_that_names_a_package_and_says_nothing_in_versions_is_unclear(block: dict[str, object], expected: Applies) -> None:
    """As they come: real records have Git ranges beside others, or beside a list of versions, and there those decide."""
    record = {"id": "GHSA-a", "affected": [{"package": {"ecosystem": "PyPI", "name": "lib"}, **block}]}
    known = schema.advisory(json.dumps(record).encode(), source="osv")
    assert applies(known, "PyPI", "lib", "1.24.1") is expected


def test_a_registry_row_without_a_range_is_unclear() -> None:
    assert hit(affects(npm_range=""), "1.0.0") is UNCLEAR


@pytest.mark.parametrize(
    ("published", "withdrawn", "as_of", "expected"),
    [
        ("2023-05-01T00:00:00Z", "", None, True),
        ("2023-05-01T00:00:00Z", "2023-06-01T00:00:00Z", None, False),
        ("2023-05-01T23:59:59Z", "", dt.date(2023, 5, 1), True),
        ("2023-05-02T00:00:00Z", "", dt.date(2023, 5, 1), False),
        ("", "", dt.date(2023, 5, 1), True),
        ("2023-01-01", "2023-06-01T00:00:00Z", dt.date(2023, 5, 1), True),
        ("2023-01-01", "2023-05-01T00:00:00Z", dt.date(2023, 5, 1), False),
    ],
)
def test_what_counts_on_a_day(published: str, withdrawn: str, as_of: dt.date | None, *, expected: bool) -> None:
    known = advisory("GHSA-a", affects(span("introduced 0")), published=published, withdrawn=withdrawn)
    assert stands(known, as_of) is expected
    assert bool(match(at("1.0.0"), (known,), as_of).found) is expected


def test_an_unclear_twin_of_a_hit_is_no_question() -> None:
    listed = advisory("GHSA-a", affects(ecosystem="PyPI", versions=("2004d",)), aliases=("CVE-1",))
    ranged = advisory("PYSEC-a", affects(span("introduced 0", "fixed 2005.1"), ecosystem="PyPI"), aliases=("CVE-1",))
    other = advisory("PYSEC-b", affects(span("introduced 0", "fixed 2005.1"), ecosystem="PyPI"))
    found = match(at("2004d", ecosystem="PyPI"), (listed, ranged, other))
    assert [one.id for one in found.found] == ["GHSA-a"]
    assert [one.id for one in found.unclear] == ["PYSEC-b"]


_LINE = [f"{a}.{b}.{c}{label}" for a in range(3) for b in range(3) for c in range(2) for label in ("-alpha", "-alpha.1", "-rc.1", "")]
_PYPI_LINE = [f"{a}.{b}{label}" for a in range(4) for b in range(3) for label in (".dev1", "a1", "rc1", "", ".post1")]


def brute_force(line: list[str], events: tuple[Event, ...], version: str) -> bool:
    """Walk the versions from the oldest, switching at each event: nothing but the definition."""
    is_open = False
    for one in line:
        here = [event.kind for event in events if event.version == one]
        was_open = is_open
        before = [kind for kind in here if kind != "introduced"] if was_open else []
        is_open = (is_open and not before) or "introduced" in here
        if not was_open and "introduced" in here and "fixed" in here:
            is_open = False
        if one == version:
            return is_open or (was_open and "last_affected" in here and "fixed" not in here)
        if not was_open and "introduced" in here and "last_affected" in here:
            is_open = False
    raise AssertionError(version)


def _ranges(line: list[str]) -> st.SearchStrategy[tuple[Event, ...]]:
    def build(places: list[int], kinds: list[bool], seed: int) -> tuple[Event, ...]:
        events, is_open = [], False
        for index, place in enumerate(sorted(places)):
            kind = ("fixed" if kinds[index % len(kinds)] else "last_affected") if is_open else "introduced"
            is_open = not is_open
            events.append(Event(kind=kind, version=line[place]))
        random.Random(seed).shuffle(events)
        return tuple(events)

    places = st.lists(st.integers(0, len(line) - 1), min_size=1, max_size=6, unique=True)
    return st.builds(build, places, st.lists(st.booleans(), min_size=1, max_size=3), st.integers(0, 1000))


@settings(deadline=None)
@given(_ranges(_LINE), st.sampled_from(_LINE))
def test_npm_ranges_against_brute_force(events: tuple[Event, ...], version: str) -> None:
    block = affects(Range(type="SEMVER", events=events))
    assert (hit(block, version) is YES) is brute_force(_LINE, events, version)


@settings(deadline=None)
@given(_ranges(_PYPI_LINE), st.sampled_from(_PYPI_LINE))
def test_pypi_ranges_against_brute_force(events: tuple[Event, ...], version: str) -> None:
    block = affects(Range(type="ECOSYSTEM", events=events), ecosystem="PyPI")
    assert sorted(_PYPI_LINE, key=Version) == _PYPI_LINE
    assert (hit(block, version) is YES) is brute_force(_PYPI_LINE, events, version)


_RELEASES = st.sampled_from([version for version in _PYPI_LINE if Version(version).public == Version(version).base_version])


@settings(deadline=None)
@given(_RELEASES, _RELEASES, st.sampled_from(("fixed", "last_affected")), _RELEASES)
def test_pypi_ranges_against_packaging(start: str, end: str, kind: str, version: str) -> None:
    start, end = sorted((start, end), key=Version)
    block = affects(span(f"introduced {start}", f"{kind} {end}"), ecosystem="PyPI")
    sign = "<" if kind == "fixed" else "<="
    expected = SpecifierSet(f">={start},{sign}{end}").contains(version, prereleases=True)
    assert (hit(block, version) is YES) is expected


@settings(deadline=None)
@given(st.sampled_from(_LINE), st.sampled_from(_LINE), st.sampled_from(("fixed", "last_affected")), st.sampled_from(_LINE))
def test_npm_ranges_against_node_semver(one: str, two: str, kind: str, version: str) -> None:
    start, end = sorted((one, two), key=_LINE.index)
    block = affects(span(f"introduced {start}", f"{kind} {end}"))
    text = f">={start} {'<' if kind == 'fixed' else '<='}{end}"
    expected = nodesemver.compare(version, start, True) >= 0 and nodesemver.compare(version, end, True) < (1 if kind != "fixed" else 0)
    assert (hit(block, version) is YES) is expected
    assert (hit(affects(npm_range=text), version) is YES) is expected
