"""What a person sees at a terminal: same layout with and without colour, the width respected, foreign text harmless."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest

from scanner.models import Judged, Origin, Severity
from scanner.reporters import Style, reporter
from scanner.reporters._lines import Line, Span, cells, plain
from scanner.reporters._wording import together
from tests.unit.reporters import hostile, sample

if TYPE_CHECKING:
    from scanner.models import Verdict

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def rendered(verdict: Verdict, **style: int) -> str:
    shown = Style(width=style.get("width", 100), color=bool(style.get("color")), detail=style.get("detail", 0))
    return reporter("console").render(verdict, shown)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("verdict", [sample.verdict(), sample.incomplete(), hostile.verdict(hostile.strings(Random(5), 99))])
def test_no_line_is_wider_than_the_terminal(verdict: Verdict, width: int) -> None:
    assert [line for line in rendered(verdict, width=width, detail=1).splitlines() if cells(line) > width] == []


@pytest.mark.parametrize("verdict", [sample.verdict(), sample.incomplete(), hostile.verdict(hostile.strings(Random(6), 99))])
def test_colour_changes_nothing_but_colour(verdict: Verdict) -> None:
    coloured = rendered(verdict, color=1)
    assert "\x1b[" in coloured
    assert ANSI.sub("", coloured) == rendered(verdict)


def test_colour_is_decided_by_the_style_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rendered(sample.verdict(), color=1)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "10")
    assert rendered(sample.verdict(), color=1) == before
    assert "\x1b" not in rendered(sample.verdict())


def test_a_plain_screen_does_not_wait_for_the_colour_library() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from tests.unit.reporters import sample; from scanner.reporters import Style, reporter\n"
        "for name in ('console', 'github', 'json', 'markdown'): reporter(name).render(sample.verdict(), Style())\n"
        "print(sorted({'rich', 'jinja2', 'cyclonedx', 'requests', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_quiet_tells_the_verdict_and_what_blocks() -> None:
    quiet = rendered(sample.verdict(), detail=-1)
    assert "Blocks (3)" in quiet
    assert "Accepted" not in quiet


def test_a_long_report_ends_with_the_verdict() -> None:
    lines = rendered(sample.verdict()).splitlines()
    assert lines[-1] == lines[0] == " FAILED   3 findings block (2 critical, 1 high)"


def test_long_lists_are_cut_short_and_say_so() -> None:
    from msgspec.structs import replace

    audited = sample.audited()[:1] * 30
    verdict = replace(sample.clean(), audited=audited)
    assert "and 25 more (-v shows all of them)" in rendered(verdict)
    assert rendered(verdict, detail=1).count("services/api") == 30


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("one two three four five six seven eight nine", 40, ["one two three four five six seven eight", "  nine"]),
        ("x" * 45, 40, ["x" * 38, "  " + "x" * 7]),
        ("漢" * 25, 40, ["漢" * 19, "  " + "漢" * 6]),
        ("a ::error::b", 40, ["a ::error::b"]),
        ("x" * 38 + " ::error::b", 40, ["x" * 38, "\\ ::error::b"]),
    ],
)
def test_wrapping(text: str, width: int, rows: list[str]) -> None:
    assert plain([Line((Span(text),), 2)], width).splitlines() == rows


@pytest.mark.parametrize(
    ("origins", "words"),
    [
        ([], ""),
        ([Origin.UNKNOWN], ""),
        ([Origin.INTRODUCED], "introduced by this change"),
        ([Origin.INTRODUCED, Origin.INTRODUCED], "all 2 introduced by this change"),
        ([Origin.EXISTING, Origin.INTRODUCED, Origin.EXISTING], "2 already there before, 1 introduced by this change"),
        ([Origin.NEWLY_PUBLISHED, Origin.INTRODUCED], "1 whose advisory was published since, 1 introduced by this change"),
        ([Origin.UNKNOWN, Origin.INTRODUCED, Origin.UNKNOWN], "1 introduced by this change, 2 of unknown origin"),
    ],
)
def test_whose_it_is_stands_in_the_second_line(origins: list[Origin], words: str) -> None:
    from msgspec.structs import replace

    found = [replace(sample.token(line=n + 1), origin=one, origin_note="") for n, one in enumerate(origins)]
    judged = tuple(Judged(finding=one, blocking=True) for one in found)
    second = rendered(replace(sample.clean(), judged=judged)).splitlines()[1].strip()
    assert second == words or (words == "" and second.startswith("commit "))


def test_that_what_was_there_before_does_not_block_is_said() -> None:
    from msgspec.structs import replace

    aside = replace(sample.clean(), run=replace(sample.run(), block_existing=False))
    assert "blocks at high and above; what was there before does not block" in rendered(aside, width=200)
    assert "does not block" not in rendered(sample.clean())


@pytest.mark.parametrize(
    ("severities", "order"),
    [
        ((Severity.UNKNOWN, Severity.HIGH), "high unknown"),
        ((Severity.UNKNOWN, Severity.MODERATE), "unknown moderate"),
        ((Severity.CRITICAL, Severity.UNKNOWN, Severity.HIGH), "critical high unknown"),
    ],
)
def test_a_package_is_headed_by_what_somebody_has_scored(severities: tuple[Severity, ...], order: str) -> None:
    found = [sample.vulnerability("a", "1.0", f"GHSA-{place}", one) for place, one in enumerate(severities)]
    (group,) = together(found)
    assert " ".join(one.severity.label for one in group) == order
