"""A bar on the terminal for scans that take longer than a person likes to wait in silence; nothing anywhere else."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.progress import Progress

PATIENCE_S = 1.0


@contextmanager
def bar(err: TextIO, env: Mapping[str, str], wanted: object) -> Iterator[Callable[[float], None] | None]:
    """A function that shows on ``err`` what part (0 to 1) is done; None where there is no terminal. The bar is wiped at the end."""
    if not wanted or not err.isatty() or env.get("TERM") == "dumb":
        yield None
        return
    began = time.monotonic()
    shown: list[Progress] = []

    def told(part: float) -> None:
        if not shown and time.monotonic() - began > PATIENCE_S:
            shown.append(_started(err, plain=bool(env.get("NO_COLOR"))))
        if shown:
            shown[0].update(shown[0].task_ids[0], completed=part)

    try:
        yield told
    finally:
        for one in shown:
            one.stop()


def _started(err: TextIO, *, plain: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("looking for secrets"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    made = Progress(*columns, console=Console(file=err, no_color=plain), transient=True)
    made.add_task("secrets", total=1.0)
    made.start()
    return made
