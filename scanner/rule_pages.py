"""Where a secret's rule is explained: findings and the job's environment in, the same findings with a link to the action's own page out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.models import Finding

PAGE = "docs/rules.md"


def linked(findings: tuple[Finding, ...], own: frozenset[str], env: Mapping[str, str]) -> tuple[Finding, ...]:
    """Findings of built-in rules lead to their place on the page of the very commit that runs; outside of the action, and for the team's
    ``own`` rule ids, they keep the provider's page.
    """
    page = _page(env)
    if not page:
        return findings
    return tuple(replace(one, help_url=f"{page}#{one.rule_id}") if one.secret and one.rule_id not in own else one for one in findings)


def _page(env: Mapping[str, str]) -> str:
    """The address of the page; empty where no action of ours runs (its inputs are not set in a ``run`` step of somebody else's)."""
    server, repository, ref = (env.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "ACTION_REPOSITORY", "ACTION_REF"))
    known = re.fullmatch(r"https://[\w.:-]+", server) and re.fullmatch(r"[\w.-]+/[\w.-]+", repository) and re.fullmatch(r"[\w./-]+", ref)
    return f"{server}/{repository}/blob/{ref}/{PAGE}" if known and "INPUT_POLICY-FROM" in env else ""
