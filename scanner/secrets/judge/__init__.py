"""Is this candidate a secret? ``judge(candidate)`` -> a Judgement: yes or no, how bad, and the reason in a few words (never the value)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.models import Severity

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate


class Judgement(Struct, frozen=True, kw_only=True):
    """``secret``: whether to report it; ``severity``: what it is then (the rule's own, or what the context makes of it); ``reason``: why."""

    secret: bool
    severity: Severity = Severity.UNKNOWN
    reason: str = ""


def judge(candidate: Candidate) -> Judgement:
    """The decision on one candidate. Pure; looks at the value, its key and the text around it only."""
    return Judgement(secret=True, severity=candidate.rule.severity, reason="well-formed")
