"""``python -m tests.docs.address OWNER/NAME@COMMIT VERSION``: before a release builds its wheel, what ``init`` writes into a workflow and
the links of the README, which a package index shows without the other pages.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

STARTER, README = "scanner/commands/_starter.py", "README.md"
_LINE = re.compile(r'^ACTION = "[^"]+"$', re.MULTILINE)
_LINK = re.compile(r"(!?)(\[[^\]]*\])\((?!https?:|mailto:|#)([^)\s]+)\)")


def main(arguments: list[str], root: Path) -> int:
    """Exit code 0, or 2 for what is no address or version; the checkout below ``root`` is changed."""
    address, version = arguments if len(arguments) == 2 else ("", "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", address) or not re.fullmatch(r"v\d+\.\d+\.\d+", version):
        sys.stderr.write("python -m tests.docs.address OWNER/NAME@COMMIT VERSION: a commit of 40 hex digits, a version as v1.2.3\n")
        return 2
    starter = (root / STARTER).read_text("utf-8")
    (root / STARTER).write_text(_LINE.sub(f'ACTION = "{address} # {version}"', starter), encoding="utf-8")
    (root / README).write_text(absolute((root / README).read_text("utf-8"), address), encoding="utf-8")
    sys.stdout.write(f"wrote {STARTER}, {README}\n")
    return 0


def absolute(text: str, address: str) -> str:
    """Markdown with each relative link and picture at its address on GitHub, as of the commit."""
    repository, _, commit = address.partition("@")
    page, raw = f"https://github.com/{repository}/blob/{commit}/", f"https://raw.githubusercontent.com/{repository}/{commit}/"
    return _LINK.sub(lambda found: f"{found[1]}{found[2]}({raw if found[1] else page}{found[3]})", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path.cwd()))
