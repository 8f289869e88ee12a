"""Files, options -> Result: shared out by bytes between worker processes that take the next batch when they are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.secrets.engine import Engine
from scanner.secrets.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.models import File
    from scanner.secrets import Opener, Options, Result


def scan(files: Sequence[File], open_file: Opener, options: Options) -> Result:
    """Scan in this process."""
    tally = Tally(explain=options.explain)
    engine = Engine(options)
    for file in files:
        engine.scan(file, open_file, tally)
    return tally.result()
