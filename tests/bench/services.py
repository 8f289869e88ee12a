"""``python -m tests.bench.services DIRECTORY SECONDS``: the advisory services on loopback, as far away as a network makes them."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.loopback.server import serve


class Distance:
    """A fault that only takes its time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def takes(self, path: str) -> bool:
        """Wait; the answer is the service's own."""
        time.sleep(self._seconds)
        return False


if __name__ == "__main__":
    with serve(Path(sys.argv[1])) as server:
        away: Any = Distance(float(sys.argv[2]))
        server.faults.append(away)
        print(server.url, flush=True)
        threading.Event().wait()
