"""The semver that npm itself uses as an oracle: order of versions and meaning of range texts, over random ones."""

from __future__ import annotations

import json
import random
import subprocess
from typing import TypeVar

import pytest

from scanner.dependencies import semver
from tests.against import tools

pytestmark = [pytest.mark.against, pytest.mark.usefixtures("has_npm")]
PROGRAM = """
const semver = require(process.argv[1]);
const { versions, ranges } = JSON.parse(require('fs').readFileSync(0));
const audit = { includePrerelease: true, loose: true };
process.stdout.write(JSON.stringify({
  order: versions.map(a => versions.map(b => semver.compare(a, b, true))),
  holds: ranges.map(range => versions.map(version => semver.satisfies(version, range, audit))),
}));
"""


T = TypeVar("T")


class Writer:
    """Random versions and ranges, odd but real ones among them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def version(self) -> str:
        return self._pick("", "", "", "v", "=") + self._full()

    def range(self) -> str:
        return self._pick(" || ", "||").join(self._alternative() for _ in range(self._pick(1, 1, 2, 3)))

    def _pick(self, *choices: T) -> T:
        return self._random.choice(choices)

    def _number(self) -> str:
        return self._pick("0", "0", "1", "1", "2", "3", "10")

    def _full(self) -> str:
        label = self._pick("", "", "", "-alpha", "-alpha.1", "-beta.2", "-0", "-rc.1", "-1", "-a.b.c", "beta", "-x-y", "-1a")
        return f"{self._number()}.{self._number()}.{self._number()}{label}{self._pick('', '', '', '+b.1')}"

    def _partial(self) -> str:
        number, wild = self._number, self._pick("x", "*", "X")
        return self._pick(self._full(), f"{number()}.{wild}", f"{number()}.{number()}", number(), wild, f"{number()}.{number()}.{wild}")

    def _alternative(self) -> str:
        if self._random.random() < 0.15:
            return f"{self._partial()} - {self._partial()}"
        return " ".join(self._comparator() for _ in range(self._pick(1, 1, 2, 3)))

    def _comparator(self) -> str:
        operator = self._pick("", "", "=", ">", ">=", "<", "<=", "^", "~", "~>")
        return f"{operator}{self._pick('', '', ' ')}{self._pick('', '', '', 'v')}{self._partial()}"


@pytest.mark.parametrize("seed", range(4))
def test_every_version_and_range_means_the_same(seed: int) -> None:
    writer = Writer(seed)
    versions, ranges = [writer.version() for _ in range(80)], [writer.range() for _ in range(2500)]
    command = ["node", "-e", PROGRAM, str(tools.install() / "node-semver")]
    given = json.dumps({"versions": versions, "ranges": ranges})
    told = json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout)
    keys = [key for version in versions if (key := semver.version_key(version)) is not None]
    assert len(keys) == len(versions)
    assert [[(a > b) - (a < b) for b in keys] for a in keys] == told["order"]
    for text, expected in zip(ranges, told["holds"], strict=True):
        intervals = semver.range_intervals(text)
        found = [any(interval.holds(key, key) for interval in intervals) for key in keys]
        assert dict(zip(versions, found, strict=True)) == dict(zip(versions, expected, strict=True)), text
