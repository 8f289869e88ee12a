"""The real engine over the labelled lines of real repositories: prints the table, and asserts what is really reached."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scanner.models import Severity
from tests.accuracy import labelled
from tests.accuracy.scanning import scan_tree

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.secrets import Result

pytestmark = pytest.mark.shared

Place = tuple[str, int]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return scan_tree(labelled.unpack(tmp_path_factory.mktemp("labelled")))


def places(result: Result, least: Severity) -> set[Place]:
    """Every line a finding of at least this severity names, its first and its related ones."""
    found = [finding for finding in result.findings if finding.severity >= least]
    spots = [spot for finding in found for spot in (finding.location, *(related.location for related in finding.related))]
    return {(spot.path, spot.line) for spot in spots}


def test_all_severities(result: Result) -> None:
    truth = labelled.rows()
    reported = places(result, Severity.UNKNOWN)
    total = labelled.score(truth, reported)
    show("all severities", total)
    for name, found, rows in labelled.by_category(truth, reported)[:25]:
        print(f"  {name:30} {found:4} of {rows:4}  {found / rows:.3f}")
    assert result.problems == ()
    assert total.f1 >= 0.95
    assert total.precision >= 0.96
    assert total.recall >= 0.93


def test_what_blocks(result: Result) -> None:
    total = labelled.score(labelled.rows(), places(result, Severity.HIGH))
    show("high and critical", total)
    assert total.precision >= 0.98
    assert total.recall >= 0.40


def test_the_scorer_of_the_data_agrees(result: Result, tmp_path: Path) -> None:
    """Our counts are those of the program that came with the data."""
    reported = places(result, Severity.UNKNOWN)
    table = tmp_path / "ours.csv"
    table.write_text("path,line\n" + "".join(f"{path},{line}\n" for path, line in sorted(reported)), "utf-8")
    command = [sys.executable, str(labelled.SOURCE / "score.py"), str(labelled.SOURCE / "truth.csv"), str(table), "--categories", "0"]
    done = subprocess.run([*command, "--ignore-category", *sorted(labelled.NOT_SECRET)], capture_output=True, text=True, check=True)
    print(done.stdout)
    total = labelled.score(labelled.rows(), reported)
    assert f"{total.precision:.3f}" in done.stdout
    assert f"{total.recall:.3f}" in done.stdout


def show(name: str, total: labelled.Score) -> None:
    print(f"\n{name:18} precision {total.precision:.3f}  recall {total.recall:.3f}  F1 {total.f1:.3f}  {total}")
