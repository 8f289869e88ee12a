"""``python -m tests.loopback DIRECTORY [--port N] [--page-size N]``: prints the base URL and serves until interrupted."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from tests.loopback.server import serve


def main() -> None:
    """Serve the OSV records below DIRECTORY on loopback."""
    parser = argparse.ArgumentParser(prog="tests.loopback")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--page-size", type=int, default=0)
    options = parser.parse_args()
    with serve(options.directory, port=options.port, page_size=options.page_size) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
