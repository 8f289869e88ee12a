"""Paths from the root: shortest, few, through cycles, in lockfiles of any size."""

from __future__ import annotations

import time

from scanner.dependencies.graph import MAX_PATHS, Graph
from tests.unit.dependencies.sample import lockfile, package, wants


def test_shortest_path_for_each_direct_requirement() -> None:
    graph = Graph(
        lockfile(
            package("app", "1.0.0", "mid"),
            package("mid", "1.0.0", "leaf"),
            package("web", "1.0.0", "leaf"),
            package("leaf"),
            direct=[wants("app", line=3), wants("web", line=4)],
        )
    )
    assert [path.names for path in graph.paths(["leaf"])] == [("root", "web", "leaf"), ("root", "app", "mid", "leaf")]
    assert [path.requirement.location.line for path in graph.paths(["leaf"])] == [4, 3]
    assert [one.name for one in graph.parents(["leaf"])] == ["mid", "web"]
    assert graph.direct(["leaf"]) == ()


def test_direct_is_its_own_path() -> None:
    graph = Graph(lockfile(package("app", "1.0.0", "leaf"), package("leaf"), direct=[wants("app"), wants("leaf", line=9)]))
    assert [path.names for path in graph.paths(["leaf"])] == [("root", "leaf"), ("root", "app", "leaf")]
    assert [one.location.line for one in graph.direct(["leaf"])] == [9]


def test_cycles_end() -> None:
    graph = Graph(lockfile(package("a", "1.0.0", "b"), package("b", "1.0.0", "c", "a"), package("c", "1.0.0", "a"), direct=[wants("a")]))
    assert [path.names for path in graph.paths(["c"])] == [("root", "a", "b", "c")]


def test_unreachable_and_unknown() -> None:
    graph = Graph(lockfile(package("a", "1.0.0", "gone"), package("alone"), direct=[wants("a"), wants("b", key="")]))
    assert graph.paths(["alone"]) == graph.paths(["nothing"]) == graph.paths([""]) == ()
    assert graph.direct([""]) == ()


def test_never_more_than_a_few() -> None:
    many = [package(f"p{n}", "1.0.0", "leaf") for n in range(50)]
    graph = Graph(lockfile(*many, package("leaf"), direct=[wants(one.name) for one in many]))
    assert len(graph.paths(["leaf"])) == MAX_PATHS


def test_twenty_thousand_packages_in_a_chain_with_every_edge_back() -> None:
    count = 20_000
    chain = [package(f"p{n}", "1.0.0", f"p{n + 1}", f"p{n - 1}") for n in range(count)]
    graph = Graph(lockfile(*chain, direct=[wants("p0")]))
    started = time.perf_counter()
    (path,) = graph.paths([f"p{count - 1}"])
    assert len(path.packages) == count
    assert time.perf_counter() - started < 5
