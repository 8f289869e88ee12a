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
    ("python: off", "pyton: off", ".yml:5: audits.pyton: unknown key 'pyton': did you mean 'python'? Known here: python, npm, pnpm, yarn"),
    ("  mode: block", "  mode: 3", ".yml:9: secrets.mode: expected one of block, warn, off"),
    ("    reason: only in the build step\n", "", ".yml:17: allow[0]: 'reason' is missing"),
    ("2027-01-31", "tomorrow", ".yml:20: allow[0].expires: expected a date such as 2027-01-31"),
    ('exclude: ["vendor/**"]', "exclude: vendor", ".yml:7: exclude: expected a list, got text"),
    ("severity: critical", "severity: huge", ".yml:14: secrets.patterns[0].severity: 'huge' is not one of none, low"),
    ("fail-on", "fail-on: low\nfail-on", ".yml:2: the key 'fail-on' stands here a second time"),
    ("level: high", "leve: x", ".yml:6: audits.pnpm.leve: unknown key 'leve': did you mean 'level'? Known here: mode, level"),
    ("fail-on", "timeout: 0\nfail-on", ".yml:1: timeout: expected a whole number >= 1"),
    ("fail-on: high", "fail-on: !!python/object:os.system x", ".yml:1: the tag !!python/object:os.system has no meaning here "),
    ("fail-on: high", "fail-on: [", ".yml:"),
    ("id: service-role-key", "id: Service Role", ".yml:11: secrets.patterns[0].id: expected text matching regex"),
]

DATE = ".yml:4: allow[0].expires: expected a date such as 2027-01-31"
WHOLE = ".yml:1: timeout: expected a whole number, got "
CONTROL = "(take it out, or save the file as UTF-8)"
ALIAS = "(does an alias stand inside of what it names?)"
NO_USE = [
    *((f"allow:\n  - id: X\n    reason: r\n    expires: {said}\n", DATE) for said in (
        "2026-13-01", "2026-02-30", "'2026-02-30'", "0000-01-01", "2026-1-1", "20260101", "2026-02-20T10:00:00Z", "2026-02-20 25:00:00",
        "2026-02-20 10:00:00 +99:99", "soon", "[]", "true",
    )),
    *((f"timeout: {said}\n", f"{WHOLE}{got}") for said, got in (
        ("'600'", "text"), ("0777", "text"), ("0o777", "text"), ("0x1F", "text"), ("1_000", "text"), ("10:00", "text"), ("[]", "a list"),
        ("true", "true or false"), ("2026-01-01", "text"),
    )),
    *((f"timeout: {said}", f".yml:1: timeout: {shown} is not a whole number") for said, shown in (
        ("1.5", "1.5"), ("600.0", "600.0"), (".nan", "nan"), ("-.inf", "-inf"),
    )),
    ("timeout: -5", ".yml:1: timeout: expected a whole number >= 1"),
    ("timeout: 99999999999999999999", ".yml:1: timeout: expected a whole number <= 999999"),
    ("timeout: " + "9" * 5000, ".yml:1: a number without end"),
    ("fail-on: [high]", ".yml:1: fail-on: expected one of none, low, moderate"),
    ("fail-on: 3", ".yml:1: fail-on: expected one of none, low, moderate"),
    ("unknown-severity: 3", ".yml:1: unknown-severity: expected one of block, warn"),
    ("audits: {npm: 3}", ".yml:1: audits.npm: expected one of block, warn, off, or a mapping"),
    ("audits:", ".yml:1: audits: expected a mapping, got nothing"),
    ("audits: [npm]", ".yml:1: audits: expected a mapping, got a list"),
    ("audits:\n\tnpm: warn", ".yml:2: not valid YAML: found character that cannot start any token (indent with spaces"),
    ("block-existing: yes", ".yml:1: block-existing: expected true or false, got text"),
    ("exclude: [1]", ".yml:1: exclude[0]: expected text, got a whole number: put it in quotes"),
    ("exclude: [a, 1.5]", ".yml:1: exclude[1]: expected text, got a number: put it in quotes"),
    ("exclude: ['']", ".yml:1: exclude[0]: expected text that is not empty"),
    ("exclude: &a [*a]", f".yml:1: nested too deeply {ALIAS}"),
    ("exclude: *a", ".yml:1: not valid YAML: found undefined alias"),
    ("exclude: !!set {a, b}", ".yml:1: the tag !!set has no meaning here"),
    ("exclude: [!!binary 'aGk=']", ".yml:1: the tag !!binary has no meaning here"),
    ("allow: [{id: X, reason: r, expire: 2027-01-01}]", ".yml:1: allow[0].expire: unknown key 'expire': did you mean 'expires'?"),
    ("allow: {id: x}", ".yml:1: allow: expected a list, got a mapping"),
    ("allow:\n  - id: a: b", ".yml:2: not valid YAML: mapping values are not allowed in this context (put text that holds a colon"),
    ("x: 1\n\n? [a]\n: x", ".yml:3: a list or a mapping stands where a key should"),
    ("3: x", ".yml:1: 3: unknown key '3'; known here: fail-on"),
    ("~: x", ".yml:1: ~: unknown key '~'; known here: fail-on"),
    ("2026-13-01: x", ".yml:1: 2026-13-01: unknown key '2026-13-01'; known here: fail-on"),
    ("!!binary aGk=: x", ".yml:1: the tag !!binary has no meaning here"),
    ("fail-on: high\n---\nfail-on: low", ".yml:2: not valid YAML: but found another document (one document a file"),
    ("# x\nfail-on: high\0", f".yml:2: not valid YAML: a control character (#x0000) {CONTROL}"),
    ("- a", ".yml:1: top level: expected a mapping, got a list"),
    ("a: " + "[" * 200, ".yml:1: nested too deeply"),
    ("# " + "x" * 10_000_000, ".yml: larger than 1,000,000 bytes"),
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


@pytest.mark.parametrize(("text", "message"), NO_USE, ids=[repr(text[:40]) for text, _ in NO_USE])
def test_of_no_use(text: str, message: str) -> None:
    """One line that names file, line and key, and says what would be right."""
    with pytest.raises(ConfigError) as caught:
        config.parse(text, ".yml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_what_looks_like_a_date_or_an_octal_number_is_text_where_text_is_asked_for() -> None:
    read = config.parse("exclude: [2026-01-31, 2026-13-01, 010, 1_000, 10:00, =, off]\n", ".yml")
    assert read.config.exclude == ("2026-01-31", "2026-13-01", "010", "1_000", "10:00", "=", "off")


def test_merge_keys_and_anchors_are_followed() -> None:
    read = config.parse("audits:\n  npm: &npm {mode: warn, level: low}\n  pnpm: {<<: *npm, level: high}\n", ".yml").config
    assert read.audits.pnpm == config_file.AuditEntry(mode=Mode.WARN, level=config_file.Level.HIGH)
    with pytest.raises(ConfigError, match=r"\.yml:3: audits\.pnpm\.level: 'x' is not one of"):
        config.parse("audits:\n  npm: &npm {mode: warn}\n  pnpm: {<<: *npm, level: x}\n", ".yml")


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
