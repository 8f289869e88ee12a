"""A job's annotations drawn over the changed lines, roughly as a pull request shows them: log and both versions of files in, HTML out."""

from __future__ import annotations

from difflib import SequenceMatcher
from html import escape
from typing import TYPE_CHECKING

from tests.unit.reporters.workflow_parser import commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.unit.reporters.workflow_parser import Command

CONTEXT = 2
STYLE = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.45 "DejaVu Sans", sans-serif; }
.file { border: 1px solid #d1d9e0; border-radius: 6px; margin-bottom: 16px; overflow: hidden; }
.name { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 12px; font: bold 13px "DejaVu Sans Mono", monospace; }
pre { margin: 0; padding: 1px 12px; font: 13px/1.6 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
pre b { display: inline-block; width: 3em; color: #59636e; font-weight: normal; }
.added { background: #dafbe1; } .removed { background: #ffebe9; }
.note { margin: 6px 12px 8px 44px; border: 1px solid #d1d9e0; border-left: 4px solid #9a6700; border-radius: 6px; padding: 8px 12px; }
.note.error { border-left-color: #cf222e; } .note h4 { margin: 0 0 4px; font-size: 13px; } .note p { margin: 0; white-space: pre-wrap; }
.note small { color: #59636e; }
</style>"""


def page(log: str, before: Path, after: Path, paths: Sequence[str], file: Path) -> Path:
    """Write the page for ``paths`` to ``file``; both trees hold the files as they were before and after the change."""
    notes = [one for one in commands(log) if one.name in ("error", "warning", "notice")]
    if not notes:
        raise ValueError("the job wrote no annotation")
    parts = [_file(path, _lines(before / path), _lines(after / path), notes) for path in paths]
    file.write_text(STYLE + "".join(parts), encoding="utf-8")
    return file


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def _file(path: str, before: list[str], after: list[str], notes: list[Command]) -> str:
    here: dict[int, Command] = {}
    for one in notes:  # the worst comes first
        if one.properties.get("file") == path:
            here.setdefault(int(one.properties["line"]), one)
    rows = list(_rows(before, after, here))
    shown = {near for at, (_, note) in enumerate(rows) if note for near in range(at - CONTEXT, at + CONTEXT + 1)}
    body = "".join(f"{row}{note}" for at, (row, note) in enumerate(rows) if at in shown)
    return f'<div class="file"><div class="name">{escape(path)}</div>{body}</div>'


def _rows(before: list[str], after: list[str], here: dict[int, Command]) -> Iterator[tuple[str, str]]:
    """Each line of the difference with the annotation below it."""
    for kind, old, old_end, new, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((_row("", number + 1, " ", after[number]), _note(here.get(number + 1))) for number in range(new, new_end))
        else:
            yield from ((_row("removed", number + 1, "-", before[number]), "") for number in range(old, old_end))
            yield from ((_row("added", number + 1, "+", after[number]), _note(here.get(number + 1))) for number in range(new, new_end))


def _row(kind: str, number: int, sign: str, text: str) -> str:
    return f'<pre class="{kind}"><b>{number}</b>{sign} {escape(text)}</pre>'


def _note(note: Command | None) -> str:
    if note is None:
        return ""
    what = "Check failure" if note.name == "error" else "Check warning"
    title = escape(note.properties.get("title", ""))
    return f'<div class="note {note.name}"><small>{what}</small><h4>{title}</h4><p>{escape(note.data)}</p></div>'
