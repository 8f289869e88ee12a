"""Pictures for the docs from a real scan of the example app: ``python -m tests.screenshots [FOLDER]`` (default: docs/images).

Needs Debian's chromium. The example becomes a pull request, and what the pictures show is what a job and a terminal make of it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from tests.screenshots import annotations, pages, repository

ROOT = Path(__file__).parents[2]
COLUMNS = 112
ANNOTATED = ("apps/web/src/lib/supabase.ts", "services/api/requirements.txt", "apps/web/package.json")
OFFLINE = ("--advisories", "offline", "--advisory-db", str(ROOT / "examples/advisories"))


def main(folder: Path) -> int:
    """Exit code 0, or 2 without a browser."""
    if shutil.which("chromium") is None:
        sys.stderr.write("chromium is not installed (Debian: apt-get install chromium)\n")
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as scratch:
        _pictures(Path(scratch), folder)
    return 0


def _pictures(scratch: Path, folder: Path) -> None:
    shop, report = scratch / "shop", scratch / "report.html"
    job = repository.make(shop, ROOT / "examples")
    log = _log_of_a_job(shop, job, ["-o", f"html={report}", *OFFLINE])
    screen = _on_a_terminal(shop, ["--base", "main", *OFFLINE])
    annotated = annotations.page(log, scratch / "before", shop, ANNOTATED, scratch / "annotations.html")
    pages.picture(annotated, folder / "annotations.png", width=980, height=1000)
    console = pages.console(screen, scratch / "console.html")
    rendered = pages.markdown((scratch / "summary.md").read_text(encoding="utf-8"), scratch / "summary.html")
    pages.picture(console, folder / "console.png", width=1000, height=1000)
    pages.picture(rendered, folder / "summary.png", width=1180, height=900)
    pages.picture(report, folder / "report-light.png", width=1280, height=900)
    pages.picture(report, folder / "report-dark.png", width=1280, height=900, fragment="severity=critical,high&sort=path", dark=True)
    pages.picture(report, folder / "report-phone.png", width=500, height=1000)


def _log_of_a_job(shop: Path, job: dict[str, str], arguments: list[str]) -> str:
    """What the program writes in a job for the pull request."""
    command = [sys.executable, str(ROOT / "entrypoint.py"), ".", *arguments]
    return subprocess.run(command, cwd=shop, env={**_plain(), **job}, capture_output=True, text=True, check=False).stdout


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "INPUT_", "NO_COLOR", "COLUMNS"))}


def _on_a_terminal(shop: Path, arguments: list[str]) -> str:
    """What the program writes to a terminal, colours included."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    command = [sys.executable, str(ROOT / "entrypoint.py"), ".", "--no-progress", *arguments]
    with subprocess.Popen(command, cwd=shop, stdout=theirs, stderr=subprocess.DEVNULL, env={**_plain(), "TERM": "xterm-256color"}):
        os.close(theirs)
        return _all_of(ours)


def _all_of(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:  # Linux says so when the other end has closed
        os.close(terminal)
    return b"".join(parts).decode().replace("\r\n", "\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/images"))
