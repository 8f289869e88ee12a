"""A page for each output and a picture of it: text in, HTML file out, PNG by a headless Chromium."""

from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SCREEN = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 20px; background: #16191d; }
pre { margin: 0; color: #d7dbe0; font: 14px/1.35 "DejaVu Sans Mono", monospace; }
{stylesheet}
</style><pre><code style="font-family: inherit">{code}</code></pre>"""
PALETTE = (
    (22, 25, 29),
    (215, 219, 224),
    [(22, 25, 29), (240, 98, 92), (120, 200, 130), (235, 190, 90), (110, 165, 245), (205, 130, 220), (95, 200, 210), (240, 242, 245)],
)
SUMMARY = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 24px; background: #fff; color: #1f2328; font: 14px/1.5 "DejaVu Sans", sans-serif; }
h2 { border-bottom: 1px solid #d1d9e0; padding-bottom: 6px; }
table { border-collapse: collapse; margin: 10px 0; }
th, td { border: 1px solid #d1d9e0; padding: 6px 10px; text-align: left; vertical-align: top; }
tr:nth-child(2n) { background: #f6f8fa; }
code { background: #eff1f3; border-radius: 6px; padding: 2px 5px; font: 12px "DejaVu Sans Mono", monospace; }
a { color: #0969da; text-decoration: none; } summary { cursor: pointer; margin: 8px 0; }
</style>"""


def console(screen: str, file: Path) -> Path:
    """A page that shows what a terminal shows."""
    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    recorder = Console(record=True, file=io.StringIO(), width=200)
    recorder.print(Text.from_ansi(screen), soft_wrap=True, highlight=False)
    template = SCREEN.replace("{", "{{").replace("}", "}}").replace("{{code}}", "{code}").replace("{{stylesheet}}", "{stylesheet}")
    file.write_text(recorder.export_html(theme=TerminalTheme(*PALETTE), code_format=template, inline_styles=True), encoding="utf-8")
    return file


def markdown(text: str, file: Path) -> Path:
    """A page that shows Markdown roughly as GitHub does."""
    from markdown_it import MarkdownIt

    file.write_text(SUMMARY + MarkdownIt("commonmark").enable("table").render(text), encoding="utf-8")
    return file


def picture(page: Path, target: Path, *, width: int, height: int, fragment: str = "", dark: bool = False) -> None:
    """The upper left of the page as PNG."""
    address = page.as_uri() + (f"#{fragment}" if fragment else "")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},{height}"]
    command += ["--virtual-time-budget=3000", f"--user-data-dir={page.parent / 'profile'}", f"--screenshot={target}"]
    command += [f"--blink-settings=preferredColorScheme={0 if dark else 1}", address]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
