"""No regex of the scanner takes time that outgrows the text by far, whoever wrote the text."""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scanner import secrets
from scanner.secrets import Rule
from scanner.secrets.candidate import Candidate
from scanner.secrets.judge import judge
from scanner.secrets.rules import builtin

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 1000
MOST_SECONDS = 0.75
METHODS = ("match", "search", "fullmatch")


def patterns() -> dict[str, re.Pattern[Any]]:
    """The compiled regexes of all modules, by where they stand, and those written where they are used."""
    found: dict[tuple[str, int], tuple[str, re.Pattern[Any]]] = {}
    for info in pkgutil.walk_packages(secrets.__path__, "scanner.secrets."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            for regex in held(value):
                found.setdefault((str(regex.pattern), regex.flags), (f"{info.name}.{name}", regex))
        for line, text in written(Path(str(module.__file__)).read_text("utf-8")):
            regex = re.compile(text)
            found.setdefault((str(regex.pattern), regex.flags), (f"{info.name}:{line}", regex))
    return {f"{name} {number}": regex for number, (name, regex) in enumerate(found.values())}


def held(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    owner = getattr(value, "__self__", None)
    if isinstance(value, re.Pattern) or isinstance(owner, re.Pattern):
        yield value if isinstance(value, re.Pattern) else owner
    elif isinstance(value, dict | tuple | list | frozenset) and depth < 4:
        for item in value.values() if isinstance(value, dict) else value:
            yield from held(item, depth + 1)


def written(source: str) -> Iterator[tuple[int, str | bytes]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args and isinstance(node.args[0], ast.Constant):
            yield node.lineno, node.args[0].value


def letters(tree: Any) -> Iterator[str]:
    """One character or more of each set of a parsed regex."""
    for code, value in tree:
        name = str(code)
        if name == "LITERAL":
            yield chr(value)
        elif name == "IN":
            yield from letters(value)
        elif name == "RANGE":
            yield chr(value[0])
        elif name == "CATEGORY":
            yield {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "7"}.get(str(value), "w")
        elif name == "BRANCH":
            yield from itertools.chain.from_iterable(map(letters, value[1]))
        elif name in {"MAX_REPEAT", "MIN_REPEAT", "SUBPATTERN", "ASSERT", "ASSERT_NOT"}:
            yield from letters(value[-1])


def texts(alphabet: list[str], length: int) -> Iterator[str]:
    """Runs and alternations of the characters, behind one of them and with an end that spoils the match."""
    for one in alphabet[:24]:
        yield from (one * length + end for end in ("", "\x01"))
        yield alphabet[0] + one * length + "\x01"
    for one, other in itertools.combinations(alphabet[:8], 2):
        yield (one + other) * (length // 2) + "\x01"


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """A regex that never ends can be stopped."""
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(*_: object) -> None:
    raise TimeoutError


PATTERNS = patterns()


@pytest.mark.parametrize("name", PATTERNS)
def test_a_long_text_is_soon_done_with(name: str) -> None:
    regex = PATTERNS[name]
    parser: Any = importlib.import_module("re._parser")
    alphabet = list(dict.fromkeys([*letters(parser.parse(regex.pattern, regex.flags)), "a", " ", "1", "-", "é"]))
    for text in texts(alphabet, LENGTH):
        subject = text.encode("utf-8", "replace") if isinstance(regex.pattern, bytes) else text
        start = time.process_time()
        with limited(20):
            for method in METHODS:
                getattr(regex, method)(subject)
        assert time.process_time() - start < MOST_SECONDS, f"{text[:20]!r}..."


RULE = next(rule for rule in builtin() if rule.id == "assigned-password")


@pytest.mark.parametrize("unit", [" - ", "- - ", ". ", "…", "a ", "a-", " a1", "Ab", "x.y", "a_b", "$a", "(", "\\\\", "é", "://"])
@pytest.mark.parametrize("name", ["password", "PASSWORD_LABEL", "label_token"])
def test_a_long_value_is_soon_judged(unit: str, name: str) -> None:
    value = "Kqz" + unit * (4000 // len(unit)) + "1"
    start = time.process_time()
    with limited(20):
        judge(_candidate(RULE, name, value))
    assert time.process_time() - start < MOST_SECONDS


def _candidate(rule: Rule, name: str, value: str) -> Candidate:
    before = f'{name} = "'
    text = f'{before}{value}"\n'
    end = len(before) + len(value)
    return Candidate(
        rule=rule, path="a.py", text=text, groups={"key": name, "value": value, "op": "="}, start=0, value_start=len(before), value_end=end,
        end=end + 1,
    )
