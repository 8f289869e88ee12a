"""The config file: YAML text in, ``ConfigFile`` out; every mistake is a ConfigError that names file, line, key and what was expected.

Its types are also the published JSON Schema (``security-scan schema config``).
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from scanner.config_file import (
    Allow,
    AuditEntry,
    Audits,
    ConfigFile,
    Dependencies,
    Gate,
    Level,
    OnIncomplete,
    Pattern,
    PatternExamples,
    Resolve,
    RuleSet,
    Secrets,
)
from scanner.errors import MAX_WORDS, ConfigError
from scanner.models import Mode

if TYPE_CHECKING:
    from enum import Enum

WORDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "nothing", "object": "a mapping",
    "array": "a list",
}
CHOSEN = "mode|level|fail-on|severity|unknown-severity|unfixed|on-incomplete|rules|resolve|python|npm|pnpm|yarn"
"""The keys that take one word of a few."""


class Document(Struct, frozen=True, kw_only=True):
    """A config file with the line of every key (``allow[0].reason`` -> 12)."""

    path: str
    config: ConfigFile
    lines: dict[str, int]

    def line(self, key: str) -> int:
        """The line where ``key`` or the nearest thing around it stands."""
        while key and key not in self.lines:
            key = re.sub(r"(\.[^.\[]*|\[\d+\]|^[^.\[]*)$", "", key)
        return self.lines.get(key, 1)


def parse(text: str, path: str) -> Document:
    """Read a config file. Raises ConfigError."""
    from scanner.yaml_text import load

    data, lines = load(text, path)
    document = Document(path=path, config=ConfigFile(), lines=lines)
    try:
        config = msgspec.convert({} if data is None else data, ConfigFile)
    except msgspec.ValidationError as error:
        raise _explain(str(error), document, data) from None
    return Document(path=path, config=config, lines=lines)


def patterns(text: str, path: str) -> tuple[Pattern, ...]:
    """The ``patterns`` input of the action: a YAML list in the form of ``secrets.patterns``. Raises ConfigError."""
    if not text:
        return ()
    from scanner.yaml_text import load

    data, lines = load(text, path)
    document = Document(path=path, config=ConfigFile(), lines=lines)
    try:
        return msgspec.convert([] if data is None else data, tuple[Pattern, ...])
    except msgspec.ValidationError as error:
        raise _explain(str(error), document, data) from None


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the config file, for editors."""
    made = msgspec.json.schema(ConfigFile)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Security Scan Gate configuration", **made}


def _explain(message: str, document: Document, data: Any) -> ConfigError:
    reason, _, at = message.partition(" - at `$")
    key = at.rstrip("`").lstrip(".")[:MAX_WORDS]
    if unknown := re.search(r"unknown field `(.+)`", reason):
        key = f"{key}.{unknown[1]}" if key else unknown[1]
        reason = f"unknown key '{unknown[1]}'{_meant(unknown[1], _known(at))} {', '.join(_known(at))}"
    elif missing := re.search(r"missing required field `(.+)`", reason):
        reason = f"'{missing[1]}' is missing"
    elif wrong := re.search(r"Invalid enum value '?(.*?)'?$", reason):
        reason = f"'{wrong[1]}' is not one of {', '.join(_choices(key))}"
    elif "RFC3339" in reason or reason.startswith("Expected `date"):
        reason = "expected a date such as 2027-01-31"
    elif re.match(r"Expected `str( \| object)?`, got", reason) and re.search(rf"(^|\.)({CHOSEN})$", key):
        reason = f"expected one of {', '.join(_choices(key))}" + (", or a mapping" if "| object" in reason else "")
    elif reason == "Expected `int`, got `float`":
        reason = f"{_value(data, key)} is not a whole number"
    else:
        reason = _in_words(reason)
    return ConfigError(f"{key or 'top level'}: {reason}", subject=document.path, line=document.line(key))


def _value(data: Any, key: str) -> Any:
    """What stands at ``a.b[0]``."""
    for part in re.findall(r"[^.\[\]]+", key):
        data = data[int(part) if isinstance(data, list) else part]
    return data


def _in_words(reason: str) -> str:
    """What msgspec says of types, in the words of somebody who writes YAML."""
    said = re.sub(rf"`?\b({'|'.join(WORDS)})\b`?", lambda match: WORDS[match[1]], reason)
    said = said.replace("text of length >= 1", "text that is not empty").replace("`", "").replace(" | ", " or ")
    quotes = ": put it in quotes" if re.match(r"Expected text, got (a .*number|true or false)", said) else ""
    return f"{said[:1].lower()}{said[1:]}{quotes}" or "not readable"


def _meant(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f": did you mean '{near[0]}'? Known here:" if near else "; known here:"


def _choices(key: str) -> list[str]:
    name = re.sub(r".*[.\]]", "", key)
    enums: dict[str, type[Enum]] = {
        "unknown-severity": Gate, "unfixed": Gate, "on-incomplete": OnIncomplete, "resolve": Resolve, "rules": RuleSet,
        "fail-on": Level, "level": Level, "severity": Level,
    }
    return [member.value for member in enums.get(name, Mode)]


def _known(at: str) -> list[str]:
    where = re.sub(r"\[\d+\]", "[]", at.rstrip("`").lstrip("."))
    types: dict[str, type[Struct]] = {
        "": ConfigFile, "audits": Audits, "dependencies": Dependencies, "secrets": Secrets, "allow[]": Allow,
        "secrets.patterns[]": Pattern, "[]": Pattern, "secrets.patterns[].examples": PatternExamples, "[].examples": PatternExamples,
    }
    return [field.encode_name for field in msgspec.structs.fields(types.get(where, AuditEntry))]
