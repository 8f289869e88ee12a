"""``security-scan schema``: the JSON Schema of the config file or of the JSON report."""

from __future__ import annotations

import json
from typing import TextIO

from scanner import config


def run(what: str, out: TextIO) -> int:
    """Print the schema of ``config`` or ``report``."""
    from scanner.reporters import _report

    made = config.schema() if what == "config" else _report.schema()
    out.write(json.dumps(made, indent=2) + "\n")
    return 0
