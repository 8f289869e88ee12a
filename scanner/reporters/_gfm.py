"""GitHub-flavoured Markdown from untrusted text: no markup, link, mention or cross reference that we did not mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.reporters._escape import shown, web_address

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_TEXT = 400
ROWS = (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0)
_PUNCTUATION = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~$&])")
# GitHub turns these into mentions, references to issues and links after it has rendered the Markdown: an unseen blank stops it.
_REFERENCE = re.compile(r"(?<=@)(?=\w)|(?<=\\#)(?=\w)|(?<=GH-)(?=\d)|(?<=://)|(?<=www\.)", re.IGNORECASE)


class Table(Struct, frozen=True, kw_only=True):
    """A titled table; cells are Markdown already; a ``folded`` one is closed until clicked; ``number`` where it is not that of the rows;
    ``more`` rows were not even made, as no page holds them; ``note``, Markdown too, stands below it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    folded: bool = True
    number: int | None = None
    more: int = 0
    note: str = ""


def text(raw: str) -> str:
    """Plain words."""
    return _REFERENCE.sub("\u200b", _MARKUP.sub(r"\\\1", _clipped(raw)))


def code(raw: str) -> str:
    """Words to be taken literally: names, paths, commands."""
    clipped = _clipped(raw)
    if not clipped:
        return ""
    if any(char in clipped for char in "`|\\") or clipped.strip() != clipped:
        return f"<code>{_PUNCTUATION.sub(lambda match: f'&#{ord(match.group())};', clipped)}</code>"
    return f"`{clipped}`"


def link(label: str, url: str) -> str:
    """A link where the address is a plain https one, else just the label."""
    return f"[{text(label)}](<{address}>)" if (address := web_address(url)) else text(label)


def document(first: Sequence[str], tables: Sequence[Table], last: Sequence[str], limit: int) -> str:
    """Paragraphs, tables, paragraphs in at most ``limit`` bytes; what does not fit becomes ``N more in the report``."""
    for rows in ROWS:
        parts = [*first, *(_table(table, rows) for table in tables if table.rows), *last]
        whole = "\n\n".join(parts) + "\n"
        if len(whole.encode()) <= limit:
            return whole
    return f"{first[0]}\n"


def _table(table: Table, most: int) -> str:
    shown_rows = table.rows[:most]
    hidden = len(table.rows) + table.more - len(shown_rows)
    heading = f"{table.title} ({len(table.rows) if table.number is None else table.number:,})"
    lines = [_row(table.columns), _row(("---",) * len(table.columns)), *map(_row, shown_rows)] if shown_rows else []
    body = "\n".join(lines) + (f"\n\n{hidden:,} more in the report" if hidden else "")
    body += f"\n\n{table.note}" if table.note else ""
    if table.folded:
        return f"<details><summary>{heading}</summary>\n\n{body.lstrip()}\n\n</details>"
    return f"### {heading}\n\n{body.lstrip()}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _clipped(raw: str) -> str:
    seen = shown(raw[: LONGEST_TEXT + 1])
    return seen if len(seen) <= LONGEST_TEXT else f"{seen[: LONGEST_TEXT - 1]}…"
