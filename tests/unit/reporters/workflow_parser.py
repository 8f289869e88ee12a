"""Readers of what a runner reads, written from the rules alone: log lines in both command grammars, and the file of outputs."""

from __future__ import annotations

import re
from typing import NamedTuple


class Command(NamedTuple):
    """One workflow command."""

    name: str
    properties: dict[str, str]
    data: str


def commands(log: str) -> list[Command]:
    """Every command of the new grammar: ``::name k=v,k=v::data`` at the start of a line, blanks aside."""
    return [command for line in _lines(log) if (command := _new(line.lstrip()))]


def old_commands(log: str) -> list[str]:
    """Every line in which the old grammar finds a command: ``##[name k=v;k=v]data``, anywhere."""
    return [line for line in _lines(log) if re.search(r"##\[[^\]]*\]", line) or "##[" in line]


def outputs(content: str) -> dict[str, str]:
    """The step's outputs: of two with one name the later. Raises ``ValueError`` where the runner would fail the step."""
    return dict(output_pairs(content))


def output_pairs(content: str) -> list[tuple[str, str]]:
    """``name=value`` and ``name<<DELIM`` blocks, in order. Raises ``ValueError`` where the runner would fail the step."""
    found: list[tuple[str, str]] = []
    lines = iter(content.split("\n")[:-1])
    for line in lines:
        name, sign, rest = _head(line)
        found.append((name, rest if sign == "=" else _block(lines, rest)))
    return found


def _lines(log: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", log)


def _new(line: str) -> Command | None:
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, pairs = line[2:end].partition(" ")
    properties = dict(pair.split("=", 1) for pair in pairs.strip().split(",") if "=" in pair)
    return Command(name, {key: _unescape_property(value) for key, value in properties.items()}, _unescape(line[end + 2 :]))


def _unescape_property(value: str) -> str:
    return _unescape(value.replace("%3A", ":").replace("%2C", ","))


def _unescape(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _head(line: str) -> tuple[str, str, str]:
    equals, angles = line.find("="), line.find("<<")
    if angles >= 0 and (equals < 0 or angles < equals):
        return line[:angles], "<<", line[angles + 2 :]
    if equals >= 0:
        return line[:equals], "=", line[equals + 1 :]
    raise ValueError(f"not an output: {line!r}")


def _block(lines: object, delimiter: str) -> str:
    value = []
    for line in lines:  # type: ignore[attr-defined]
        if line == delimiter:
            return "\n".join(value)
        value.append(line)
    raise ValueError(f"no end: {delimiter!r}")
