"""Our own rows of the benchmarks page, for a page that speaks of scale: one figure, kept in one place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZE = r"(?:(?P<size>[\d,]+ files, [\d,]+ MB); )?"
_CASE = re.compile(rf"^## (?P<title>.+)\n\n{_SIZE}.*\n\n\|.*\n\|[- |]+\n\| (?P<ours>security-scan.*) \|$", re.MULTILINE)


def rows() -> Iterator[tuple[str, str, str, str]]:
    """What was done, seconds on the clock, processor seconds, megabytes of all processes together."""
    for case in _CASE.finditer((ROOT / "docs" / "benchmarks.md").read_text("utf-8")):
        _, clock, processor, _, _, largest, together, _ = (cell.strip() for cell in case["ours"].split("|"))
        title = f"{case['title']} ({case['size']})" if case["size"] else case["title"]
        yield title, f"{float(clock):.2g}", f"{float(processor):.2g}", together or largest
