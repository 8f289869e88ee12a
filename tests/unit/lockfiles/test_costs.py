"""Hostile texts that make a careless parser take minutes: each must be answered in time, as a value or a ParseError."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from scanner.errors import ParseError
from scanner.lockfiles._json import Json
from tests.unit.lockfiles.tree import parse

N = 200_000
BUDGET_S = 5.0
HOSTILE = [
    ("requirements", "a==1" + " " * N + "x"),
    ("requirements", " " * N + "-x"),
    ("requirements", "git+x" + "#" * N),
    ("requirements", "a" * N + "!"),
    ("requirements", "\\\n" * N),
    ("requirements", "# via " + "a," * N),
    ("setup_cfg", "[options]\ninstall_requires = " + " " * N + "x x"),
    ("setup_cfg", "a" + " " * N),
    ("pyproject", '[tool.poetry.dependencies]\na = "1' + " " * N + 'x"\n'),
    ("pyproject", "a" + ".a" * N + " = 1"),
    ("pyproject", "a = " + "[" * N),
    ("poetry", "[metadata]\nfiles = [\n" + '    {file = "x"\n' * (N // 10)),
    ("poetry", "[[package]]\n" * (N // 10) + "[metadata]\n"),
    ("pipfile", '{"default": {' + ", ".join(f'"é{one}": {{"version": "==1"}}' for one in range(N // 10)) + "}}"),
    ("pipfile", '{"default":' * N),
]


@pytest.mark.parametrize(("name", "text"), HOSTILE, ids=[f"{name}-{index}" for index, (name, _) in enumerate(HOSTILE)])
def test_cost_grows_with_the_size_only(name: str, text: str) -> None:
    start = time.process_time()
    with suppress(ParseError):
        assert parse(name, "file", text).path == "file"
    assert time.process_time() - start < BUDGET_S


@pytest.mark.parametrize("text", ["/*" * N, "//" + "/*" * N, '"' * N, "," * N + "}", '{"a":' + "[" * N])
def test_relaxed_json_too(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError):
        Json(text, "x", relaxed=True).members()
    assert time.process_time() - start < BUDGET_S
