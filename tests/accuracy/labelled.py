"""The labelled lines of real repositories: the archive beside the project in, rows, files and scores out."""

from __future__ import annotations

import csv
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "secrets"
NOT_SECRET = frozenset({"UUID", "AWS S3 Bucket", "Firebase Domain", "Tencent WeChat API App ID"})
RANK = {"F": 0, "X": 0, "I": 1, "T": 2}


class Row(NamedTuple):
    """One label: lines ``start`` to ``end`` of ``path``; ``truth`` is T, F, X, or I for a T row of a category that is no secret."""

    path: str
    start: int
    end: int
    truth: str
    categories: frozenset[str]


class Score(NamedTuple):
    """Lines right, wrong and unlabelled; rows found of all. The measures leave unlabelled lines out, as the data's README advises."""

    right: int
    wrong: int
    unlabelled: int
    found: int
    rows: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.rows)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


def unpack(target: Path) -> Path:
    """The labelled files under ``target``; their root."""
    with tarfile.open(SOURCE / "labelled.tar.xz") as archive:
        archive.extractall(target, filter="data")
    return target / "labelled"


def rows() -> list[Row]:
    with open(SOURCE / "truth.csv", newline="", encoding="utf-8") as stream:
        return [_row(fields) for fields in csv.DictReader(stream)]


def repository(path: str) -> str:
    return path.split("/", 1)[0]


def labels(truth: list[Row]) -> dict[tuple[str, int], str]:
    """The strongest label of each line: T over I over F and X."""
    kind: dict[tuple[str, int], str] = {}
    for row in truth:
        for line in range(row.start, row.end + 1):
            place = (row.path, line)
            if RANK[row.truth] >= RANK.get(kind.get(place, ""), -1):
                kind[place] = row.truth
    return kind


def score(truth: list[Row], reported: set[tuple[str, int]]) -> Score:
    kind = labels(truth)
    said = [kind.get(place, "") for place in reported]
    wanted = [row for row in truth if row.truth == "T"]
    found = sum(_hit(row, reported) for row in wanted)
    return Score(said.count("T"), said.count("F") + said.count("X"), said.count(""), found, len(wanted))


def by_category(truth: list[Row], reported: set[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """``(category, found, rows)``, the largest first."""
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in truth:
        if row.truth == "T":
            for category in row.categories:
                count[category][0] += _hit(row, reported)
                count[category][1] += 1
    return sorted(((name, found, total) for name, (found, total) in count.items()), key=lambda item: (-item[2], item[0]))


def _row(fields: dict[str, str]) -> Row:
    categories = frozenset(fields["category"].split(":"))
    truth = "I" if fields["truth"] == "T" and categories <= NOT_SECRET else fields["truth"]
    return Row(fields["path"], int(fields["line_start"]), int(fields["line_end"]), truth, categories)


def _hit(row: Row, reported: set[tuple[str, int]]) -> bool:
    return any((row.path, line) in reported for line in range(row.start, row.end + 1))
