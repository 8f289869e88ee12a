"""What to do next, as several reports say it: findings in, a sentence or the kind of a remedy out. Each format does its own escaping."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.reporters import _wording as wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.models import Finding, Run

COMMAND = re.compile(r"(cd .+? && )?(npm|pnpm|yarn|bun|uv|poetry|pdm|pipenv) ")
"""How every command begins that ``dependencies.commands`` gives; what it says otherwise is a sentence."""


def no_secret(found: Iterable[Finding], run: Run) -> str:
    """How to accept what looks like a secret and is none; empty where nothing does. With the rule's id where it is the same for all."""
    secrets = [(one.rule_id, one.secret.commit) for one in found if one.secret]
    if not secrets:
        return ""
    if run.by_base:
        return f"Not a secret? An allow entry in the base's {run.config} accepts it; one of this change does not count"
    entry = f"an allow entry into {run.config}"
    if all(commit for _, commit in secrets):
        return f"Not a secret? Accept it: put {entry}"
    rule = secrets[0][0] if len({rule for rule, _ in secrets}) == 1 else "RULE"
    return f'Not a secret? Accept it: put "security-scan: allow {rule} reason" in a comment on that line, or {entry}'


def typed(found: Finding) -> bool:
    """Whether the remedy is a command, to be typed as it stands, and not a sentence."""
    return bool(found.vulnerable and COMMAND.match(wording.fix(found.vulnerable)))
