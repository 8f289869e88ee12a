"""The answer of the judge."""

from __future__ import annotations

from msgspec import Struct

from scanner.models import Severity


class Judgement(Struct, frozen=True, kw_only=True):
    """``secret``: whether to report it; ``severity``: what it is then, the rule's own or what the context makes of it."""

    secret: bool
    severity: Severity = Severity.UNKNOWN
    reason: str = ""


def no(reason: str) -> Judgement:
    """Not a secret, because of ``reason``."""
    return Judgement(secret=False, reason=reason)
