"""The team's own rules in; ConfigError for one whose id another rule has: reports, ``disable`` and ``allow`` could not tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.errors import ConfigError
from scanner.secrets import in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.secrets import Rule


def check(own: Sequence[Rule], rule_set: str, subject: str, lines: Sequence[int]) -> None:
    """No two of ``own``, which stand in the ``lines`` of ``subject`` (0 where they do not), have one id, and none has that of a rule of
    ``rule_set``. Raises ConfigError."""
    if not own:
        return
    whose = {rule.id: "a built-in rule" for rule in in_force.rules(rule_set)}
    for place, (rule, line) in enumerate(zip(own, lines, strict=True)):
        if rule.id in whose:
            hint = "give it an id of its own; disable and allow would mean both"
            reason = f"secrets.patterns[{place}].id: '{rule.id}' is the id of {whose[rule.id]}"
            raise ConfigError(reason, subject=subject, line=line, hint=hint)
        whose[rule.id] = f"secrets.patterns[{place}]"
