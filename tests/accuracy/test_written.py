"""The real engine over files of many kinds, written for this purpose: what it finds, and that it leaves alone what only looks like it."""

from __future__ import annotations

import random

import pytest

from scanner.models import Severity
from tests.accuracy import written


@pytest.fixture(scope="module")
def everything() -> written.Tally:
    return written.measure(Severity.UNKNOWN, seeds=4)


def test_what_is_found(everything: written.Tally) -> None:
    print(f"\nprecision {everything.precision:.3f}  recall {everything.recall:.3f}  F1 {everything.f1:.3f}")
    assert everything.secrets > 3000
    assert everything.recall >= 0.92
    assert everything.precision >= 0.98


def test_what_blocks() -> None:
    tally = written.measure(Severity.HIGH, seeds=4)
    assert tally.precision >= 0.98
    assert tally.recall >= 0.50


def test_there_are_many_kinds_of_each() -> None:
    lines = [line for lines in written.templates().values() for line in lines]
    assert len(written.templates()) >= 250
    assert sum(line.secret is True for line in lines) >= 1000
    assert sum(line.secret is False for line in lines) >= 1000


def test_values_are_made_anew_from_each_seed() -> None:
    one, other = (written.fill("password={human} {hex:32} {uuid}", random.Random(seed)) for seed in (1, 2))
    assert one != other
    assert "{" not in one + other
