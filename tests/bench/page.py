"""Measured cases in; ``docs/benchmarks.md``, its plots and the list of goals out."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner import __version__
from tests.bench.peers import NODE, VERSIONS
from tests.bench.places import ROOT
from tests.bench.plot import svg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MEMORY = 200e6
DATABASE_MEMORY = 150e6
DOUBLE = 2.1
REQUESTS = 3
_PLOTS = {
    "tree": ("Secrets: seconds against size", "MB of source"),
    "packages": ("A package-lock.json: seconds against size", "packages"),
    "commits": ("Secrets in the history: seconds against size", "commits"),
}
_HEAD = """# Benchmarks

`make bench` measures all of this again: it builds its inputs below `.cache/bench` (source trees from the most downloaded
packages of PyPI and npm at pinned versions, generated lockfiles and advisories, git histories), installs the other tools from the
registries, and runs each alternately with ours: whole processes, from start to exit code, files in the page cache. A figure is the median
of the rounds. **The ratio is the result**: seconds depend on the machine and on what else it does; where the load is above the number
of cores, the ratio of processor time says more. `make bench-quick` measures the ratios of small inputs in under three minutes and
fails where one is worse than [the committed one](../tests/bench/ratios.json) by more than half.

What is counted as memory: the largest process, and all processes together with shared pages counted once. The number of
findings is shown because a tool that looks for less is faster; whether they are right is told in [accuracy](accuracy.md). The other
tools' own programs are started directly, not by way of a Python wrapper. All of them are told to verify nothing over the network.

"""


@dataclass(frozen=True)
class Goal:
    """What was to be reached, what was measured; ``met`` is None where nothing was."""

    text: str
    measured: str
    met: bool | None


def write(results: Mapping[str, Any]) -> None:
    """The page and its plots."""
    parts = [_HEAD, *_machine(), "\n## Goals\n\n| goal | measured | |\n| --- | --- | --- |\n"]
    parts += [f"| {goal.text} | {goal.measured} | {_MARK[goal.met]} |\n" for goal in goals(results)]
    for key, case in results.items():
        if key not in ("plots", "requests"):
            parts += ["\n", *(f"{line}\n" for line in table(case))]
    parts += list(_plots(results.get("plots", {})))
    (ROOT / "docs" / "benchmarks.md").write_text("".join(parts), encoding="utf-8")


def table(case: Mapping[str, Any]) -> list[str]:
    """One case as Markdown: a row a contender, compared with ours."""
    ours = case["series"][0]
    weight = f"{case['files']:,} files, {case['bytes'] / 1e6:,.0f} MB; " if case["files"] else ""
    rows = [
        f"| {one['name']} | {one['wall']:.3f} | {one['cpu']:.3f} | {_ratio(ours['wall'], one['wall'])} |"
        f" {_ratio(ours['cpu'], one['cpu'])} | {one['peak'] / 1e6:,.0f} |"
        f" {_megabytes(one['total'])} | {'' if one['findings'] is None else one['findings']} |"
        for one in case["series"]
    ]
    head = ["| | seconds | CPU seconds | ours : theirs | the same of CPU | MB, largest process | MB, all together | findings |"]
    said = f"{weight}{case['rounds']} rounds; the machine's load was {case['load']:.1f}."
    return [f"## {case['title']}", "", said, "", *head, "| --- " * 8 + "|", *rows]


def goals(results: Mapping[str, Any]) -> list[Goal]:
    """Every goal with what was measured for it."""
    cases = {key: case for key, case in results.items() if key not in ("plots", "requests")}
    found = [_goal(case, limit, against) for case in cases.values() for limit, against in case["goals"]]
    found += [_memory(key, case) for key, case in cases.items()]
    found += [_doubled(kind, points) for kind, points in results.get("plots", {}).items()]
    if "requests" in results:
        asked = results["requests"]["requests"]
        found.append(Goal("1,000 packages without findings, online: at most 3 requests", f"{asked}", asked <= REQUESTS))
    return found


_MARK = {True: "met", False: "**missed**", None: "not measured"}


def _goal(case: Mapping[str, Any], limit: float, against: str) -> Goal:
    ours = case["series"][0]
    if against == "MB/s":
        speed = case["bytes"] / 1e6 / ours["wall"]
        return Goal(f"{case['title']}: at least {limit:g} MB/s", f"{speed:.0f} MB/s", speed >= limit)
    if not against:
        return Goal(f"{case['title']}: at most {limit:g} s", f"{ours['wall']:.2f} s", ours["wall"] <= limit)
    other = next(one for one in case["series"] if one["name"] == against)
    ratio = ours["wall"] / other["wall"]
    return Goal(f"{case['title']}: at most {limit:g} × {against}", f"{ratio:.3f}", ratio <= limit)


def _memory(key: str, case: Mapping[str, Any]) -> Goal:
    ours = case["series"][0]
    limit = DATABASE_MEMORY if key == "database" else MEMORY
    most = max(ours["peak"], ours["total"])
    return Goal(f"{case['title']}: at most {limit / 1e6:.0f} MB of memory", f"{most / 1e6:.0f} MB", most <= limit)


def _doubled(kind: str, points: list[dict[str, Any]]) -> Goal:
    half, whole = points[-2:]
    growth = whole["size"] / half["size"]
    factor = (whole["series"][0]["wall"] / half["series"][0]["wall"]) ** (1 / _log2(growth))
    return Goal(f"{_PLOTS[kind][1]}: twice the work, at most {DOUBLE} × the time", f"{factor:.2f}", factor <= DOUBLE)


def _log2(value: float) -> float:
    from math import log2

    return log2(value)


def _plots(plots: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    if plots:
        yield "\n## Time against size\n"
    for kind, points in plots.items():
        title, across = _PLOTS[kind]
        names = [one["name"] for one in points[0]["series"]]
        lines = {name: [(point["size"], point["series"][at]["wall"]) for point in points] for at, name in enumerate(names)}
        (ROOT / "docs" / "images" / f"bench-{kind}.svg").write_text(svg(title, across, "seconds", lines), encoding="utf-8")
        yield f"\n![{title}](images/bench-{kind}.svg)\n\n| {across} | {' | '.join(names)} |\n{'| --- ' * (len(names) + 1)}|\n"
        for point in points:
            yield f"| {point['size']:,.0f} | " + " | ".join(f"{one['wall']:.2f}" for one in point["series"]) + " |\n"


def _machine() -> list[str]:
    model = next((line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next((int(line.split()[1]) >> 20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    tools = ", ".join(spec.replace("==", " ") for spec in VERSIONS.values())
    node = ", ".join(" ".join(spec.rsplit("@", 1)) for spec in NODE.values())
    return [
        f"Measured on {os.cpu_count()} cores of {model.strip()} with {memory} GiB, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}; ours is {__version__}; the others: {tools}, {node}.\n"
    ]


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()


def _ratio(ours: float, theirs: float) -> str:
    return "1" if ours == theirs else f"{ours / theirs:.3f}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f}" if size else ""
