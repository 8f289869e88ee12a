"""``make bench-quick``: the ratios of small inputs against the committed ones; exit 1 where one is worse by more than half.

``--write`` commits the measured ones. What is not installable without a network is generated here; the tools come from the registries once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import lockfiles, repositories
from tests.bench.__main__ import services
from tests.bench.cases import one_file
from tests.bench.measure import Contender, Series, alternate
from tests.bench.peers import cat, gitleaks, kingfisher, npm_audit, ours, pip_audit_of_pins

if TYPE_CHECKING:
    from collections.abc import Iterator

RATIOS = Path(__file__).with_name("ratios.json")
SLACK = 1.5
FILES, PACKAGES, PINS, COMMITS, RECORDS = 6000, 2000, 100, 300, 4000


def main(arguments: list[str]) -> int:
    """Measure, compare, say so."""
    committed: dict[str, float] = json.loads(RATIOS.read_text())
    found: dict[str, float] = {}
    with services() as url:
        for name, contenders, rounds in _cases(url):
            series = alternate(contenders, rounds)
            found |= {f"{name} : {other.name}": round(_ratio(series[0], other), 3) for other in series[1:]}
    worse = [name for name, ratio in found.items() if ratio > committed.get(name, float("inf")) * SLACK]
    for name, ratio in found.items():
        print(f"{name:48} {ratio:8.3f}   committed {committed.get(name, float('nan')):8.3f}   {'WORSE' if name in worse else 'ok'}")
    if "--write" in arguments:
        RATIOS.write_text(json.dumps(found, indent=2) + "\n")
        return 0
    if missing := sorted(set(committed) - set(found)):
        print(f"not measured: {', '.join(missing)}")
    print(f"{len(found) - len(worse)} ratios hold, {len(worse)} are worse than the committed ones by more than half")
    return 1 if worse or missing else 0


def _cases(url: str) -> Iterator[tuple[str, list[Contender], int]]:
    sources = repositories.monorepo(FILES, 20)
    yield "secrets", [ours(sources, "--only", "secrets"), cat(sources), kingfisher(sources), gitleaks(sources)], 5
    yield "one file", [ours(one_file(), "--only", "secrets"), gitleaks(one_file())], 9
    offline = ("--only", "dependencies", "--advisories", "offline", "--advisory-db", str(lockfiles.database(RECORDS)))
    yield "package-lock.json", [ours(lockfiles.npm(PACKAGES), *offline), npm_audit(lockfiles.npm(PACKAGES), url)], 5
    online = ours(lockfiles.pins(PINS), "--only", "dependencies", "--advisories", "online", "--osv-url", url)
    yield "pins", [online, pip_audit_of_pins(lockfiles.pins(PINS) / "requirements.txt", url)], 3
    history = repositories.history(COMMITS)
    yield "history", [ours(history, "--only", "secrets", "--history", "all"), gitleaks(history, history=True)], 5


def _ratio(own: Series, other: Series) -> float:
    """Of processor time where both have much of it, as other work on the machine does not count there; else of the clock."""
    return own.cpu / other.cpu if min(own.cpu, other.cpu) > 0.2 else own.wall / other.wall


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
