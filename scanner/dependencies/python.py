"""Python packages through pip-audit: its Auditor runs over our DependencySource and our VulnerabilityService (``_auditor.py``).

The only door to pip_audit. Our service asks about all packages at once; what the Auditor reports is mapped back to our advisories.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.dependencies.match import Match, match

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from scanner.advisories import Coordinate
    from scanner.dependencies.consult import Consulted


def check(
    coordinates: Sequence[Coordinate], ask: Callable[[Sequence[Coordinate]], Consulted], as_of: dt.date | None = None
) -> tuple[Consulted, Mapping[Coordinate, Match]]:
    """Audit PyPI packages: what the sources said, and the match of every coordinate that they know an advisory for.

    A version that is not of PEP 440 is skipped by pip-audit; our own match stands for it, so that it is found where an advisory lists it
    literally and unclear elsewhere.
    """
    _import_auditor_alone()
    from scanner.dependencies import _auditor

    consulted = ask(coordinates)
    matches = {c: match(c, candidates, as_of) for c, candidates in consulted.candidates.items()}
    reported = _auditor.audit(coordinates, consulted, matches)
    return consulted, {c: _confirmed(found, reported[c]) if c in reported else found for c, found in matches.items()}


def _confirmed(found: Match, ids: frozenset[str]) -> Match:
    return replace(found, found=tuple(advisory for advisory in found.found if not advisory.names.isdisjoint(ids)))


def _import_auditor_alone() -> None:
    """Let ``pip_audit._audit`` import the contracts that it is made of, and none of pip-audit's own sources, services and terminal.

    Those take longer to import than most audits take; and one of them runs ``python -m pip`` in the current directory on import, where a
    ``pip.py`` of the scanned tree would be what runs.
    """
    fix = ModuleType("pip_audit._fix", "The Auditor never fixes.")
    fix.ResolvedFixVersion = object  # type: ignore[attr-defined]
    sys.modules.setdefault(fix.__name__, fix)
    for name in ("_service", "_dependency_source"):
        package = ModuleType(f"pip_audit.{name}", "Its contracts alone.")
        package.__path__ = [f"{folder}/{name}" for folder in import_module("pip_audit").__path__]
        if sys.modules.setdefault(package.__name__, package) is package:
            contract = vars(import_module(f"{package.__name__}.interface"))
            vars(package).update((key, value) for key, value in contract.items() if not key.startswith("_"))
