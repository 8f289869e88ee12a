"""What the engine runs for a regex proposes every match of it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.secrets import matcher, rules, spans, wider

CHANGED = [rule for rule in rules.builtin() if wider.proposal(rule.regex) != rule.regex]
built = cache(lambda regex: matcher.build([regex.encode()]))
LONG = [rule for rule in CHANGED if len(rule.regex) > wider.LONG]


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        (r"\bab{2,5}[0-9]{2,5}\b", r"ab{2,5}[0-9]{2,5}\b"), (r"a\b", r"a\b"), (r"a[0-9]{2,5}", r"a[0-9]{2,5}"),
        ("a" * wider.LONG + "[0-9]{2,5}b{2,3}[x]{0,1}[y]{3}", "a" * wider.LONG + "[0-9]{2,}b{2,3}[x]{0,}[y]{3}"),
    ],
)
def test_what_is_left_out(regex: str, expected: str) -> None:
    assert wider.proposal(regex) == expected


def test_there_are_rules_of_both_kinds() -> None:
    assert len(LONG) >= 5
    assert len(CHANGED) - len(LONG) >= 100


@pytest.mark.parametrize("rule", [*LONG, *CHANGED[::10]], ids=lambda rule: rule.id)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_match_ends_where_the_engine_says(rule: rules.Rule, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(spans.shape(rule.regex).regex))
    ends = {end for _, end in built(wider.proposal(rule.regex)).ends(text)}
    assert {end for _, end in built(rule.regex).ends(text)} <= ends
