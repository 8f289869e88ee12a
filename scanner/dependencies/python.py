"""Python packages through pip-audit: its Auditor runs over our DependencySource and our VulnerabilityService (``_auditor.py``).

The only door to pip_audit. Our service asks about all packages at once; what the Auditor reports is mapped back to our advisories.
"""

from __future__ import annotations

import importlib.metadata
import sys
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
    """Audit PyPI packages: what the sources said, and the match of every coordinate that was answered.

    A version that is not of PEP 440 is skipped by pip-audit; our own match stands for it, so that it is found where an advisory lists it
    literally and unclear elsewhere.
    """
    _answer_for_pip()
    from scanner.dependencies import _auditor

    consulted = ask(coordinates)
    matches = {c: match(c, candidates, as_of) for c, candidates in consulted.candidates.items()}
    reported = _auditor.audit(coordinates, consulted, matches)
    return consulted, {c: _confirmed(found, reported[c]) if c in reported else found for c, found in matches.items()}


def _confirmed(found: Match, ids: frozenset[str]) -> Match:
    return replace(found, found=tuple(advisory for advisory in found.found if not advisory.names.isdisjoint(ids)))


def _answer_for_pip() -> None:
    """Tell pip_api which pip is installed before it asks.

    On import it would run ``python -m pip --version`` in the current directory, where a ``pip.py`` of the scanned tree would be what runs.
    """
    answer = ModuleType("pip_api._version", "The version of the installed pip, read from its metadata.")
    answer.version = lambda: importlib.metadata.version("pip")  # type: ignore[attr-defined]
    sys.modules.setdefault(answer.__name__, answer)
