"""Rules that are switched off."""

from __future__ import annotations

import pytest

from scanner.errors import ConfigError
from scanner.models import Severity
from scanner.secrets import Rule, detect_secrets, disabled, filenames, rules

OWN = Rule(id="team-token", description="", regex="tt_[0-9]{8}", severity=Severity.HIGH)


def test_every_rule_can_be_switched_off() -> None:
    ids = [OWN.id, *(rule.id for rule in rules.builtin()), *(kind.id for kind in filenames.KINDS)]
    ids += [detect_secrets.rule(kind).id for kind in detect_secrets.types()]
    disabled.check(ids, (OWN,), "cfg.yml", range(len(ids)))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("entropy-base46", "did you mean 'entropy-base64'?"), ("team-tokens", "did you mean 'team-token'?"),
        ("Hex High Entropy String", "Known are the rules of"), ("zz", "Known are the rules of"),
    ],
)
def test_an_id_that_no_rule_has_says_so(wrong: str, words: str) -> None:
    with pytest.raises(ConfigError, match=r"^cfg\.yml:9: secrets\.disable\[1\]: no rule is called '.*'") as caught:
        disabled.check(["entropy-hex", wrong], (OWN,), "cfg.yml", (4, 9))
    assert words in str(caught.value)


def test_without_patterns_of_the_team_its_ids_are_unknown() -> None:
    disabled.check([], (), "cfg.yml", ())
    with pytest.raises(ConfigError, match="'team-token'"):
        disabled.check([OWN.id], (), "cfg.yml", (1,))
