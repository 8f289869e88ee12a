"""Report formats: Verdict in, text out. One module per format, each offering ``REPORTER``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from scanner import plugins

if TYPE_CHECKING:
    from scanner.models import Verdict


class Style(Struct, frozen=True, kw_only=True):
    """How the output is shown: terminal width, whether colours may be used, how much is told (-1 quiet, 0, 1 verbose)."""

    width: int = 100
    color: bool = False
    detail: int = 0


class Reporter(Protocol):
    """One format. ``render`` is pure: same verdict and style, same text."""

    def render(self, verdict: Verdict, style: Style) -> str:
        """The whole report as text."""


def formats() -> list[str]:
    """Names of the formats that ``--format`` and ``--output`` take."""
    return plugins.names(__name__)


def reporter(name: str) -> Reporter:
    """The reporter of that name, imported only now."""
    module = importlib.import_module(f"{__name__}.{name}")
    found: Reporter = module.REPORTER
    return found
