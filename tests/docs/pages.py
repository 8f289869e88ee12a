"""Every page for people: Markdown files in; their code blocks, generated sections, headings and links out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = tuple(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "examples/README.md"))
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[a-z]*)\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_NOTE = re.compile(r"<!-- (?P<words>[^>]*) -->\n+\Z")
_GENERATED = re.compile(r"(?P<open><!-- (?P<kind>generated|output): (?P<name>[^>]+?) -->\n)(?P<body>.*?)(?P<close><!-- end -->)", re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its page, line, language, text, and the words of the HTML comment right above it (``check: docker``)."""

    page: Path
    line: int
    language: str
    body: str
    note: str

    @property
    def name(self) -> str:
        """How a test report calls it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """The pages there are."""
    return [*PAGES, *sorted((ROOT / "docs").glob("*.md"))]


def blocks(*languages: str) -> list[Block]:
    """Every fenced block in one of the languages, generated ones included."""
    return [block for page in pages() for block in blocks_of(page, *languages)]


def blocks_of(page: Path, *languages: str) -> list[Block]:
    """Those of one page, which may lie in another checkout."""
    return [block for block in _blocks(page) if block.language in languages]


def sections(page: Path) -> list[re.Match[str]]:
    """The sections of a page that are written by ``make docs``; groups ``kind``, ``name``, ``body``."""
    return list(_GENERATED.finditer(page.read_text("utf-8")))


def replaced(page: Path, make: dict[str, str]) -> str:
    """The page's text with each section of ``make`` (``kind: name``) filled anew."""
    def fill(match: re.Match[str]) -> str:
        text = make.get(f"{match['kind']}: {match['name']}")
        return match[0] if text is None else f"{match['open']}{text}{match['close']}"

    return _GENERATED.sub(fill, page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors GitHub gives to a page's headings."""
    seen: set[str] = set()
    for title in re.findall(r"^#+ (.+)$", re.sub(_FENCE, "", page.read_text("utf-8")), re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        seen.add(anchor if anchor not in seen else f"{anchor}-1")
    return seen


def links(page: Path) -> list[str]:
    """The targets of the page's links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(_FENCE, "", page.read_text("utf-8")))


def _blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for match in _FENCE.finditer(text):
        note = _NOTE.search(text[: match.start()])
        indent = len(match["indent"])
        body = "".join(line[indent:] if line.strip() else line for line in match["body"].splitlines(keepends=True))
        yield Block(page, text.count("\n", 0, match.start()) + 1, match["language"], body, note["words"] if note else "")
