"""A finding's link leads to the page of the commit that runs, and to no page of somebody else's."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from scanner.models import Finding, Kind, Location, Secret, Severity
from scanner.rule_pages import PAGE, linked
from tests.conftest import ROOT

ENV = {
    "GITHUB_SERVER_URL": "https://github.example", "GITHUB_ACTION_REPOSITORY": "our/gate", "GITHUB_ACTION_REF": "v1",
    "INPUT_POLICY-FROM": "",
}
FOUND = Finding(
    id="x", kind=Kind.SECRET, rule_id="openai-api-key", severity=Severity.HIGH, audit="secrets", message="m", location=Location(path="a"),
    help_url="https://provider.example", secret=Secret(detector="openai-api-key", redacted="…", length=40),
)


def test_a_built_in_rule_leads_to_its_place() -> None:
    (found,) = linked((FOUND,), frozenset(), ENV)
    assert found.help_url == "https://github.example/our/gate/blob/v1/docs/rules.md#openai-api-key"
    assert (ROOT / PAGE).is_file()


@pytest.mark.parametrize(
    ("name", "value"),
    [("ACTION_REPOSITORY", ""), ("ACTION_REF", ""), ("SERVER_URL", "javascript:x"), ("ACTION_REPOSITORY", "a/b)c")],
)
def test_elsewhere_the_providers_page_stays(name: str, value: str) -> None:
    assert linked((FOUND,), frozenset(), {**ENV, f"GITHUB_{name}": value}) == (FOUND,)


def test_a_step_of_somebody_elses_action_is_not_ours() -> None:
    env = {name: value for name, value in ENV.items() if not name.startswith("INPUT_")}
    assert linked((FOUND,), frozenset(), env) == (FOUND,)


def test_the_teams_own_rules_have_no_page() -> None:
    assert linked((FOUND,), frozenset({"openai-api-key"}), ENV) == (FOUND,)
    vulnerable = replace(FOUND, kind=Kind.VULNERABILITY, secret=None)
    assert linked((vulnerable,), frozenset(), ENV) == (vulnerable,)
