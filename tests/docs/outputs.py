"""What the program really prints, for the pages that show it: marker in, fenced block out; seconds and commits are taken out."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.conftest import ROOT

SHOWN = 22
"""Lines of the report that a page shows; the rest is counted."""


def make() -> dict[str, str]:
    """Every ``output:`` section by its marker."""
    return {"output: make scan": _fenced(steady(run("examples/vulnerable-app")))}


def run(target: str) -> str:
    """What ``make scan TARGET=target`` prints, exit code line included."""
    offline = ["--advisories", "offline", "--advisory-db", "examples/advisories"]
    command = [sys.executable, "entrypoint.py", target, *offline]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}exit code of the job: {done.returncode}\n"


def steady(text: str) -> str:
    """The text without what differs from run to run: the commit, the seconds, today's distance from a date."""
    text = re.sub(r" at [0-9a-f]{12} · ", " · ", text)
    return re.sub(r"\s+·\s+\d+(\.\d+)?\s?(s|min)$", "", text, flags=re.MULTILINE)


def _fenced(text: str) -> str:
    lines = text.splitlines()
    head, last = lines[:SHOWN], lines[-2:]
    while head and head[-1].strip():  # whole findings only
        head.pop()
    return "```\n" + "\n".join([*head, f"  … {len(lines) - len(head) - len(last)} more lines", "", *last]) + "\n```\n"
