"""npm's range texts: a truth table, and random ranges against node-semver (the package) where it has the option that npm uses."""

from __future__ import annotations

import pytest

from scanner.dependencies import semver


def allows(text: str, version: str) -> bool:
    key = semver.version_key(version)
    assert key is not None
    return any(interval.holds(key, key) for interval in semver.range_intervals(text))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">=1.0.0 <2.0.0", "1.0.0 1.9.9 2.0.0-rc.1", "0.9.9 1.0.0-rc.1 2.0.0"),
        ("<=1.2.3", "0.0.0 1.2.3-a 1.2.3", "1.2.4-0 1.2.4"),
        (">1.2.3", "1.2.4-0 2.0.0", "1.2.3"),
        ("=1.2.3", "1.2.3 v1.2.3", "1.2.3-rc.1 1.2.4"),
        ("1.2.3", "1.2.3", "1.2.2 1.2.4"),
        ("<4.17.21", "0.1.0 4.17.20 4.17.21-pre", "4.17.21"),
        (">= 4.0.0 < 4.0.4", "4.0.0 4.0.3", "3.9.9 4.0.4"),
        ("<1.0.0 || >=2.0.0 <2.1.0", "0.9.0 2.0.5", "1.0.0 2.1.0"),
        ("^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0-0 2.0.0"),
        ("^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("~1.2.3", "1.2.3 1.2.9", "1.3.0"),
        ("~>1.2", "1.2.0-0 1.2.9", "1.3.0"),
        ("1.x", "1.0.0-0 1.9.9", "2.0.0 0.9.9"),
        ("1.2 - 2.3", "1.2.0 2.3.9", "2.4.0 1.1.9"),
        ("1.2.3 - 2.3.4", "1.2.3 2.3.4", "2.3.5 1.2.2"),
        ("*", "0.0.0 1.0.0-rc.1", ""),
        ("", "1.0.0", ""),
        (">=0", "0.0.0-alpha 3.0.0", ""),
        ("<0.0.0", "0.0.0-alpha", "0.0.0"),
        (">1 <1", "", "1.0.0 0.9.0 2.0.0"),
    ],
)
def test_ranges(text: str, inside: str, outside: str) -> None:
    assert {version: allows(text, version) for version in inside.split()} == dict.fromkeys(inside.split(), True)
    assert {version: allows(text, version) for version in outside.split()} == dict.fromkeys(outside.split(), False)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("whatever", "1.0.0"),
        (">=1.0.0 whatever", "0.9.0"),
        ("whatever >=1.0.0", "0.9.0"),
        (">=1.0.0 !=1.2.3", "1.1.0"),
        ("<0.5.0-beta_1", "0.4.0"),
        ("1.0.0,2.0.0", "1.0.0"),
        (">=1.0.0,<2.0.0", "1.0.0"),
        ("<=1.2.3.4", "1.0.0"),
        (">=1.0.0 <1.2.3.4", "1.1.0"),
        ("= 1.0.0, = 1.0.1", "1.0.0"),
        (">=1.0.0<2.0.0", "1.0.0"),
        ("1.0.0 -2.0.0", "1.5.0"),
        ("1.0.0 - 2.0.0 - 3.0.0", "1.5.0"),
        (">", "1.0.0"),
        ("v 1.0.0", "2.0.0"),
        ("<1.0.0 || <=2.0.0.1", "1.5.0"),
        ("<0.1.0" + ".1" * 130, "1.0.0"),
        ("<" + "9" * 5000, "1.0.0"),
        (">=1.0.0 <1.0.0-" + "9" * 5000, "1.0.0"),
        ("9" * 5000 + " - 2.0.0", "1.0.0"),
    ],
)
def test_what_is_not_understood_allows_too_much_and_never_too_little(text: str, version: str) -> None:
    assert allows(text, version)
    assert not semver.is_range(text)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("> =1.0.0", "1.0.0 1.0.1", "0.9.9"),
        ("< = 1.0.0", "1.0.0 0.9.9", "1.0.1"),
        ("~ > 1.2", "1.2.0 1.2.9", "1.3.0"),
        ("  >=\t1.0.0 \n <   2.0.0 ", "1.0.0", "2.0.0"),
        (" " * 5000 + "<1.0.0", "0.9.0", "1.0.0"),
        ("<1.0.0||" * 500 + "=3.0.0", "0.9.0 3.0.0", "1.0.0"),
        (">=v1.0.0 <=v1.2.3", "1.0.0 1.2.3", "1.2.4"),
    ],
)
def test_spaces_and_length_alone_make_no_range_unreadable(text: str, inside: str, outside: str) -> None:
    test_ranges(text, inside, outside)
    assert semver.is_range(text)


def test_a_range_is_understood_as_a_whole() -> None:
    assert semver.is_range(">=1.0.0 <2 || 1.2.3 - 4")
    assert not semver.is_range(">=1.0.0 <2 || 1.2.3 -- 4")


def test_the_open_end_of_a_range_is_the_fixed_version() -> None:
    fixes = [interval.fix for interval in semver.range_intervals("<1.2.3-rc.1 || >=2.0.0 <2.1 || >=3.0.0 <=3.5.0")]
    assert fixes == ["1.2.3-rc.1", "2.1.0", ""]
