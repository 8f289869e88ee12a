"""Every built-in rule keeps the promises of its entry: its own examples through the real engine, its keywords, its reference."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.models import Severity
from scanner.secrets import Options, Rule, matcher, spans
from scanner.secrets import compile as compiled
from scanner.secrets.engine import Engine
from scanner.secrets.examples import expand
from scanner.secrets.judge.checks import CHECKS
from scanner.secrets.rules import builtin
from scanner.secrets.sight import Sight
from scanner.secrets.tally import Tally
from tests.accuracy.scanning import scan_tree

RULES = builtin()


@cache
def engine() -> Engine:
    return Engine(Options())


def finds(rule: Rule, text: str) -> bool:
    """Whether the rule finds the text as configuration or as code, or where its path globs lead."""
    data = text.encode()
    return any(rule.id in {item.rule.id for item in engine()._look(Sight(path, data), Tally(), range(len(data)))} for path in paths(rule))


def paths(rule: Rule) -> tuple[str, ...]:
    return ("settings.ini", "main.php", *(glob.removeprefix("**/").replace("*", "") for glob in rule.paths))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples(rule: Rule) -> None:
    assert len(rule.examples.match) >= 3
    assert len(rule.examples.ignore) >= 3
    assert [text for text in rule.examples.match if not finds(rule, expand(text))] == []
    assert [text for text in rule.examples.ignore if finds(rule, expand(text))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_example_is_found_whether_or_not_reasons_are_asked_for(rule: Rule) -> None:
    for text in map(expand, rule.examples.match):
        for path in paths(rule):
            quick, told = (engine().text(path, f"{text}\n".encode(), Tally(explain=explain)) for explain in (False, True))
            assert quick == told
        assert any(engine().text(path, f"{text}\n".encode(), Tally()) for path in paths(rule))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_entry(rule: Rule) -> None:
    assert matcher.refusal(rule.regex) == ""
    reference = urlsplit(rule.reference)
    assert reference.scheme == "https"
    assert "." in reference.netloc
    assert rule.revoke.endswith((".", "…"))
    assert rule.checksum in {"", "assignment", *CHECKS}
    assert rule.keywords
    for text in rule.examples.match:
        assert any(word.lower() in expand(text).lower() for word in rule.keywords), f"no keyword in {text!r}"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.rare], ids=lambda rule: rule.id)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_keywords_of_a_rare_form_stand_in_every_match(rule: Rule, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(spans.shape(rule.regex).regex))
    assert any(word.lower().encode() in text.lower() for word in rule.keywords)


@pytest.mark.parametrize("before", [0, 1, 17, 65, 300, 5000])
def test_the_engine_finds_every_example_wherever_it_stands(before: int) -> None:
    """All rules together, as a scan runs them."""
    ready = compiled.ready("default")
    templates = {rule.id: rule.examples.match for rule in RULES}
    missed = []
    for part in (ready.hot, *ready.weak, *([ready.placed] if ready.placed else [])):
        for number, place in enumerate(part.numbers):
            rule = ready.rules[place]
            for text in map(expand, templates[rule.id]):
                data = b"-" * (before - 1) + b"\n" * min(before, 1) + text.encode() + b"\nend\n"
                ends = {end for found, end in part.matcher.ends(data) if found == number}
                matches = list(spans.shape(rule.regex).regex.finditer(data, before))
                missed += [(rule.id, text) for match in matches[:1] if match.end() not in ends]
    assert missed == []


def test_no_example_is_a_token_as_it_stands() -> None:
    """A scanner that reads the rule files must find nothing: examples are templates, and a template is no match."""
    guilty = [
        (rule.id, text)
        for rule in RULES
        for text in rule.examples.match
        if rule.severity >= Severity.HIGH and finds(rule, text)
    ]
    assert guilty == []


def test_ids_are_unique_and_there_are_enough() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    providers = [rule for rule in RULES if rule.severity >= Severity.HIGH and not rule.id.startswith(("private-key", "assigned"))]
    assert len(providers) >= 200


def test_the_rule_files_pass_their_own_scan() -> None:
    result = scan_tree(Path(str(files("scanner.secrets").joinpath("rules"))))
    assert [(finding.rule_id, str(finding.location)) for finding in result.findings] == []
    assert result.problems == ()
