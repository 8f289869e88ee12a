"""A folder in; the lines on which each of the other tools reports something out. The tools are those of the benchmark, as they come."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.bench import peers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.bench.measure import Contender

    Places = set[tuple[str, int]]


def reported(root: Path) -> dict[str, Places]:
    """By tool the paths (relative to ``root``) and lines of its findings, of those that span several lines the first."""
    return {name: {(path.removeprefix(f"{root}/"), line) for path, line in read(_run(make(root)))} for name, (make, read) in _TOOLS.items()}


def _run(tool: Contender) -> Any:
    if tool.report:
        tool.report.unlink(missing_ok=True)
    done = subprocess.run(tool.command, cwd=tool.cwd, env=tool.env, capture_output=True, check=False, timeout=1800)
    if done.returncode not in tool.codes:
        raise RuntimeError(f"{tool.name} failed: {done.stderr.decode()[-800:]}")
    return json.loads(tool.report.read_bytes() if tool.report else done.stdout)


def _gitleaks(report: Any) -> Iterator[tuple[str, int]]:
    return ((one["File"], one["StartLine"]) for one in report)


def _betterleaks(report: Any) -> Iterator[tuple[str, int]]:
    return ((one["location"]["path"], one["location"]["start_line"]) for one in report["findings"])


def _kingfisher(report: Any) -> Iterator[tuple[str, int]]:
    return ((one["finding"]["path"], one["finding"]["line"]) for one in report["findings"])


def _detect_secrets(report: Any) -> Iterator[tuple[str, int]]:
    return ((path, one["line_number"]) for path, found in report["results"].items() for one in found)


_TOOLS: dict[str, tuple[Callable[[Path], Contender], Callable[[Any], Iterator[tuple[str, int]]]]] = {
    "betterleaks": (peers.betterleaks, _betterleaks),
    "detect-secrets": (peers.detect_secrets, _detect_secrets),
    "gitleaks": (peers.gitleaks, _gitleaks),
    "kingfisher": (peers.kingfisher, _kingfisher),
}
