"""The sample verdicts in every format, word for word. ``python -m tests.unit.reporters.test_golden`` writes them anew: read the diff."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from scanner.models import Verdict
from scanner.reporters import Style, formats, reporter
from tests.unit.reporters import sample

EXPECTED = Path(__file__).with_name("expected")
ENDINGS = {"console": "txt", "github": "log", "json": "json", "sarif": "sarif", "markdown": "md", "html": "html", "cyclonedx": "cdx.json"}
VERDICTS = {"fail": sample.verdict(), "pass": sample.clean(), "incomplete": sample.incomplete()}
STYLE = Style(width=100)


def test_every_format_of_the_contract_is_there() -> None:
    assert formats() == sorted(ENDINGS)


@pytest.mark.parametrize("format_", ENDINGS)
@pytest.mark.parametrize("name", VERDICTS)
def test_it_looks_as_agreed(name: str, format_: str) -> None:
    assert _rendered(VERDICTS[name], format_) == _file(name, format_).read_text(encoding="utf-8")


@pytest.mark.parametrize("format_", ENDINGS)
def test_a_target_with_odd_bytes_in_its_name_can_be_reported(format_: str) -> None:
    odd = replace(sample.verdict(), run=replace(sample.run(), target="caf\udce9"))
    assert _rendered(odd, format_).encode()


def _rendered(verdict: Verdict, format_: str) -> str:
    return reporter(format_).render(verdict, STYLE)


def _file(name: str, format_: str) -> Path:
    return EXPECTED / f"{name}.{ENDINGS[format_]}"


if __name__ == "__main__":
    for one, verdict in VERDICTS.items():
        for kind in ENDINGS:
            _file(one, kind).write_text(_rendered(verdict, kind), encoding="utf-8")
