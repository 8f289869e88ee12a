"""``make accuracy``: our scan and the other tools over the labelled lines; prints the table, writes ``docs/accuracy.md``."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from scanner.models import Severity
from scanner.secrets.judge import assignment
from tests.accuracy import labelled, others
from tests.accuracy.scanning import scan_tree
from tests.bench import train
from tests.bench.peers import VERSIONS
from tests.bench.places import ROOT

if TYPE_CHECKING:
    from scanner.secrets import Result

PAGE = ROOT / "docs" / "accuracy.md"
_HEAD = """# Accuracy

What is reported of the labelled lines of {repositories} real repositories: {secrets:,} secrets, and {others:,} that look like one and
are none, from [CredData](https://github.com/Samsung/CredData), its snapshot of 2026-04-26. `make accuracy` measures it
again and writes this page; it needs the data, which is no part of this repository.

**Precision** is how much of what is reported is a secret, **recall** how many of the secrets are reported, F1 their harmonic mean. Lines
that carry no label are left out. The other tools run with the rules and settings that they come with; those that can ask a provider
whether a key is still good do not.

| | precision | recall | F1 |
| --- | ---: | ---: | ---: |
"""
_FOOT = """
The first two lines flatter us: our rules were written, and the judge's weights trained, with these files at hand, those of
the other tools were not. The two lines below them judge each repository by weights that were trained without it ({folds} folds,
the mean of {rounds} ways to make them); the rules have seen it all the same. `tests/accuracy` asserts figures like these in each
run where the data is, and on files of every format that were written for the purpose, with values drawn anew.

What blocks by default is reported at `high` and above: fewer secrets, surer ones. Passwords that are words, and values in
tests, are `moderate`.

The others are {versions}.
What would block a merge in forty of the most downloaded packages is listed, line by line, in
[false alarms](../tests/accuracy/false_alarms.md).
"""


def main() -> int:
    if not labelled.SOURCE.is_dir():
        print(f"{labelled.SOURCE} is not there: it holds the labelled lines", file=sys.stderr)
        return 1
    truth = labelled.rows()
    with tempfile.TemporaryDirectory() as folder:
        root = labelled.unpack(Path(folder))
        scores = {**_ours(truth, scan_tree(root)), **_unseen()}
        scores |= {name: _measures(labelled.score(truth, places)) for name, places in others.reported(root).items()}
    table = "".join(f"| {name} | {p:.3f} | {r:.3f} | {f:.3f} |\n" for name, (p, r, f) in scores.items())
    print(table)
    versions = ", ".join(VERSIONS[name] for name in sorted(VERSIONS) if name in scores)
    PAGE.write_text(_head(truth) + table + _FOOT.format(folds=train.FOLDS, rounds=len(train.SHUFFLES), versions=versions), "utf-8")
    return 0


def _head(truth: list[labelled.Row]) -> str:
    kinds = Counter(row.truth for row in truth)
    repositories = len({labelled.repository(row.path) for row in truth})
    return _HEAD.format(repositories=repositories, secrets=kinds["T"], others=kinds["F"] + kinds["X"])


def _ours(truth: list[labelled.Row], result: Result) -> dict[str, tuple[float, float, float]]:
    def score(least: Severity) -> tuple[float, float, float]:
        found = [one for one in result.findings if one.severity >= least]
        spots = [spot for one in found for spot in (one.location, *(related.location for related in one.related))]
        return _measures(labelled.score(truth, {(spot.path, spot.line) for spot in spots}))

    return {"**security-scan**": score(Severity.UNKNOWN), "**security-scan**, what blocks": score(Severity.HIGH)}


def _unseen() -> dict[str, tuple[float, float, float]]:
    """Each repository judged by a model that has not seen it."""
    data, model = train.read(), assignment.model()
    rounds = [train.held_out(data.samples, data.written, shuffle) for shuffle in train.SHUFFLES]
    said = [train.reported(judged, data, model.likely, model.certain) for judged in rounds]

    def score(least: Severity) -> tuple[float, float, float]:
        each = [_measures(labelled.score(data.truth, {place for place, worst in one.items() if worst >= least})) for one in said]
        precision, recall, f1 = (fmean(column) for column in zip(*each, strict=True))
        return precision, recall, f1

    return {"security-scan, weights without the repository": score(Severity.UNKNOWN), "the same, what blocks": score(Severity.HIGH)}


def _measures(total: labelled.Score) -> tuple[float, float, float]:
    return total.precision, total.recall, total.f1


if __name__ == "__main__":
    sys.exit(main())
