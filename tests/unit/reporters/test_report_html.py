"""The HTML report: nothing foreign runs or is loaded; in a real browser it filters, sorts, links to a view and fits a phone."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from random import Random
from typing import TYPE_CHECKING

import pytest

from scanner.reporters import Style, reporter
from tests.unit.reporters import browser, hostile, sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scanner.models import Verdict

ROWS = "return [...document.querySelectorAll('.findings tbody tr')].filter(r => r.offsetParent).map(r => r.querySelector('b').textContent)"


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def rendered(verdict: Verdict) -> str:
    return reporter("html").render(verdict, Style())


def test_same_verdict_same_bytes() -> None:
    assert rendered(sample.verdict()) == rendered(sample.verdict())


@pytest.mark.parametrize(("verdict", "compared"), [(sample.verdict(), True), (sample.many(3), False)])
def test_origins_are_a_filter_and_a_column_where_something_was_compared(verdict: Verdict, compared: bool) -> None:
    page = rendered(verdict)
    assert ['data-filter="origin"' in page, 'data-sort="origin"' in page, 'data-label="Origin"' in page] == [compared] * 3
    table = Counter(tag for tag, _ in Tags(page.partition('<table class="findings">')[2].partition("</table>")[0]).found)
    assert table["th"] == table["td"] / (table["tr"] - 1) == (5 if compared else 4)


@pytest.mark.parametrize("verdict", [sample.verdict(), sample.incomplete(), hostile.verdict(hostile.strings(Random(8), 400))])
def test_only_our_script_and_style_are_allowed_to_be(verdict: Verdict) -> None:
    page = rendered(verdict)
    tags = Tags(page).found
    (policy,) = [attrs["content"] for tag, attrs in tags if attrs.get("http-equiv")]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy


@pytest.mark.parametrize("seed", range(10))
def test_foreign_text_is_text(seed: int) -> None:
    tags = Tags(rendered(hostile.verdict(hostile.strings(Random(seed), 300)))).found
    assert [tag for tag, _ in tags].count("script") == 1
    assert {tag for tag, _ in tags}.isdisjoint({"img", "iframe", "link", "object", "base"})
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on") or name in {"src", "style", "srcset", "action"}]
    assert all(re.match(r"https://|#", attrs["href"] or "") for tag, attrs in tags if tag == "a")


def test_an_address_that_is_not_https_is_no_link() -> None:
    from msgspec.structs import replace

    from scanner.models import Judged

    found = replace(sample.babel(), help_url="java" + "script:alert(1)")
    page = rendered(replace(sample.clean(), judged=(Judged(finding=found, blocking=True),)))
    assert "alert(1)" not in page


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Page]:
    if browser.missing():
        pytest.skip(f"not installed: {browser.missing()} (Debian: apt-get install chromium chromium-driver)")
    with browser.page(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.html"
    file.write_text(rendered(sample.verdict()), encoding="utf-8")
    return file


@pytest.mark.slow
def test_filters_narrow_and_add_up(chromium: browser.Page, report: Path) -> None:
    chromium.open(report)
    assert len(chromium.run(ROWS)) == 6
    chromium.click("[data-filter=kind] label.secret")
    assert chromium.run(ROWS) == ["GitHub token", "GitHub token"]
    chromium.click("[data-filter=state] label.blocks")
    assert chromium.run(ROWS) == ["GitHub token"]
    assert chromium.run("return location.hash") == "#kind=secret&state=blocks"
    chromium.click("button[type=reset]")
    chromium.type("input[name=text]", "services jinja2")
    assert chromium.run(ROWS) == ["jinja2 2.11.2", "jinja2 2.11.2"]
    assert chromium.run("return document.querySelector('output').value") == "2 of 6"
    assert chromium.messages() == []


@pytest.mark.slow
def test_columns_sort_both_ways(chromium: browser.Page, report: Path) -> None:
    chromium.open(report)
    chromium.click("th[data-sort=what] button")
    upwards = chromium.run(ROWS)
    chromium.click("th[data-sort=what] button")
    assert upwards == sorted(upwards, key=str.lower)
    assert chromium.run(ROWS) == sorted(upwards, key=str.lower, reverse=True)
    assert chromium.run("return document.querySelector('th[data-sort=what]').getAttribute('aria-sort')") == "descending"


@pytest.mark.slow
def test_a_view_can_be_linked(chromium: browser.Page, report: Path) -> None:
    chromium.open(report, "severity=high,moderate&origin=existing&sort=-path")
    assert chromium.run(ROWS) == ["jinja2 2.11.2"]
    assert chromium.run("return document.querySelector('[data-filter=severity] .high input').checked") is True


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 800, 1400])
def test_nothing_sticks_out_of_the_screen(chromium: browser.Page, report: Path, width: int) -> None:
    chromium.size(width, 800)
    chromium.open(report)
    assert chromium.run("return document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_hostile_text_runs_nothing(chromium: browser.Page, tmp_path: Path, seed: int) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(rendered(hostile.verdict(hostile.strings(Random(seed), 300))), encoding="utf-8")
    chromium.open(file)
    assert chromium.run("return document.scripts.length") == 1
    assert chromium.run("return document.images.length") == 0
    assert chromium.messages() == []


COLOURS = """
const css = getComputedStyle(document.documentElement), canvas = document.createElement("canvas").getContext("2d");
const bytes = (name) => {
  canvas.fillStyle = css.getPropertyValue(name);
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
return Object.fromEntries(arguments[0].map((name) => [name, bytes(name)]));
"""
INKS = ("--text", "--quiet", "--accent", "--critical", "--high", "--moderate", "--low", "--unknown", "--good")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "scheme"), [("screen", "light"), ("screen", "dark"), ("print", "light"), ("print", "dark")])
def test_every_colour_can_be_read(chromium: browser.Page, report: Path, kind: str, scheme: str) -> None:
    """Contrast of at least 4.5 to 1, as WCAG 2.1 asks for text."""
    chromium.media(kind, scheme)
    chromium.open(report)
    colours = chromium.run(COLOURS.replace("arguments[0]", str([*INKS, "--page", "--panel"])))
    chromium.media("screen", "light")
    for ground in ("--page", "--panel"):
        contrasts = {ink: _contrast(colours[ink], colours[ground]) for ink in INKS}
        assert {ink: contrast for ink, contrast in contrasts.items() if contrast < 4.5} == {}
    assert (_luminance(colours["--page"]) < 0.1) == (kind == "screen" and scheme == "dark")


@pytest.mark.slow
def test_on_paper_nothing_is_folded_and_nothing_is_there_to_click(chromium: browser.Page, report: Path) -> None:
    chromium.open(report)
    folded = "return document.querySelectorAll('details:not([open])').length"
    before = chromium.run(folded)
    chromium.media("print", "light")
    assert chromium.run("return getComputedStyle(document.querySelector('.filters')).display") == "none"
    assert chromium.run("dispatchEvent(new Event('beforeprint')); " + folded) == 0
    assert chromium.run("return document.documentElement.scrollWidth <= window.innerWidth")
    assert chromium.run("dispatchEvent(new Event('afterprint')); " + folded) == before > 0
    chromium.media("screen", "light")


def _contrast(one: list[int], other: list[int]) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: list[int]) -> float:
    parts = [part / 255 / 12.92 if part / 255 <= 0.03928 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
