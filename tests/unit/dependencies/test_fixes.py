"""Which version clears what."""

from __future__ import annotations

import pytest

from scanner.dependencies.fixes import clearing_version, fixed_versions
from scanner.models import Advisory
from tests.unit.dependencies.sample import advisory, affects, at, span

BRANCHES = advisory(
    "GHSA-branches", affects(span("introduced 3.0.0", "fixed 3.2.1", "introduced 1.0.0", "fixed 1.4.2", "introduced 2.0.0", "fixed 2.3.0"))
)
WIDE = advisory("GHSA-wide", affects(span("introduced 0", "fixed 2.5.0")))
OPEN = advisory("GHSA-open", affects(span("introduced 0")))
LAST = advisory("GHSA-last", affects(span("introduced 0", "last_affected 3.2.1")))
OVERLAPPING = advisory("G", affects(span("introduced 0", "fixed 1.1.0")), affects(span("introduced 1.0.5", "fixed 1.2.0")))
LATER = advisory("GHSA-later", affects(span("introduced 2.5.0", "fixed 2.5.1")))
SILENT = affects()
HALF = advisory("GHSA-half", affects(span("introduced 0", "fixed 1.2.0")), SILENT)
EARLY = advisory("GHSA-early", affects(span("introduced 0", "fixed 1.4.2-rc.1")))


@pytest.mark.parametrize(
    ("known", "installed", "expected"),
    [
        (BRANCHES, "1.0.0", ("1.4.2", "2.3.0", "3.2.1")),
        (BRANCHES, "2.1.0", ("2.3.0", "3.2.1")),
        (WIDE, "1.0.0", ("2.5.0",)),
        (OPEN, "1.0.0", ()),
        (LAST, "1.0.0", ()),
        (advisory("G", affects(npm_range="<1.2.3 || >=2.0.0 <2.1.0")), "1.0.0", ("1.2.3", "2.1.0")),
        (advisory("G", affects(npm_range="<=1.2.3")), "1.0.0", ()),
        (OVERLAPPING, "1.0.0", ("1.2.0",)),
        (HALF, "1.0.0", ("1.2.0",)),
        (advisory("G", SILENT), "1.0.0", ()),
        (advisory("G", affects(span("introduced 0", "fixed 2.0.0"), name="other")), "1.0.0", ()),
    ],
)
def test_fixed_versions(known: Advisory, installed: str, expected: tuple[str, ...]) -> None:
    assert fixed_versions(known, at(installed)) == expected


def test_pypi_fixes_are_spelt_as_published_and_sorted_by_pep440() -> None:
    known = advisory("G", affects(span("introduced 0", "fixed 2023.07.22", "introduced 2024.1", "fixed 2024.10"), ecosystem="PyPI"))
    assert fixed_versions(known, at("2023.5.7", ecosystem="PyPI")) == ("2023.07.22", "2024.10")
    assert fixed_versions(known, at("nonsense", ecosystem="PyPI")) == ()


@pytest.mark.parametrize(
    ("found", "installed", "expected"),
    [
        ((BRANCHES,), "1.0.0", "1.4.2"),
        ((BRANCHES, WIDE), "1.0.0", "2.5.0"),
        ((WIDE, LATER), "1.0.0", "2.5.1"),
        ((BRANCHES, OPEN), "1.0.0", "1.4.2"),
        ((OPEN,), "1.0.0", ""),
        ((EARLY,), "1.0.0", "1.4.2-rc.1"),
        ((EARLY, BRANCHES), "1.0.0", "1.4.2"),
        ((HALF,), "1.0.0", "1.2.0"),
        ((BRANCHES, advisory("GHSA-silent", SILENT)), "1.0.0", "1.4.2"),
    ],
)
def test_one_version_that_clears_all_that_can_be_cleared(found: tuple[Advisory, ...], installed: str, expected: str) -> None:
    assert clearing_version(found, found, at(installed)) == expected


def test_a_version_that_another_known_advisory_hits_clears_nothing() -> None:
    assert clearing_version((WIDE,), (WIDE, LATER), at("1.0.0")) == ""
    later_twice = advisory("GHSA-x", affects(span("introduced 0", "fixed 2.5.0", "introduced 2.6.0", "fixed 2.7.0")))
    assert clearing_version((later_twice,), (later_twice, LATER), at("1.0.0")) == "2.7.0"


def test_a_prerelease_only_where_one_is_installed_or_nothing_else_is() -> None:
    both = advisory("G", affects(span("introduced 1.0.0-a", "fixed 1.0.0-rc.2", "introduced 1.0.0", "fixed 1.1.0")))
    assert clearing_version((both,), (both,), at("1.0.0-b")) == "1.0.0-rc.2"
