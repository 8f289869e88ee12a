"""Find the modules of a package that each offer one named thing: a room's extension points."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def names(package: str) -> list[str]:
    """The public module names inside ``package``, sorted, without importing them."""
    home = importlib.import_module(package)
    return sorted(info.name for info in pkgutil.iter_modules(home.__path__) if not info.name.startswith("_"))


def load(package: str, attribute: str) -> dict[str, Any]:
    """Return ``{module name: module.attribute}`` of the modules that have it, sorted by module name."""
    modules = {name: importlib.import_module(f"{package}.{name}") for name in names(package)}
    return {name: getattr(module, attribute) for name, module in modules.items() if hasattr(module, attribute)}
