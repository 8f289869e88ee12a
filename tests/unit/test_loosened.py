"""Every way in which a policy can let more through is seen, and no way in which it cannot."""

from __future__ import annotations

import pytest

from scanner import config
from scanner.config import Document
from scanner.loosened import loosened

BASE = """\
fail-on: high
audits: {npm: block, pnpm: {mode: block, level: high}}
exclude: ["vendor/**"]
dependencies: {allow-unaudited: [mine]}
secrets:
  disable: [entropy-hex]
  patterns:
    - {id: a, description: d, regex: KEY_A}
allow:
  - {id: GHSA-1, reason: r, expires: 2027-01-31}
"""


def document(text: str) -> Document:
    return config.parse(text, ".security-scan.yml")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("fail-on: high", "fail-on: critical", 1, "blocks from critical instead of high"),
        ("fail-on: high", "fail-on: none", 1, "blocks from none instead of high"),
        ("npm: block", "npm: warn", 2, "this audit weighs less than before"),
        ("npm: block", "npm: off", 2, "this audit weighs less than before"),
        ("npm: block", "npm: {mode: block, level: critical}", 2, "blocks from critical instead of high"),
        ("level: high", "level: none", 2, "blocks from none instead of high"),
        ('["vendor/**"]', '["vendor/**", "src/**"]', 3, "src/** is no longer scanned"),
        ("[mine]", "[mine, theirs]", 4, "theirs may stay unaudited"),
        ("[entropy-hex]", "[entropy-hex, github-pat]", 6, "github-pat is switched off"),
        ("KEY_A", "KEY_AB", 8, "the pattern a is another one"),
        ("id: a,", "id: b,", 7, "the pattern a is gone"),
        ("2027-01-31", "2028-01-31", 10, "accepts GHSA-1 for longer, until 2028-01-31"),
        (", expires: 2027-01-31", "", 10, "accepts GHSA-1 for longer, until ever"),
        ("id: GHSA-1", "id: GHSA-2", 10, "accepts GHSA-2: r"),
        ("secrets:\n", "secrets:\n  mode: warn\n", 6, "secrets weigh less than before"),
        ("secrets:\n", "secrets:\n  rules: detect-secrets\n", 6, "another set of secret rules is in force"),
        ("fail-on", "unknown-severity: warn\nfail-on", 1, "advisories without a score no longer block"),
        ("fail-on", "unfixed: warn\nfail-on", 1, "advisories without a fix no longer block"),
        ("fail-on", "on-incomplete: warn\nfail-on", 1, "an incomplete scan no longer fails"),
        ("fail-on", "block-existing: false\nfail-on", 1, "findings that the base already has no longer block"),
        ("{allow-unaudited", "{include-dev: false, allow-unaudited", 4, "development dependencies are no longer audited"),
    ],
)
def test_seen(old: str, new: str, line: int, reason: str) -> None:
    assert old in BASE
    (notice,) = loosened(document(BASE), document(BASE.replace(old, new, 1)))
    assert (notice.reason, notice.location and notice.location.line) == (reason, line)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fail-on: high", "fail-on: low"),
        ("fail-on: high", "fail-on: high # as ever"),
        ('exclude: ["vendor/**"]', "exclude: []"),
        ("2027-01-31", "2026-12-31"),
        ("description: d", "description: other words"),
        ("allow:\n  - {id: GHSA-1, reason: r, expires: 2027-01-31}\n", ""),
        ("disable: [entropy-hex]", "disable: []"),
        ("{mode: block, level: high}", "{mode: block, level: low}"),
    ],
)
def test_stricter_or_equal_is_not_loosened(old: str, new: str) -> None:
    assert old in BASE
    assert loosened(document(BASE), document(BASE.replace(old, new, 1))) == ()


def test_a_first_config_is_compared_with_the_defaults() -> None:
    reasons = [notice.reason for notice in loosened(document(""), document(BASE))]
    assert reasons == [
        "vendor/** is no longer scanned", "mine may stay unaudited", "entropy-hex is switched off", "accepts GHSA-1: r",
    ]
