"""``make bench``: builds what is missing, runs every case by turns, prints its table and writes ``docs/benchmarks.md`` with its plots.

``python -m tests.bench CASE...`` measures only these again; ``plots`` and ``requests`` are two of them, ``page`` only writes the page anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.bench import lockfiles, page
from tests.bench.cases import Case, all_cases, sizes
from tests.bench.measure import Series, alternate
from tests.bench.places import CACHE, ROOT
from tests.bench.trees import part, weight

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = CACHE / "results.json"


def main(asked: list[str]) -> int:
    """Measure ``asked`` cases (all where empty) and write the page."""
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if asked and RESULTS.is_file() else {}
    for case in all_cases():
        if not asked or case.key in asked:
            with services(case.distance) as url:
                results[case.key] = measured(case, url)
            print("\n".join(page.table(results[case.key])), flush=True)
            _keep(results)
    with services() as url:
        if not asked or "plots" in asked:
            results["plots"] = {kind: _grown(kind, url) for kind in sizes()}
        if not asked or "requests" in asked:
            results["requests"] = {"packages": 1000, "requests": _requests()}
    _keep(results)
    page.write(results)
    with contextlib.suppress(BrokenPipeError):
        _say(results)
    return 0


def _say(results: dict[str, Any]) -> None:
    missed = [goal for goal in page.goals(results) if goal.met is False]
    print(f"{len(missed)} goals missed: {'; '.join(goal.text for goal in missed)}" if missed else "every goal is met")


def measured(case: Case, url: str) -> dict[str, Any]:
    """One case as it is kept."""
    print(f"{case.key} ...", file=sys.stderr, flush=True)
    folder = case.folder() if case.folder else None
    series = alternate(case.contenders(url), case.rounds, folder=folder, sample=case.sample)
    files, size = weight(folder) if folder else (0, 0)
    return {
        "key": case.key, "title": case.title, "files": files, "bytes": size, "rounds": case.rounds, "load": os.getloadavg()[0],
        "series": [_kept(one) for one in series], "goals": [[goal.limit, goal.against] for goal in case.goals],
    }


@contextlib.contextmanager
def services(distance: float = 0) -> Iterator[str]:
    """The advisory services on loopback, in a process of their own, each answer ``distance`` seconds late; their address."""
    command = [sys.executable, "-m", "tests.bench.services", str(lockfiles.records(4000)), str(distance)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def _kept(one: Series) -> dict[str, Any]:
    return {"name": one.name, "wall": one.wall, "cpu": one.cpu, "peak": one.peak, "total": one.total, "findings": one.findings}


def _grown(kind: str, url: str) -> list[dict[str, Any]]:
    points = []
    for size, contenders in sizes()[kind].items():
        print(f"plot of {kind}: {size} ...", file=sys.stderr, flush=True)
        folder = part(size) if kind == "tree" else None
        across = weight(folder)[1] / 1e6 if folder else size
        series = alternate(contenders(url), 2 if across < 100 else 1, folder=folder)
        points.append({"size": across, "series": [_kept(one) for one in series]})
    return sorted(points, key=lambda point: float(point["size"]))


def _requests() -> int:
    """How many requests a lockfile of 1,000 packages without findings costs."""
    from tests.bench.measure import once
    from tests.bench.peers import ours
    from tests.loopback.records import Records
    from tests.loopback.server import serve

    with serve(Records()) as server:
        once(ours(lockfiles.npm(1000, clean=True), "--only", "dependencies", "--advisories", "online", "--osv-url", server.url))
        return len(server.requests)


def _keep(results: dict[str, Any]) -> None:
    RESULTS.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
