"""Of several rules that find the same bytes, the one whose advice is best is reported."""

from __future__ import annotations

import pytest

from scanner.models import Severity
from scanner.secrets import Rule
from scanner.secrets.found import Found, apart

TOKEN = Rule(id="acme-token", description="Acme token", regex="x")
NAMED = Rule(id="assigned-key", description="Key", regex="x", checksum="assignment")
PLACED = Rule(id="login-call", description="Password", regex="x", checksum="argument")


def item(rule: Rule, start: int = 0, end: int = 20, severity: Severity = Severity.HIGH, detector: str = "") -> Found:
    return Found(rule=rule, severity=severity, start=start, end=end, value="v" * (end - start), detector=detector or rule.id)


@pytest.mark.parametrize(
    ("items", "kept"),
    [
        ([item(NAMED), item(TOKEN)], ["acme-token"]),
        ([item(NAMED, end=30), item(TOKEN)], ["acme-token"]),
        ([item(PLACED), item(TOKEN)], ["acme-token"]),
        ([item(NAMED), item(TOKEN, severity=Severity.LOW)], ["assigned-key"]),
        ([item(TOKEN, detector="Hex High Entropy String"), item(TOKEN)], ["acme-token"]),
        ([item(TOKEN, 0, 10), item(NAMED, 10, 20)], ["acme-token", "assigned-key"]),
    ],
)
def test_the_most_telling_finding_of_a_stretch_is_kept(items: list[Found], kept: list[str]) -> None:
    for order in (items, items[::-1]):
        assert [one.rule.id for one in apart(order)] == kept
