"""The step summary and the comment, read as GitHub would: verdict first, nothing foreign becomes markup, never too large to be kept."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from scanner.action import write_summary
from scanner.models import Judged, Outcome, Severity
from scanner.reporters import Style, reporter
from scanner.reporters.markdown import MARKER, comment
from tests.unit.reporters import hostile, sample

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

    from scanner.models import Verdict

OURS = re.compile(r"</?(details|summary|sub|br|code)>|<!-- security-scan-gate -->")
ADDRESS = re.compile(r"https://(osv\.example|evil\.example)")


def rendered(verdict: Verdict) -> str:
    return reporter("markdown").render(verdict, Style())


def tokens(markdown: str) -> list[Token]:
    from markdown_it import MarkdownIt

    blocks = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [one for block in blocks for one in (block, *(block.children or ()))]


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (sample.verdict(), "## ❌ Security scan failed: 3 findings block (2 critical, 1 high)"),
        (sample.clean(), "## ✅ Security scan passed: nothing found"),
        (sample.incomplete(), "## ⚠️ Security scan incomplete: 2 things could not be checked"),
        (
            replace(sample.incomplete(), exit_code=0),
            "## ⚠️ Security scan incomplete: 2 things could not be checked; on-incomplete is warn, so the job passes",
        ),
        (
            replace(sample.many(1), problems=sample.incomplete().problems),
            "## ❌ Security scan failed: 1 finding blocks (1 critical); incomplete: 2 things could not be checked",
        ),
    ],
)
def test_verdict_and_reason_stand_in_the_first_line(verdict: Verdict, line: str) -> None:
    assert rendered(verdict).splitlines()[0] == line


def test_problems_stand_before_findings_and_findings_before_the_rest() -> None:
    page = rendered(replace(sample.verdict(), problems=sample.incomplete().problems))
    titles = ("Could not be checked", "Blocks (3)", "loosens the gate", "Does not block", "Accepted", "Audited")
    places = [page.index(title) for title in titles]
    assert places == sorted(places)


@pytest.mark.parametrize("seed", range(40))
def test_foreign_text_becomes_no_markup(seed: int) -> None:
    page = rendered(hostile.verdict(hostile.strings(Random(seed), 200)))
    seen = tokens(page)
    tags = [tag for one in seen if one.type.startswith("html") for tag in re.findall(r"<[^>]*>", one.content)]
    assert [tag for tag in tags if not OURS.match(tag)] == []
    assert {one.type for one in seen} & {"image", "fence", "code_block", "em_open", "s_open", "blockquote_open", "hr"} == set()
    links = [str(one.attrs["href"]) for one in seen if one.type == "link_open"]
    assert all(ADDRESS.match(href) for href in links)
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert sum(one.type == "tr_open" for one in seen) == len([line for line in rows if not line.startswith("| ---")])


@pytest.mark.parametrize("text", ["@someone", "fixes #12", "GH-12", "see www.evil.example", "https://evil.example", "a@b.example"])
def test_no_mention_reference_or_link_is_made(text: str) -> None:
    from scanner.reporters._gfm import text as words

    shown = "".join(one.content for one in tokens(words(text)) if one.type == "text")
    assert shown.replace("\u200b", "") == text
    assert not re.search(r"@\w|#\d|GH-\d|www\.\w|://\w", shown)


@pytest.mark.parametrize("raw", ["a`b", "a|b", "a\\|b", " a ", "``", "a\\", "<b>", "&lt;", "@someone", "*x*", "a\nb"])
def test_code_is_literal_also_in_a_table(raw: str) -> None:
    from scanner.reporters._escape import shown
    from scanner.reporters._gfm import code

    seen = tokens(f"| a | b |\n| --- | --- |\n| {code(raw)} | {code('end')} |\n")
    inline = [one for one in seen if one.type in {"code_inline", "text"} and one.content not in {"a", "b"}] if raw not in {"a", "b"} else []
    assert "".join(one.content for one in inline) == shown(raw) + "end"


@pytest.mark.parametrize("count", [0, 1, 50, 5000, 40_000])
def test_a_summary_is_never_so_large_that_github_drops_it(count: int) -> None:
    page = rendered(sample.many(count))
    assert len(page.encode()) < 1000 * 1024
    assert ("more in the report" in page) == (count >= 5000)


def test_a_summary_of_long_texts_is_cut_too() -> None:
    verdict = hostile.verdict([text * 900 for text in hostile.strings(Random(3), 4000)])
    page = rendered(verdict)
    assert len(page.encode()) < 1000 * 1024
    assert "more in the report" in page


@pytest.mark.parametrize("char", ["é", "🔑", "<"])
def test_the_limit_counts_bytes(char: str, tmp_path: Path) -> None:
    long = tuple(
        Judged(finding=sample.vulnerability(f"{char * 300}{n}", "1", f"GHSA-{n}", Severity.HIGH, path=f"{char * 200}/{n}"), blocking=True)
        for n in range(2000)
    )
    summary = tmp_path / "summary"
    write_summary({"GITHUB_STEP_SUMMARY": str(summary)}, rendered(replace(sample.clean(), outcome=Outcome.FAIL, judged=long)))
    assert 100 * 1024 < summary.stat().st_size < 1000 * 1024
    assert re.search(r"[0-9,]+ more in the report", summary.read_text(encoding="utf-8"))


def test_a_comment_fits_and_carries_its_marker() -> None:
    page = comment(sample.many(5000))
    assert len(page) < 65_536
    assert "more in the report" in page
    assert MARKER in page
    assert page.startswith("## ")


@pytest.mark.parametrize(("verdict", "columns"), [(sample.verdict(), 6), (sample.many(3), 5)])
def test_origins_have_a_column_where_something_was_compared(verdict: Verdict, columns: int) -> None:
    blocks = rendered(verdict).partition("### Blocks")[2].partition("\n\n")[2].partition("\n\n")[0].splitlines()
    assert {line.count(" | ") + 1 for line in blocks} == {columns}
    assert ("Origin" in blocks[0]) == (columns == 6)


def test_a_command_is_set_as_one_and_a_sentence_is_not() -> None:
    page = rendered(sample.verdict())
    assert "`npm install @babel/core@7.23.2`" in page
    assert "| change line 4 of services/api/requirements.txt to jinja2==2.11.3 |" in page
