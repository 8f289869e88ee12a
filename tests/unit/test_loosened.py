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
        ("[mine]", "[mine, '!theirs']", 4, "!theirs may stay unaudited"),
        ("[entropy-hex]", "[entropy-hex, '!github-pat']", 6, "!github-pat is switched off"),
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


@pytest.mark.parametrize(
    "modes", ["audits: {npm: %s}", "audits: {npm: {mode: %s}}", "secrets: {mode: %s}"], ids=["word", "mapping", "secrets"]
)
@pytest.mark.parametrize("before", ["off", "warn", "block"])
@pytest.mark.parametrize("after", ["off", "warn", "block"])
def test_a_lighter_mode_is_seen_and_a_heavier_one_is_not(modes: str, before: str, after: str) -> None:
    seen = loosened(document(modes % before), document(modes % after))
    weights = ["off", "warn", "block"]
    assert bool(seen) is (weights.index(after) < weights.index(before))


@pytest.mark.parametrize(
    "words",
    ["unknown-severity: warn", "unfixed: warn", "on-incomplete: warn", "block-existing: false", "dependencies: {include-dev: false}"],
)
def test_what_was_loose_before_is_not_loosened_again(words: str) -> None:
    strict = words.replace("warn", "block" if "incomplete" not in words else "fail").replace("false", "true")
    assert loosened(document(words), document(words)) == ()
    assert loosened(document(words), document(strict)) == ()
    assert loosened(document(words), document("")) == ()
    assert len(loosened(document(strict), document(words))) == 1
    assert len(loosened(document(""), document(words))) == 1


@pytest.mark.parametrize("fail_on", ["fail-on: critical\n", "fail-on: none\n"])
def test_an_audit_of_its_own_level_that_falls_back_to_the_common_one_is_seen(fail_on: str) -> None:
    old = f"{fail_on}audits: {{npm: {{level: high}}}}\n"
    word = fail_on.split()[1]
    for new in (fail_on, f"{fail_on}audits: {{npm: block}}\n", f"{fail_on}audits: {{npm: {{level: {word}}}}}\n"):
        (notice,) = loosened(document(old), document(new))
        assert (notice.subject, notice.reason) == ("audits.npm", f"blocks from {word} instead of high")


def test_what_fail_on_says_is_not_said_again_of_each_audit() -> None:
    (notice,) = loosened(document("audits: {npm: block, pnpm: {mode: block}}"), document("fail-on: none\naudits: {npm: block}"))
    assert notice.subject == "fail-on"


def test_a_config_that_is_gone_is_named_as_the_base_named_it() -> None:
    gone = Document(path="", config=document("").config, lines={})
    (notice,) = loosened(document("secrets: {patterns: [{id: a, description: d, regex: KEY}]}"), gone)
    assert (notice.reason, notice.location and notice.location.path) == ("the pattern a is gone", ".security-scan.yml")


def test_a_first_config_is_compared_with_the_defaults() -> None:
    reasons = [notice.reason for notice in loosened(document(""), document(BASE))]
    assert reasons == [
        "vendor/** is no longer scanned", "mine may stay unaudited", "entropy-hex is switched off", "accepts GHSA-1: r",
    ]


EXCEPTED = 'exclude: ["docs/*", "!docs/a.py", "*.md"]\n'


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ('exclude: ["docs/*", "*.md"]\n', "!docs/a.py is gone"),
        ('exclude: ["!docs/a.py", "docs/*", "*.md"]\n', "the order of the patterns"),
        ('exclude: ["docs/*", "*.md", "!docs/a.py"]\n', "the order of the patterns"),
        ('exclude: ["docs/*", "!docs/a.py"]\n', ""), ('exclude: ["docs/*", "!docs/a.py", "*.md", "!x"]\n', ""),
    ],
)
def test_an_exception_to_what_is_excluded(new: str, reason: str) -> None:
    found = loosened(document(EXCEPTED), document(new))
    assert [one.reason[: len(reason)] for one in found] == ([reason] if reason else [])
