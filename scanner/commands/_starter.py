"""What ``init`` writes and says: ``Seen`` in, the texts of the files and the next steps out. Names from the repository are made safe."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from scanner.config_file import CONFIG_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.commands._look import Seen

WORKFLOW = ".github/workflows/security-scan.yml"
SCHEMA = ".github/security-scan.schema.json"
ACTION = "OWNER/security-scan-gate@0000000000000000000000000000000000000000"
PLACEHOLDER = "OWNER/security-scan-gate"
CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
LOCKFILES = {
    "python": "requirements, pyproject.toml, poetry, uv, pdm, Pipenv", "npm": "package-lock.json, bun.lock", "pnpm": "pnpm-lock.yaml",
    "yarn": "yarn.lock",
}
SHOWN = 2

_WORKFLOW = """\
# The scan's verdict is this job's: whatever must wait for it names it under `needs:`.
name: Security scan
on:
  pull_request:
  merge_group:
  push:
    branches: [{branch}]
  schedule:
    - cron: "17 4 * * 1" # advisories published since the last change
  workflow_dispatch:
  workflow_call: # jobs: {{security-scan: {{uses: ./{path}}}}}; then drop pull_request, merge_group and push above

permissions:
  contents: read

jobs:
  security-scan:
    runs-on: ubuntu-latest
    timeout-minutes: 40
    steps:
      - uses: {checkout}
        with:
          fetch-depth: 0 # the change's own commits are searched, too: a secret added and removed again has leaked
          persist-credentials: false
      - uses: {action}
"""

_CONFIG = """\
# yaml-language-server: $schema={schema}
# Security Scan Gate. Every key may be left out: what stands here are the defaults.

fail-on: high # findings of this severity and above block: none, low, moderate, high, critical
unknown-severity: block # advisories that nobody has scored: block or warn
on-incomplete: fail # a scan that could not check everything: fail, or warn (green, and the summary says so first)
block-existing: true # false: what the base of a pull request already has does not block it

audits: # each block, warn or off, or a mapping such as {{mode: warn, level: critical}}
{audits}
# exclude: ["third-party/**"] # gitignore patterns, on top of .gitignore

# dependencies:
#   include-dev: true
#   allow-unaudited: [our-internal-package] # package names or manifest globs that no advisory source can know

secrets:
  mode: block{baseline}
  # disable: [entropy-hex] # rule ids; `security-scan rules list` shows them
  # patterns: # the team's own rules; `security-scan rules test` proves them by their examples
  #   - id: our-service-token
  #     description: Token of our service
  #     regex: 'ours_[a-z0-9]{{32}}'
  #     keywords: [ours_]
  #     examples: {{match: ['ours_abcdefghijklmnopqrstuvwxyz012345'], ignore: ['ours_short']}}

# allow: # accepted findings; high and critical ones need an end date
#   - id: GHSA-xxxx-xxxx-xxxx
#     package: left-pad
#     reason: why this is no danger here
#     expires: 2027-01-31
"""


def workflow(seen: Seen, action: str) -> str:
    """The workflow's text."""
    return _WORKFLOW.format(branch=json.dumps(seen.branch), path=WORKFLOW, checkout=CHECKOUT, action=action or ACTION)


def config_file(seen: Seen) -> str:
    """The config file's text."""
    baseline = " # what .secrets.baseline accepts stays accepted" if seen.baseline else ""
    return _CONFIG.format(schema=SCHEMA, audits="".join(_audits(seen)), baseline=baseline)


def next_steps(seen: Seen, action: str) -> Iterator[str]:
    """What is left to a person, one step a line."""
    for one in seen.workflows:
        if one.scans:
            yield f"Seen: {_safe(one.path)} runs the scan already."
        elif one.guarded and not seen.scanned:
            jobs = ", ".join(map(_safe, one.guarded))
            yield f"Next: to make {jobs} in {_safe(one.path)} wait for the scan, add `needs: [security-scan]` to each, and the job"
            yield f"      security-scan: {{uses: ./{WORKFLOW}}}"
    if (action or ACTION).startswith(PLACEHOLDER) and not seen.scanned:
        yield f"Next: in {WORKFLOW}, put the action's own address and commit where {PLACEHOLDER}@0000… stands."
    for path, reason in seen.unreadable:
        yield f"Seen: {_safe(path)}: {_safe(reason)}; until then the scan ends as incomplete."
    yield f"Try it: security-scan (reads {CONFIG_NAME})"


def _audits(seen: Seen) -> Iterator[str]:
    for audit, formats in LOCKFILES.items():
        paths = seen.audits.get(audit, ())
        if paths:
            more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
            yield f"  {audit}: block # {', '.join(map(_safe, paths[:SHOWN]))}{more}\n"
        else:
            yield f"  {audit}: block # nothing here yet ({formats})\n"


def _safe(text: str) -> str:
    """One line of plain characters: names come from the repository and go into a file and a terminal."""
    return re.sub(r"[^\w./@+(),:' -]", "?", text)
