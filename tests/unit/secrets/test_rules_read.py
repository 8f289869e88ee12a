"""Rule files: what is in them, and what is said of those that cannot be read."""

from __future__ import annotations

import pytest

from scanner import config_file
from scanner.errors import ConfigError
from scanner.secrets import rules

RULE = "- {id: a-token, description: A token, regex: 'tk_[a-z]{9}', keywords: [tk_]"


def test_a_rule_with_all_that_is_left_out() -> None:
    (rule,) = rules.read(RULE + "}", "a.yaml")
    assert (rule.keywords, rule.paths, rule.rare, rule.prefix, int(rule.severity)) == (("tk_",), (), False, 0, 3)


def test_a_rare_form() -> None:
    assert rules.read(RULE + ", rare: true}", "a.yaml", shipped=True)[0].rare


@pytest.mark.parametrize("key", ["checksum: crc32-base62", "rare: true", "prefix: 3", "reference: x", "revoke: x"])
def test_a_key_of_built_in_rules_is_none_of_a_users_file(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules.read(f"{RULE}, {key}}}", "a.yaml")
    assert f"unknown key '{key.split(':')[0]}'" in caught.value.reason
    assert "rare" not in caught.value.hint


def test_a_users_file_has_the_keys_of_the_config() -> None:
    assert set(config_file.Pattern.__struct_fields__) == rules.OWN_KEYS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE + ", rare: maybe}", "rare is 'maybe'"),
        (RULE + ", rare: [x]}", "rare is ['x']"),
        (RULE + ", entropy: .inf}", "Expected `float`"),
        (RULE + ", entropy: .nan}", "Expected `float`"),
        (RULE + ", entropy: 190:20:30.15}", "Expected `float`"),
        (RULE + ", severity: sever}", "severity is 'sever'"),
        (RULE + ", sverity: high}", "unknown key 'sverity'"),
        (RULE + ", prefix: 21}", "prefix is not usable"),
        (RULE + ", prefix: one}", "Expected `int`"),
        (RULE + ", prefix: 1, prefix: 2}", "key 'prefix' stands twice"),
        (RULE + ", [prefix]: 1}", "a key that is no text"),
        (RULE + ", {prefix: 1}: 1}", "a key that is no text"),
        (RULE + "}\n" + RULE + "}", "is used twice"),
        ("- {id: A b, description: A token, regex: a}", "id is not usable"),
        ("id: a", "a list of rules"),
        ("- a", "a mapping"),
        ("- {", "not YAML"),
    ],
)
def test_what_is_said_of_a_mistake(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules.read(text, "a.yaml", shipped=True)
    assert said in caught.value.reason
