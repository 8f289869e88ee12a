"""Rules that share an id."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from scanner.cli import main
from scanner.errors import ConfigError
from scanner.models import Severity
from scanner.secrets import Rule, twins

HINT = "(give it an id of its own; disable and allow would mean both)"
PATTERN = "    - {id: %s, description: d, regex: 'MARKER_[a-z]{8}'}\n"


def own(*ids: str) -> tuple[Rule, ...]:
    return tuple(Rule(id=name, description="", regex="tt_[0-9]{8}", severity=Severity.HIGH) for name in ids)


@pytest.mark.parametrize(
    ("ids", "rule_set", "said"),
    [
        (("a", "b", "a"), "default", "cfg.yml:7: secrets.patterns[2].id: 'a' is the id of secrets.patterns[0]"),
        (("a", "github-personal-access-token"), "default", "cfg.yml:5: secrets.patterns[1].id: 'github-personal-access-token' is the"),
        (("key-store-file",), "default", "cfg.yml:3: secrets.patterns[0].id: 'key-store-file' is the id of a built-in rule"),
        (("entropy-hex",), "default", "cfg.yml:3: secrets.patterns[0].id: 'entropy-hex' is the id of a built-in rule"),
        (("secret-keyword",), "detect-secrets", "cfg.yml:3: secrets.patterns[0].id: 'secret-keyword' is the id of a built-in rule"),
    ],
)
def test_an_id_that_is_taken_says_by_what(ids: tuple[str, ...], rule_set: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        twins.check(own(*ids), rule_set, "cfg.yml", (3, 5, 7)[: len(ids)])
    assert str(caught.value).startswith(said)
    assert str(caught.value).endswith(HINT)


def test_ids_of_their_own_and_of_rules_that_are_not_in_force_are_free() -> None:
    twins.check((), "default", "", ())
    twins.check(own("a", "b"), "default", "cfg.yml", (0, 0))
    twins.check(own("github-personal-access-token"), "detect-secrets", "cfg.yml", (0,))


@pytest.mark.parametrize("command", [("scan",), ("rules", "test"), ("rules", "list")])
@pytest.mark.parametrize("first", ["marker", "entropy-hex"])
def test_every_command_that_reads_the_patterns_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], first: str
) -> None:
    (tmp_path / ".security-scan.yml").write_text("secrets:\n  patterns:\n" + PATTERN % first + PATTERN % "marker")
    monkeypatch.chdir(tmp_path)
    err = io.StringIO()
    assert main([*command], {}, io.StringIO(), err) == 2
    line, place, whose = (4, 1, "secrets.patterns[0]") if first == "marker" else (3, 0, "a built-in rule")
    assert err.getvalue() == (
        f"security-scan: .security-scan.yml:{line}: secrets.patterns[{place}].id: '{first}' is the id of {whose} {HINT}\n"
    )
