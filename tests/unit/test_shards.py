"""Parts of a scan: disjoint, complete, the same whoever works them out, about equal in bytes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import shards
from scanner.models import File, Location, Lockfile, Package, Requirement

SIZES = st.lists(st.one_of(st.just(0), st.integers(0, 100), st.integers(0, 10**9)), max_size=80)
COUNTS = st.integers(1, 12)


def listed(sizes: list[int]) -> tuple[File, ...]:
    return tuple(File(path=f"d/{number:04}", name=f"d/{number:04}", size=size) for number, size in enumerate(sizes))


def package(number: int, path: str) -> Package:
    return Package(ecosystem=("npm", "PyPI")[number % 2], name=f"p{number}", version="1", location=Location(path=path), key=str(number))


def lockfile(path: str, numbers: list[int], *, unpinned: bool = False) -> Lockfile:
    wanted = (Requirement(name="x", location=Location(path=path)),) if unpinned else ()
    packages = tuple(package(number, path) for number in numbers)
    return Lockfile(path=path, format="f", ecosystem="npm", audit="npm", packages=packages, unpinned=wanted)


LOCKFILES = st.lists(st.tuples(st.lists(st.integers(0, 40), max_size=30), st.booleans()), max_size=6).map(
    lambda many: [lockfile(f"{place}.lock", numbers, unpinned=unpinned) for place, (numbers, unpinned) in enumerate(many)]
)


@given(SIZES, COUNTS)
def test_the_parts_of_the_files_in_their_order_are_the_files(sizes: list[int], count: int) -> None:
    files = listed(sizes)
    assert tuple(file for index in range(1, count + 1) for file in shards.files(files, index, count)) == files


@given(st.lists(st.integers(0, 1000), min_size=200, max_size=400), st.integers(1, 8))
def test_no_part_is_much_larger_than_another(sizes: list[int], count: int) -> None:
    files = listed(sizes)
    weights = [sum(file.size + shards.OPEN_BYTES for file in shards.files(files, index, count)) for index in range(1, count + 1)]
    assert max(weights) - min(weights) <= 2 * (max(sizes) + shards.OPEN_BYTES)


@given(LOCKFILES, COUNTS)
def test_every_package_of_every_lockfile_belongs_to_one_part(locks: list[Lockfile], count: int) -> None:
    parts = [shards.Part(locks, index, count) for index in range(1, count + 1)]
    for lock in locks:
        assert all(sum(part.audits(lock, one) for part in parts) == 1 for one in lock.packages)
        if lock.unpinned:
            assert sum(part.resolves(lock) for part in parts) == 1


@given(LOCKFILES, COUNTS)
def test_the_order_in_which_the_lockfiles_were_read_changes_nothing(locks: list[Lockfile], count: int) -> None:
    shuffled = random.Random(1).sample(locks, len(locks))
    for index in range(1, count + 1):
        one, two = shards.Part(locks, index, count), shards.Part(shuffled, index, count)
        assert all(one.audits(lock, item) == two.audits(lock, item) for lock in locks for item in lock.packages)


def test_a_coordinate_is_asked_about_once_and_a_lockfile_to_resolve_is_of_one_part() -> None:
    locks = [lockfile("a", list(range(20))), lockfile("b", list(range(10, 30))), lockfile("c", [1, 15, 29], unpinned=True)]
    parts = [shards.Part(locks, index, 3) for index in (1, 2, 3)]
    asked = [{one.name for lock in locks[:2] for one in lock.packages if part.audits(lock, one)} for part in parts]
    assert [len(names) for names in asked] == [10, 10, 10]
    assert sum(map(len, asked)) == len(asked[0] | asked[1] | asked[2])
    assert sorted(sum(part.audits(locks[2], one) for one in locks[2].packages) for part in parts) == [0, 0, 3]


@pytest.mark.parametrize(
    "other", [listed([1, 2]), listed([1, 2, 4]), (*listed([1, 2]), File(path="d/0003", name="d/0003", size=3)), listed([2, 1, 3])]
)
def test_another_tree_has_another_name(other: tuple[File, ...]) -> None:
    assert shards.tree(listed([1, 2, 3])) != shards.tree(other)


def test_the_same_choices_have_the_same_name_whatever_their_order() -> None:
    assert shards.digest({"b": 1, "a": 2}, None) == shards.digest({"a": 2, "b": 1}, None) != shards.digest({"a": 2, "b": 1}, "")
