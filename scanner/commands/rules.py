"""``security-scan rules``: the secret rules in force; a rule file proved by its own examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scanner import config, settings, words, yaml_text
from scanner.config_file import RuleSet
from scanner.secrets import in_force, rules, team, twins

if TYPE_CHECKING:
    from scanner.secrets import Rule


def show(out: TextIO) -> int:
    """The rules that apply in the current folder, one a line: id, severity, description. Raises ConfigError."""
    document = settings.read_config(Path(), "")
    chosen = document.config.secrets
    disabled = words.either(chosen.disable, ())
    known = in_force.rules(words.either(chosen.rules, RuleSet.DEFAULT).value)
    found = [rule for rule in (*known, *_own(document, document.path)) if rule.id not in disabled]
    wide = max((len(rule.id) for rule in found), default=0)
    out.writelines(f"{rule.id:<{wide}}  {rule.severity.label:<8}  {rule.description}\n" for rule in found)
    return 0


def test(path: str, out: TextIO) -> int:
    """Prove the rules of a rule file, or the patterns of a config file. Raises ConfigError for the first that fails."""
    found = _proven(settings.read_text(Path(path)), path)
    matches = sum(len(rule.examples.match) for rule in found)
    ignored = sum(len(rule.examples.ignore) for rule in found)
    out.write(f"{path}: {len(found)} rules hold, {matches} examples found, {ignored} left alone\n")
    return 0


def _proven(text: str, path: str) -> tuple[Rule, ...]:
    data, _ = yaml_text.load(text, path)
    if isinstance(data, dict):
        return _own(config.parse(text, path), path)
    found = tuple(rules.check(rule, subject=path) for rule in rules.read(text, path))
    for rule in found:
        team.prove(rule, path)
    return found


def _own(document: config.Document, path: str) -> tuple[Rule, ...]:
    """The team's patterns."""
    secrets = document.config.secrets
    lines = tuple(document.line(f"secrets.patterns[{index}]") for index in range(len(secrets.patterns)))
    own = tuple(team.rule(pattern, path, line) for pattern, line in zip(secrets.patterns, lines, strict=True))
    twins.check(own, words.either(secrets.rules, RuleSet.DEFAULT).value, path, lines)
    return own
