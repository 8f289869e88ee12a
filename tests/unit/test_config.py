"""The config file: what it may say, and one clear line for everything that it may not."""

from __future__ import annotations

import datetime as dt

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import config, config_file
from scanner.errors import ConfigError
from scanner.models import Mode

GOOD = """\
fail-on: high
unknown-severity: block
on-incomplete: fail            # or warn
audits:
  python: off
  pnpm: {mode: warn, level: high}
exclude: ["vendor/**"]
secrets:
  mode: block
  patterns:
    - id: service-role-key
      description: Service role key in browser code
      regex: 'SERVICE_ROLE_KEY'
      severity: critical
      examples: {match: ['a SERVICE_ROLE_KEY'], ignore: ['b']}
allow:
  - id: GHSA-xxxx-xxxx-xxxx
    package: lodash
    reason: only in the build step
    expires: 2027-01-31
"""

BAD = [
    ("fail-on: high", "fail-on: hgh", ".yml:1: fail-on: 'hgh' is not one of none, low, moderate, medium, high, critical"),
    ("python: off", "python: nope", ".yml:5: audits.python: 'nope' is not one of block, warn, off"),
    ("python: off", "pyton: off", ".yml:5: audits.pyton: unknown key 'pyton'; known here: python, npm, pnpm, yarn"),
    ("  mode: block", "  mode: 3", ".yml:9: secrets.mode: expected one of block, warn, off"),
    ("    reason: only in the build step\n", "", ".yml:17: allow[0]: 'reason' is missing"),
    ("2027-01-31", "tomorrow", ".yml:20: allow[0].expires: expected a date such as 2027-01-31"),
    ('exclude: ["vendor/**"]', "exclude: vendor", ".yml:7: exclude: expected a list, got str"),
    ("severity: critical", "severity: huge", ".yml:14: secrets.patterns[0].severity: 'huge' is not one of none, low"),
    ("fail-on", "fail-on: low\nfail-on", ".yml:2: the key 'fail-on' stands here a second time"),
    ("level: high", "leve: x", ".yml:6: audits.pnpm.leve: unknown key 'leve'; known here: mode, level"),
    ("fail-on", "timeout: 0\nfail-on", ".yml:1: timeout: expected int >= 1"),
    ("fail-on: high", "fail-on: !!python/object:os.system x", ".yml:1: not valid YAML: could not determine a constructor"),
    ("fail-on: high", "fail-on: [", ".yml:"),
    ("id: service-role-key", "id: Service Role", ".yml:11: secrets.patterns[0].id: expected str matching regex"),
]


def test_good() -> None:
    read = config.parse(GOOD, ".yml")
    assert read.config.audits.python is Mode.OFF
    assert read.config.audits.pnpm == config_file.AuditEntry(mode=Mode.WARN, level=config_file.Level.HIGH)
    assert read.config.allow[0].expires == dt.date(2027, 1, 31)
    assert (read.line("allow[0].package"), read.line("allow[0].path"), read.line("secrets.patterns[0]")) == (18, 17, 11)


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_an_empty_file_says_nothing(text: str) -> None:
    assert config.parse(text, ".yml").config == config_file.ConfigFile()


@pytest.mark.parametrize(("old", "new", "message"), BAD)
def test_bad(old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.parse(GOOD.replace(old, new, 1), ".yml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["- a", "a", "[" * 5000, "x: " + "a" * 1_000_001])
def test_not_a_config(text: str) -> None:
    with pytest.raises(ConfigError):
        config.parse(text, ".yml")


def test_aliases_that_grow_without_bound_are_refused() -> None:
    lines = ["a: &a [1,1,1,1,1,1,1,1,1]"]
    lines += [f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for name, before in zip("bcdefgh", "abcdefg", strict=True)]
    with pytest.raises(ConfigError, match="aliases"):
        config.parse("\n".join(lines), ".yml")


def test_patterns_input() -> None:
    (pattern,) = config.patterns("- {id: a, description: d, regex: r}", "input patterns")
    assert (pattern.id, pattern.severity) == ("a", config_file.Level.HIGH)
    with pytest.raises(ConfigError, match=r"input patterns:1: \[0\]: 'regex' is missing"):
        config.patterns("- {id: a, description: d}", "input patterns")


def test_schema_lists_every_key() -> None:
    made = config.schema()
    known = made["$defs"]["ConfigFile"]["properties"]
    assert set(known) == {
        "fail-on", "unknown-severity", "on-incomplete", "block-existing", "unfixed", "timeout", "audits", "exclude", "dependencies",
        "secrets", "allow",
    }


def test_every_key_of_the_schema_is_described_and_shown_by_an_example() -> None:
    for name, shape in config.schema()["$defs"].items():
        for key, one in shape.get("properties", {}).items():
            assert one.get("description"), f"{name}.{key}"
            kinds = [one, *one.get("anyOf", []), one.get("items", {})]
            written = any(kind.get("type") in ("string", "number") for kind in kinds) and key != "fingerprint"
            assert one.get("examples") or not written, f"{name}.{key}"


def test_the_examples_of_the_schema_are_valid() -> None:
    made = config.schema()
    keys = [one for shape in made["$defs"].values() for one in shape.get("properties", {}).values()]
    shown = [(one, example) for one in keys for example in one.get("examples", [])]
    assert len(shown) > 15
    for one, example in shown:
        jsonschema.validate(example, {**one, "$defs": made["$defs"]})


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    message = ""
    try:
        config.parse(text, ".yml")
    except ConfigError as error:
        message = str(error)
    assert "\n" not in message
