"""Rule files in, checked rules out: YAML lists of entries, the same form as ``secrets.patterns`` in the config.

A rule that hyperscan cannot run in linear time, or whose own examples fail, is a ConfigError that names file, line and key.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from scanner.errors import ConfigError
from scanner.models import Severity
from scanner.secrets import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LEVELS = {
    "low": Severity.LOW, "moderate": Severity.MODERATE, "medium": Severity.MODERATE, "high": Severity.HIGH, "critical": Severity.CRITICAL,
}
LONGEST_REGEX = 4096
OWN_KEYS = frozenset(("id", "description", "regex", "severity", "keywords", "paths", "exclude", "entropy", "allow", "examples"))
"""The keys of a user's own rule, in a rule file as in ``secrets.patterns``."""

_BUILT_IN_KEYS = frozenset(field.name for field in msgspec.structs.fields(Rule)) - OWN_KEYS

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")
_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_ADVICE = (
    ("Zero-width assertions", "match the neighbouring character instead, as in (?:^|[^A-Za-z0-9]), or use \\b"),
    ("Back-references", "write each alternative out, as in (?:'[^']+'|\"[^\"]+\")"),
    ("Possessive", "drop the + after the quantifier: this engine never backtracks"),
    ("Atomic", "use a plain group (?:...): this engine never backtracks"),
    ("matches empty buffer", "ask for at least one character, as in a+ instead of a*"),
    ("too large", "lower the bounds of repeats such as {1,4000}"),
    ("Embedded start anchors", "put ^ first, or write (?:^|[^a-z]) as a group of its own"),
    ("Conditional", "write both cases as alternatives"),
)


@cache
def builtin() -> tuple[Rule, ...]:
    """The rules of ``scanner/secrets/rules/*.yaml``, in the order of file names. Their regexes and examples are proved by the tests."""
    folder = files("scanner.secrets").joinpath("rules")
    packs = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    rules = tuple(rule for pack in packs for rule in read(pack.read_text("utf-8"), pack.name, shipped=True))
    _refuse_twins(rules)
    return rules


def read(text: str, subject: str, *, shipped: bool = False) -> tuple[Rule, ...]:
    """The rules of one YAML text, a list of entries; ``subject`` is its file name, for errors; ``shipped`` as in ``parse``. No regex is
    compiled yet: see ``check``."""
    import yaml

    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError(f"not YAML: {getattr(error, 'problem', '')}", subject=subject, line=mark.line + 1 if mark else 0) from None
    if node is None:
        return ()
    if not isinstance(node, yaml.SequenceNode):
        raise ConfigError("a rule file is a list of rules", subject=subject, line=1, hint="begin each rule with '- id: ...'")
    rules = tuple(parse(_plain(item), subject=subject, line=item.start_mark.line + 1, shipped=shipped) for item in node.value)
    _refuse_twins(rules)
    return rules


def parse(entry: object, *, subject: str, line: int = 0, shipped: bool = False) -> Rule:
    """One rule from its mapping (keys and values as YAML gives them); ``line`` is where it begins; ``shipped`` says that it is a built-in
    one, which has more keys. Raises ConfigError."""
    if not isinstance(entry, dict):
        raise ConfigError("a rule is a mapping with id, description and regex", subject=subject, line=line)
    name = str(entry.get("id", "?"))
    known = OWN_KEYS | (_BUILT_IN_KEYS if shipped else frozenset())
    for key in entry:
        if key not in known:
            raise ConfigError(f"rule {name}: unknown key {key!r}", subject=subject, line=line, hint="known: " + ", ".join(sorted(known)))
    rare = entry.get("rare", "false")
    if rare not in ("true", "false"):
        raise ConfigError(f"rule {name}: rare is {rare!r}", subject=subject, line=line, hint="true or false")
    try:
        rule = msgspec.convert({**entry, "rare": rare == "true", "severity": _severity(entry, name, subject, line)}, Rule)
    except msgspec.ValidationError as error:
        raise ConfigError(f"rule {name}: {error}", subject=subject, line=line) from None
    _refuse_nonsense(rule, subject, line)
    return rule


def check(rule: Rule, *, subject: str, line: int = 0) -> Rule:
    """Return ``rule`` when hyperscan can run its regex; else ConfigError says why not and how to write it."""
    from scanner.secrets import matcher

    reason = matcher.refusal(rule.regex)
    if reason:
        raise refused(rule, reason, subject, line)
    for text in rule.allow:
        reason = matcher.refusal(text)
        if reason:
            raise ConfigError(f"rule {rule.id}: allow {text!r} cannot be used: {reason}", subject=subject, line=line)
    return rule


def refused(rule: Rule, reason: str, subject: str, line: int) -> ConfigError:
    """What is wrong with a rule's regex, and how to write it."""
    advice = next((text for words, text in _ADVICE if words in reason), "see the syntax in docs/rules.md")
    return ConfigError(f"rule {rule.id}: regex cannot be used: {reason}", subject=subject, line=line, hint=advice)


def _severity(entry: Mapping[str, object], name: str, subject: str, line: int) -> int:
    word = entry.get("severity", "high")
    level = LEVELS.get(word.lower()) if isinstance(word, str) else None
    if level is None:
        raise ConfigError(f"rule {name}: severity is {word!r}", subject=subject, line=line, hint="one of low, moderate, high, critical")
    return int(level)


def _refuse_nonsense(rule: Rule, subject: str, line: int) -> None:
    faults = (
        (not _ID.match(rule.id) or len(rule.id) > 80, "id", "small letters, digits, dots, dashes and underscores"),
        (not rule.description, "description", "one line that says what leaks"),
        (not rule.regex or len(rule.regex) > LONGEST_REGEX, "regex", f"1 to {LONGEST_REGEX} characters"),
        (not 0 <= rule.entropy <= 8, "entropy", "0 to 8 bits per character"),
        (not 0 <= rule.prefix <= 20, "prefix", "0 to 20 characters"),
        ("" in rule.keywords, "keywords", "no empty keyword"),
    )
    for wrong, key, right in faults:
        if wrong:
            raise ConfigError(f"rule {rule.id}: {key} is not usable", subject=subject, line=line, hint=right)


def _refuse_twins(rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise ConfigError(f"rule id {rule.id} is used twice", subject=rule.id, hint="ids are unique")
        seen.add(rule.id)


def _plain(node: Any) -> object:
    """A YAML node as plain values: no tags, no merge keys, no aliases resolved twice, numbers only where a number is a number."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if node.tag == "tag:yaml.org,2002:int" and node.value.isdigit():
        return int(node.value)
    if node.tag == "tag:yaml.org,2002:float" and _NUMBER.fullmatch(node.value):
        return float(node.value)
    return str(node.value)


def _pairs(node: Any) -> Iterator[tuple[str, object]]:
    seen: set[str] = set()
    for key, value in node.value:
        if not isinstance(key.value, str):
            raise ConfigError("a key that is no text", line=key.start_mark.line + 1, hint="write it in quotes")
        if key.value in seen:
            raise ConfigError(f"key {key.value!r} stands twice", line=key.start_mark.line + 1)
        seen.add(key.value)
        yield key.value, _plain(value)
