"""What takes long is tried by ``make robustness``, and said to be left out elsewhere."""

from __future__ import annotations

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the long cases where they were not asked for."""
    if os.environ.get("ROBUSTNESS") == "full":
        return
    for item in items:
        if "slow" in item.keywords and "robustness" in item.path.parts:
            item.add_marker(pytest.mark.skip(reason="long: run `make robustness`"))
