"""Twenty thousand packages take well under a second of processor time, and cost grows with the size of the text only."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.unit.lockfiles.tree import parse

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 20_000
BUDGET_S = 2.0
"""About three times what it takes on one core of a busy machine; a step per package and line would take minutes."""


def poetry() -> str:
    files = "".join(f'    {{file = "p-{one}.whl", hash = "sha256:{one:064x}"}},\n' for one in range(4))
    head = '[[package]]\nname = "p-{0}"\nversion = "1.{0}"\ndescription = "Text"\ngroups = ["main"]\n'
    entry = head + 'files = [\n{1}]\n\n[package.dependencies]\np-{2} = ">=1"\n\n'
    return "".join(entry.format(one, files, (one * 7 + 1) % COUNT) for one in range(COUNT)) + "[metadata]\n"


def uv() -> str:
    wheels = "".join(f'    {{ url = "https://host.example/{one}.whl", hash = "sha256:{one:064x}", size = 1 }},\n' for one in range(4))
    source = 'source = { registry = "https://host.example/simple" }'
    entry = '[[package]]\nname = "p-{0}"\nversion = "1.{0}"\n{1}\ndependencies = [\n    {{ name = "p-{2}" }},\n]\nwheels = [\n{3}]\n\n'
    return "version = 1\n\n" + "".join(entry.format(one, source, (one * 7 + 1) % COUNT, wheels) for one in range(COUNT))


def requirements() -> str:
    return "".join(f"p-{one}==1.{one} \\\n    --hash=sha256:{one:064x}\n    # via p-{(one * 7 + 1) % COUNT}\n" for one in range(COUNT))


def pipfile() -> str:
    return json.dumps({"default": {f"p-{one}": {"hashes": ["sha256:00"], "version": f"==1.{one}"} for one in range(COUNT)}}, indent=4)


@pytest.mark.parametrize(
    ("name", "path", "make"),
    [
        ("poetry", "poetry.lock", poetry),
        ("uv", "uv.lock", uv),
        ("requirements", "requirements.txt", requirements),
        ("pipfile", "Pipfile.lock", pipfile),
    ],
)
def test_twenty_thousand_packages(name: str, path: str, make: Callable[[], str]) -> None:
    text = make()
    start = time.process_time()
    lock = parse(name, path, text)
    assert len(lock.packages) == COUNT
    assert time.process_time() - start < BUDGET_S
