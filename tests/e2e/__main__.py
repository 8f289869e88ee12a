"""``python -m tests.e2e``: the container tests; exit 77 where there is neither an engine nor the right to start one."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

import pytest

from tests.e2e import engine

_SKIPPED = 77


def main(arguments: list[str]) -> int:
    """Exit code of pytest, or 77."""
    if engine.reachable() is None and not engine.startable():
        print("skipped: no container engine")
        return _SKIPPED
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the engine is stopped on the way out
    named = [argument for argument in arguments if Path(argument.split("::")[0]).exists()]
    with tempfile.TemporaryDirectory(prefix=engine.PREFIX) as scratch:  # pytest would keep the repositories of its last runs
        options = ["-m", "e2e", f"--basetemp={scratch}/pytest", *arguments]
        return int(pytest.main([*options, *([] if named else [str(Path(__file__).parent)])]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
