"""Is this candidate a secret? ``judge(candidate)`` -> a Judgement: yes or no, how bad, and the reason in a few words (never the value)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.secrets.judge import assignment, checks, lone, placeholder
from scanner.secrets.judge.judgement import Judgement, no

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate

__all__ = ["Judgement", "judge"]


def judge(candidate: Candidate) -> Judgement:
    """The decision on one candidate. Pure; looks at the value, its key and the text around it only."""
    if candidate.rule.checksum == "assignment":
        return assignment.judge(candidate)
    if candidate.rule.id.startswith("entropy-"):
        return lone.judge(candidate)
    reason = placeholder.token(candidate.value, candidate.rule.prefix)
    if reason:
        return no(reason)
    check = checks.CHECKS.get(candidate.rule.checksum)
    return check(candidate) if check else Judgement(secret=True, severity=candidate.rule.severity, reason="the format of a secret")
