"""Defaults < config file < options; every unusable value is one clear line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from scanner import settings
from scanner.errors import ConfigError
from scanner.models import Location, Mode, Severity, Suppression
from scanner.policy import Gate
from scanner.settings import Options, build


def test_defaults(tmp_path: Path) -> None:
    chosen = build(Options(path=str(tmp_path)))
    assert (chosen.fail_on, chosen.unknown_blocks, chosen.incomplete_fails, chosen.block_existing) == (Severity.HIGH, True, True, True)
    assert set(chosen.audits.values()) == {Gate(mode=Mode.BLOCK, level=Severity.HIGH)}
    assert (chosen.advisories, chosen.osv_url, chosen.npm_registry, chosen.timeout_s) == ("auto", settings.OSV_URL, "", 1800)


def test_precedence(tmp_path: Path) -> None:
    (tmp_path / ".security-scan.yml").write_text(
        "fail-on: low\naudits: {npm: warn, pnpm: {mode: warn, level: critical}}\nsecrets: {mode: 'off'}\ntimeout: 5\n"
    )
    chosen = build(Options(path=str(tmp_path), fail_on="medium", npm_audit="block", timeout="7"))
    assert chosen.fail_on is Severity.MODERATE
    assert chosen.audits["npm"] == Gate(mode=Mode.BLOCK, level=Severity.MODERATE)
    assert chosen.audits["pnpm"] == Gate(mode=Mode.WARN, level=Severity.CRITICAL)
    assert chosen.audits["secrets"].mode is Mode.OFF
    assert chosen.timeout_s == 7


def test_npm_registry_comes_from_the_environment_where_no_option_says_it(tmp_path: Path) -> None:
    path = str(tmp_path)
    assert build(Options(path=path), "https://npm.example/").npm_registry == "https://npm.example"
    assert build(Options(path=path, npm_registry="https://other.example"), "https://npm.example").npm_registry == "https://other.example"


def test_texts_become_values(tmp_path: Path) -> None:
    chosen = build(Options(path=str(tmp_path), as_of="2026-01-31", shard="2/8", jobs="3", outputs=("json=a.json",), fail_on="none"))
    assert (chosen.as_of, chosen.shard, chosen.jobs, chosen.outputs) == (dt.date(2026, 1, 31), (2, 8), 3, (("json", "a.json"),))
    assert chosen.fail_on is None


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"path": "/no/such"}, "no such path: /no/such"),
        ({"path": __file__}, "not a directory"),
        ({"fail_on": "sever"}, "fail-on: 'sever' is not one of none, low, moderate, medium, high, critical"),
        ({"unknown_severity": "x"}, "unknown-severity: 'x' is not one of block, warn"),
        ({"block_existing": "yes"}, "block-existing: 'yes' is not one of true, false"),
        ({"npm_audit": "on"}, "npm-audit: 'on' is not one of block, warn, off"),
        ({"secrets": "on"}, "secrets: 'on' is not one of"),
        ({"shard": "9/8"}, "shard: '9/8' is not I/N"),
        ({"shard": "0/8"}, "shard: '0/8' is not I/N"),
        ({"jobs": "0"}, "jobs: '0' is not a whole number from 1"),
        ({"jobs": "-1"}, "jobs: '-1' is not"),
        ({"timeout": "1.5"}, "timeout: '1.5' is not"),
        ({"as_of": "31.1.2026"}, "as-of: '31.1.2026' is not a date"),
        ({"osv_url": "file:///etc/passwd"}, "osv-url: 'file:///etc/passwd' is not an http or https URL"),
        ({"npm_registry": "npm.example"}, "npm-registry: 'npm.example' is not"),
        ({"outputs": ("json",)}, "output: 'json' is not FORMAT=FILE"),
        ({"outputs": ("pdf=a",)}, "output: 'pdf=a' is not FORMAT=FILE"),
        ({"format": "xml"}, "format: 'xml' is not one of"),
        ({"config": "/no/such.yml"}, "/no/such.yml: cannot be read"),
        ({"advisory_db": "/no/such"}, "advisory-db: no such file: /no/such"),
        ({"patterns": "- {id: a}"}, "input patterns:1: [0]: 'description' is missing"),
        ({"policy_from": "main"}, "policy-from: 'main' is not one of auto, base, head"),
    ],
)
def test_unusable(tmp_path: Path, said: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build(Options(**{"path": str(tmp_path), **said}))  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("content", "message"), [(b"\xff\xfe\x00", "is not UTF-8"), (b"a: [", "not valid YAML")])
def test_a_broken_config_file(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / ".security-scan.yml").write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        build(Options(path=str(tmp_path)))


def test_a_config_file_that_leads_out_of_the_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "elsewhere.yml").write_text("fail-on: none\n")
    (tmp_path / "tree" / ".security-scan.yml").symlink_to(tmp_path / "elsewhere.yml")
    with pytest.raises(ConfigError, match="link out of the tree"):
        build(Options(path=str(tmp_path / "tree")))


def test_a_link_to_nothing_is_not_a_missing_config(tmp_path: Path) -> None:
    (tmp_path / ".security-scan.yml").symlink_to(tmp_path / "gone.yml")
    with pytest.raises(ConfigError, match="cannot be read"):
        build(Options(path=str(tmp_path)))


ALLOW = """\
allow:
  - id: GHSA-1
    reason: only in the build step
    expires: 2027-01-31
    package: lodash
    version: 4.17.20
    path: web/**
    fingerprint: our-rule:0123456789abcdef
  - {id: our-rule, reason: a sample}
"""


def test_an_accepted_finding_is_carried_with_every_narrowing(tmp_path: Path) -> None:
    """One that got lost on the way would accept more than was written."""
    (tmp_path / ".security-scan.yml").write_text(ALLOW)
    whole, bare = build(Options(path=str(tmp_path))).allow
    assert whole == Suppression(
        by="config", id="GHSA-1", reason="only in the build step", expires=dt.date(2027, 1, 31), package="lodash", version="4.17.20",
        path="web/**", fingerprint="our-rule:0123456789abcdef", location=Location(path=".security-scan.yml", line=2),
    )
    assert bare == Suppression(by="config", id="our-rule", reason="a sample", location=Location(path=".security-scan.yml", line=9))


@pytest.mark.parametrize(
    ("config", "said", "off"),
    [
        ("", {}, ()), ("audits: {npm: off}\n", {}, ("npm",)), ("audits: {npm: off}\n", {"only": ("secrets",)}, ()),
        ("secrets: {mode: off}\n", {"yarn_audit": "off"}, ("yarn", "secrets")), ("", {"only": ("secrets",)}, ()),
    ],
)
def test_what_is_switched_off_is_known(tmp_path: Path, config: str, said: dict[str, object], off: tuple[str, ...]) -> None:
    (tmp_path / ".security-scan.yml").write_text(config)
    assert settings.build(Options(path=str(tmp_path), **said)).switched_off == off  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("config", "only"),
    [("audits: {python: off, npm: off, pnpm: off, yarn: off}\nsecrets: {mode: off}\n", ()), ("secrets: {mode: off}\n", ("secrets",))],
)
def test_a_scan_of_nothing_is_refused(tmp_path: Path, config: str, only: tuple[str, ...]) -> None:
    (tmp_path / ".security-scan.yml").write_text(config)
    with pytest.raises(ConfigError, match="every audit is off"):
        settings.build(Options(path=str(tmp_path), only=only))


@pytest.mark.parametrize("pattern", ["!", "[z-a]", "a\\", "[[:nothing:]]"])
def test_a_pattern_that_means_nothing_is_named_with_its_line(tmp_path: Path, pattern: str) -> None:
    (tmp_path / ".security-scan.yml").write_text(f"exclude:\n  - vendor/**\n  - '{pattern}'\n")
    with pytest.raises(ConfigError) as caught:
        build(Options(path=str(tmp_path)))
    assert str(caught.value).startswith(f".security-scan.yml:3: exclude[1]: '{pattern}' is not a gitignore pattern")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("pattern", ["**", "[[a]", "[!a]b", "!kept/**", "/", "#", " "])
def test_whatever_git_can_read_stands_in_exclude(tmp_path: Path, pattern: str) -> None:
    (tmp_path / ".security-scan.yml").write_text(f"exclude: ['{pattern}']\n")
    assert build(Options(path=str(tmp_path))).exclude == (pattern,)
