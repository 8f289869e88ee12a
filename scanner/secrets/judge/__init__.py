"""Is this candidate a secret? ``judge(candidate)`` -> a Judgement: yes or no, how bad, and the reason in a few words (never the value)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.secrets.judge import assignment, checks, features, lone, placeholder, stated, veto
from scanner.secrets.judge.judgement import Judgement, no

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from scanner.secrets import Rule
    from scanner.secrets.candidate import Candidate

__all__ = ["Judgement", "elsewhere", "file", "judge", "kind", "plain", "string", "value"]

string = lone.hopeless
plain = lone.plain


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


def file(rule: Rule, path: str) -> str | None:
    """Why nothing that this rule matches in a file of this path can be a secret; None where it can. Asked once a file."""
    return "in a lockfile or source map" if rule.checksum == "assignment" and veto.lockfile(path) else None


def value(rule: Rule) -> Callable[[bytes], str | None]:
    """A function that says why some bytes are no secret of this rule wherever they stand; None where the place has a say.

    Most candidates end here.
    """
    return assignment.hopeless if rule.checksum == "assignment" else _nothing


def _nothing(_found: bytes) -> None:
    return None


def elsewhere(path: str) -> bool:
    """Whether a string that no name goes with is worth nothing in a file of this path. Asked once a file."""
    return lone.elsewhere(path) is not None


def kind(path: str) -> Hashable:
    """Everything that a path has to do with any decision: where two paths have the same, a candidate in either is judged alike."""
    places = (assignment.TRIAL, stated.KNOWN, veto.TRANSLATIONS)
    return features.extension(path), veto.lockfile(path), *(bool(place.search(path)) for place in places)
