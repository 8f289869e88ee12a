"""The rule ids under ``secrets.disable`` in; ConfigError for one that no rule has: it would switch nothing off, and say nothing of it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from scanner.errors import ConfigError
from scanner.secrets import in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.secrets import Rule


def check(ids: Sequence[str], own: Sequence[Rule], subject: str, lines: Sequence[int]) -> None:
    """Every one of ``ids``, which stand in the ``lines`` of ``subject``, is the id of a rule: the team's ``own``, ours, or a detector's of
    detect-secrets, whichever of them are in force. Raises ConfigError."""
    known = {rule.id for rule in own}
    if known.issuperset(ids):
        return
    known.update(rule.id for name in ("default", "detect-secrets") for rule in in_force.rules(name))
    for place, (name, line) in enumerate(zip(ids, lines, strict=True)):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"did you mean '{near[0]}'? " if near else ""
            hint = f"{meant}Known are the rules of docs/rules.md and the ids under secrets.patterns"
            raise ConfigError(f"secrets.disable[{place}]: no rule is called '{name}'", subject=subject, line=line, hint=hint)
