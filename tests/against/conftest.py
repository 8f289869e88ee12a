"""The advisories of ``examples/advisories`` served on loopback, for us and for the tools that we are compared with."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.against import tools
from tests.conftest import ROOT
from tests.loopback import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.loopback import Server


@pytest.fixture(scope="session")
def service() -> Iterator[Server]:
    """The loopback service."""
    with serve(ROOT / "examples" / "advisories") as server:
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty folder for a project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def has_npm() -> None:
    """Skip, saying so, where there is no npm or the oracles cannot be fetched."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    try:
        tools.install()
    except RuntimeError as error:
        pytest.skip(str(error))
