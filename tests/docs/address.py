"""``python -m tests.docs.address OWNER/NAME@COMMIT VERSION``: what ``init`` writes into a workflow, before a release builds its wheel."""

from __future__ import annotations

import re
import sys
from pathlib import Path

STARTER = "scanner/commands/_starter.py"
_LINE = re.compile(r'^ACTION = "[^"]+"$', re.MULTILINE)


def main(arguments: list[str], root: Path) -> int:
    """Exit code 0, or 2 for what is no address or version; the checkout below ``root`` is changed."""
    address, version = arguments if len(arguments) == 2 else ("", "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", address) or not re.fullmatch(r"v\d+\.\d+\.\d+", version):
        sys.stderr.write("python -m tests.docs.address OWNER/NAME@COMMIT VERSION: a commit of 40 hex digits, a version as v1.2.3\n")
        return 2
    path = root / STARTER
    text, count = _LINE.subn(f'ACTION = "{address} # {version}"', path.read_text("utf-8"))
    if count != 1:
        sys.stderr.write(f"{STARTER}: one line ACTION = \"...\" is expected\n")
        return 2
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {STARTER}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path.cwd()))
