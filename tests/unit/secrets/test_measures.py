"""What is told of a regex without running it."""

from __future__ import annotations

import pytest

from scanner.secrets import rules
from scanner.secrets.measures import measured

VALUE, OTHER = "(?P<value>[a-z]+)", "(?P<value2>[^'\"\\n]+)"


@pytest.mark.parametrize(
    ("regex", "whole"),
    [
        (f'k="{VALUE}"', True), (f"k='{VALUE}'", True), (f"k=(?:'{VALUE}'|\"{OTHER}\")", True), (f'k="{VALUE}\\\\{{0,3}}"', True),
        (f'k="{VALUE}"(?:\\b|$)', True), (f"k={VALUE};", True), (f"k={VALUE}", True), (f"[=:] ?{VALUE}[\\s\"'`]", True),
        (f"(?:=>|：) {{0,9}}{VALUE}[\\s\"'`]", True), (f'k="{VALUE}"\\n', True), (f'k(?:"{VALUE}")', True),
        (f"k=[\"']{VALUE}[\"']", False), (f"--k {VALUE}[\\s\"]", False), (f'k "?{VALUE}"', False), (f'k="?{VALUE}"', True),
        (f'k=" ?{VALUE}"', False), (f'k(?:=|") ?{VALUE}"', False), (f'k="x{VALUE}"', False),
        (f'k="{VALUE}x"', False), (f'k="{VALUE}".*', False), (f'k="{VALUE}"(?:,"x")?', False), ('k="(?P<value>[a-z\"]+)"', False),
        ('k="(?P<value>.+)"', False), (f'k="{VALUE}", "{OTHER}"', False), (f'(?:k="{VALUE}"){{1,9}}', False), (f'k="({VALUE})"', True),
        (f"k={VALUE} '{OTHER}'", False), (f'k="(?:{VALUE})?"', False), ("k='[a-z]+'", False), (f'k="{VALUE}(?:x|")', True),
        (f"k: [\"']?{VALUE}[\\s\"]", False), ("k: (?P<value>.+)", False),
    ],
)
def test_whether_a_value_in_quotes_is_all_that_the_quotes_hold(regex: str, whole: bool) -> None:
    assert measured(regex).whole is whole


def test_it_is_so_in_the_rules_that_match_most_often() -> None:
    """Most of their values are words: that is said of them before the regex runs."""
    often = [rule for rule in rules.builtin() if rule.id.startswith("assigned-")]
    assert len(often) == 7
    assert [rule.id for rule in often if not measured(rule.regex).whole] == []
