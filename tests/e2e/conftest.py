"""One engine, one base image and one build of the action for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import engine as engines
from tests.e2e import image as images

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def engine() -> Iterator[engines.Engine]:
    with engines.running_engine() as running:
        yield running


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the action as it is released, which nobody edits while the tests run."""
    return images.copy_action(tmp_path_factory.mktemp("action") / "security-scan-gate")


@pytest.fixture(scope="session")
def image(engine: engines.Engine, action: Path) -> Iterator[str]:
    with images.built_image(engine, action) as tag:
        yield tag
