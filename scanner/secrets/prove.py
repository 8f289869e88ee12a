"""A rule of the team's own proves itself by its examples before it is used: Rule in, the same Rule out, or a ConfigError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.errors import ConfigError
from scanner.secrets import matcher, rules
from scanner.secrets.sight import conditions

if TYPE_CHECKING:
    from scanner.secrets import Rule


def proved(rule: Rule, *, subject: str, line: int = 0) -> Rule:
    """Return ``rule`` when the engine can run it, it finds every ``match`` example and leaves every ``ignore`` example alone."""
    rules.check(rule, subject=subject, line=line)
    engine = matcher.build([rule.regex.encode()], spans=True)
    for index, text in enumerate(rule.examples.match):
        if not _finds(rule, engine, text):
            hint = "mend the regex, keywords, entropy or allow list, or the example"
            raise ConfigError(f"rule {rule.id}: examples.match[{index}] is not found by it", subject=subject, line=line, hint=hint)
    for index, text in enumerate(rule.examples.ignore):
        if _finds(rule, engine, text):
            hint = "narrow the regex or add to its allow list, or mend the example"
            raise ConfigError(f"rule {rule.id}: examples.ignore[{index}] is found by it", subject=subject, line=line, hint=hint)
    return rule


def _finds(rule: Rule, engine: matcher.Matcher, text: str) -> bool:
    if rule.keywords and not any(keyword.lower() in text.lower() for keyword in rule.keywords):
        return False
    data = text.encode("utf-8", "replace")
    values = (data[start:end].decode("utf-8", "replace") for _, start, end in engine.spans(data))
    return any(conditions(rule, value) is None for value in values)
