"""One self-contained page: Verdict in, HTML out. All foreign text is escaped; nothing but our own script runs, nothing is loaded."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from scanner.reporters import _advice, _rows
from scanner.reporters import _wording as wording
from scanner.reporters._checkout import from_root
from scanner.reporters._escape import shown

if TYPE_CHECKING:
    from scanner.models import Verdict
    from scanner.reporters import Style

SORTS = (("severity", "Severity"), ("what", "What"), ("path", "Path"), ("origin", "Origin"))


class Html:
    """Sortable, filterable, printable; the state of the filters is in the address after ``#``."""

    def render(self, verdict: Verdict, style: Style) -> str:  # noqa: ARG002 -- the reader's browser decides
        """Deterministic, byte for byte."""
        from jinja2 import Environment
        from markupsafe import Markup

        css, script = _part("report.css"), _part("report.js")
        page = Environment(autoescape=True, keep_trailing_newline=True).from_string(_part("report.html"))
        verdict = from_root(verdict)
        findings = _rows.rows(verdict)
        return page.render(
            style=Markup(css),
            script=Markup(script),
            style_hash=_hash(css),
            script_hash=_hash(script),
            outcome=verdict.outcome.value,
            reason=shown(wording.headline(verdict).partition(": ")[2]),
            whose=shown(wording.whose(verdict)),
            circumstances=shown(_circumstances(verdict)),
            version=verdict.run.version,
            problems=_rows.troubles(verdict),
            attention=_rows.attention(verdict),
            background=_rows.background(verdict),
            findings=findings,
            advice=shown(_advice.no_secret(verdict.blocking, verdict.run)),
            filters=_rows.filters(findings),
            compared=_rows.compared(findings),
            sorts=SORTS if _rows.compared(findings) else SORTS[:-1],
        )


REPORTER = Html()


def _circumstances(verdict: Verdict) -> str:
    run = verdict.run
    base = f" compared with {run.base[:12]}" if run.base else ""
    shard = f"shard {run.shard}" if run.shard else ""
    what = ", ".join(filter(None, [f"{wording.target(verdict)}{base}", shard, run.started_at]))
    return "; ".join(filter(None, [what, wording.threshold(verdict), wording.checked(verdict)]))


def _part(name: str) -> str:
    return files("scanner.reporters").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """As a Content-Security-Policy source."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
