"""Order of versions: truth tables, and random versions against packaging and node-semver."""

from __future__ import annotations

import nodesemver
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from scanner.dependencies import semver
from scanner.dependencies.versions import parse, same_name, sort_versions


@pytest.mark.parametrize(
    ("ecosystem", "lower", "higher"),
    [
        ("npm", "1.0.0-alpha", "1.0.0-alpha.1"),
        ("npm", "1.0.0-alpha.1", "1.0.0-alpha.beta"),
        ("npm", "1.0.0-beta.2", "1.0.0-beta.11"),
        ("npm", "1.0.0-rc.1", "1.0.0"),
        ("npm", "1.9.0", "1.10.0"),
        ("npm", "5.0.0-alpha.8", "5.0.0-beta.3"),
        ("npm", "0.0.0-0", "0.0.0-alpha"),
        ("PyPI", "1.0.dev1", "1.0a1"),
        ("PyPI", "1.0a1", "1.0b1"),
        ("PyPI", "1.0rc1", "1.0"),
        ("PyPI", "1.0", "1.0.post1"),
        ("PyPI", "1.0", "1.0+cu118"),
        ("PyPI", "1.0.post1.dev1", "1.0.post1"),
        ("PyPI", "2024.1", "1!1.0"),
        ("PyPI", "1.9", "1.10"),
    ],
)
def test_order(ecosystem: str, lower: str, higher: str) -> None:
    one, two = parse(ecosystem, lower), parse(ecosystem, higher)
    assert one is not None
    assert two is not None
    assert one.key < two.key


@pytest.mark.parametrize(
    ("ecosystem", "one", "two"),
    [
        ("npm", "v1.2.3", "1.2.3"),
        ("npm", "1.2.3+build.1", "1.2.3"),
        ("npm", "=1.2.3", "1.2.3"),
        ("npm", "v20190909.0.0", "20190909.0.0"),
        ("PyPI", "3.2", "3.2.0"),
        ("PyPI", "2023.07.22", "2023.7.22"),
        ("PyPI", "1.0-1", "1.0.post1"),
        ("PyPI", "1.0.RC1", "1.0rc1"),
        ("PyPI", "v1.0", "1.0"),
        ("PyPI", "0!1.0", "1.0"),
    ],
)
def test_spellings_of_one_version(ecosystem: str, one: str, two: str) -> None:
    first, second = parse(ecosystem, one), parse(ecosystem, two)
    assert first is not None
    assert second is not None
    assert first.key == second.key


@pytest.mark.parametrize(
    ("ecosystem", "text"),
    [("PyPI", "2004d"), ("PyPI", ""), ("PyPI", "git+abc"), ("npm", ""), ("npm", "latest"), ("npm", "1.2.3.4"), ("npm", "file:../a")],
)
def test_no_version(ecosystem: str, text: str) -> None:
    assert parse(ecosystem, text) is None


@pytest.mark.parametrize("ecosystem", ["npm", "PyPI"])
@pytest.mark.parametrize("text", ["9" * 5000, "1.0." + "9" * 5000, "1.0.0-" + "9" * 5000, "1.0.0-a." + "9" * 5000, "1." * 200 + "0"])
def test_a_text_longer_than_any_version_is_none(ecosystem: str, text: str) -> None:
    """Python turns no more than 4,300 digits into a number, and says so by an error."""
    assert parse(ecosystem, text) is None
    assert semver.version_key(text) is None


def test_a_version_as_long_as_npm_takes_is_one() -> None:
    assert parse("npm", "1.0.0-" + "9" * 250) is not None
    assert parse("npm", "1.0.0-" + "9" * 251) is None


def test_local_label_has_a_public_version() -> None:
    parsed, public = parse("PyPI", "1.0+cu118"), parse("PyPI", "1.0")
    assert parsed is not None
    assert public is not None
    assert (parsed.local, parsed.public) == (True, public.key)
    assert public.local is False


def test_names_compare_as_their_registry_does() -> None:
    assert same_name("PyPI", "Flask__SQL.Alchemy") == "flask-sql-alchemy"
    assert same_name("npm", "JSONStream") == "JSONStream"


def test_sorted_without_what_is_no_version() -> None:
    assert sort_versions("npm", frozenset(("1.10.0", "v1.9.0", "1.9.0", "nonsense"))) == ("1.9.0", "1.10.0")


_NUMBER = st.integers(0, 12).map(str)
_LABEL = st.lists(st.sampled_from(("0", "1", "10", "alpha", "beta", "rc", "x-y", "1a")), max_size=3).map(".".join)
_SEMVER = st.builds(lambda a, b, c, label: f"{a}.{b}.{c}" + (f"-{label}" if label else ""), _NUMBER, _NUMBER, _NUMBER, _LABEL)
_PEP440 = st.from_regex(
    r"(?:[0-2]!)?[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}(?:(?:a|b|rc)[0-9])?(?:\.post[0-9])?(?:\.dev[0-9])?(?:\+[a-z0-9]{1,3})?", fullmatch=True
)


@settings(deadline=None)
@given(_SEMVER, _SEMVER)
def test_semver_order_is_node_semvers(one: str, two: str) -> None:
    first, second = semver.version_key(one), semver.version_key(two)
    assert first is not None
    assert second is not None
    assert (first > second) - (first < second) == nodesemver.compare(one, two, loose=True)


@settings(deadline=None)
@given(_PEP440, _PEP440)
def test_pypi_order_is_packagings(one: str, two: str) -> None:
    first, second = parse("PyPI", one), parse("PyPI", two)
    assert first is not None
    assert second is not None
    assert (first.key < second.key) is (Version(one) < Version(two))
    assert first.prerelease is Version(one).is_prerelease
