"""A team's own patterns."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from scanner.cli import main
from scanner.errors import ConfigError
from scanner.secrets import matcher, team
from scanner.secrets.sight import Sight
from scanner.secrets.tally import Tally

BASE: dict[str, object] = {"id": "team-rule", "description": "A token", "regex": "tok_[a-z0-9]{4,8}"}


def values(entry: dict[str, object], text: str, path: str = "a/b.py") -> list[str]:
    return [item.value for item in team.Team((team.rule({**BASE, **entry}, "test"),)).find(Sight(path, text.encode()), Tally())]


@pytest.mark.parametrize(
    ("entry", "text", "expected"),
    [
        ({}, "tok_abcd tok_12345678", ["tok_abcd", "tok_12345678"]), ({}, "tok_é", []),
        ({"regex": "tok_[a-z]{4,600}"}, "x tok_abcdef.", ["tok_abcdef"]),
        ({"keywords": ["Vault"]}, "tok_abcd", []), ({"keywords": ["Vault"]}, "VAULT tok_abcd", ["tok_abcd"]),
        ({"entropy": 2.5}, "tok_aaaa", []),
        ({"allow": ["^tok_test"]}, "tok_test tok_abcd", ["tok_abcd"]), ({"paths": ["*.ts"]}, "tok_abcd", []),
        ({"paths": ["a/**"]}, "tok_abcd", ["tok_abcd"]),
        ({"regex": "ACME-[A-Z]{2}(?:-[a-z0-9]{10})?", "entropy": 3.5}, "x ACME-QX-a7k2m9x4b1 ACME-QX", ["ACME-QX-a7k2m9x4b1"]),
        ({"regex": "tok(?:_test)?_[a-z]{4}(?:-x)?", "allow": ["-x$"]}, "tok_abcd-x tok_test_abcd", ["tok_test_abcd"]),
        ({"regex": "^foo[0-9]{4}", "examples": {"match": ["foo1234"], "ignore": ["xfoo1234"]}},
         "foo1234\nfoo5678 foo9876", ["foo1234", "foo5678"]),
        ({"regex": "\\Afoo[0-9]{4}"}, "foo1234\nfoo5678", ["foo1234"]),
        ({"regex": "(?:^|[^A-Za-z0-9])foo[0-9]{4}"}, "foo1234 xfoo1234\nfoo5678", ["foo1234", "foo5678"]),
        ({"exclude": ["**/*.py"]}, "tok_abcd", []), ({"regex": "é=[a-z]+"}, "é=ab", ["é=ab"]), ({"regex": "(a+)+b"}, "a" * 3000, []),
    ],
)
def test_values(entry: dict[str, object], text: str, expected: list[str]) -> None:
    assert values(entry, text) == expected


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"regex": "a(?!b)"}, ("cfg.yml:7", "team-rule", "Zero-width", "neighbouring character")), ({"regex": "("}, ("parenthesis",)),
        ({"regex": "(*UTF8)foo"}, ("cfg.yml:7", "team-rule", "cannot be used", "must be at start")),
        ({"regex": "a?^foo"}, ("Embedded start anchors", "put ^ first")),
        ({"allow": ["x(?=y)"]}, ("allow", "Zero-width")), ({"examples": {"match": ["nothing"]}}, ("example match 1 is not found",)),
        ({"examples": {"ignore": ["", "tok_abcd"]}}, ("example ignore 2 is found",)),
        ({"severity": "hihg"}, ("severity", "low, moderate, high, critical")),
        ({"regexp": "x"}, ("regexp", "known:")), ({"entropy": 9}, ("entropy",)), ({"keywords": "x"}, ("keywords",)),
        ({"id": "A B"}, ("id",)),
    ],
)
def test_what_cannot_be_used_says_why(entry: dict[str, object], words: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        team.rule({**BASE, **entry}, "cfg.yml", 7)
    assert [word for word in words if word not in str(caught.value)] == []


def test_patterns_that_run_only_one_by_one_are_a_mistake_of_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = matcher.build

    def refuse(regexes: list[bytes], **more: object) -> matcher.Matcher:
        if len(regexes) == 2:
            raise matcher.Refused("Pattern is too large.")
        return build(regexes, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(matcher, "build", refuse)
    entry = "{id: %s, description: d, regex: '%s[0-9]{4}'}"
    (tmp_path / ".security-scan.yml").write_text(f"secrets: {{patterns: [{entry % ('a1', 'ab')}, {entry % ('b1', 'cd')}]}}\n")
    err = io.StringIO()
    assert main([str(tmp_path), "--only", "secrets"], {}, io.StringIO(), err) == 2
    assert "secrets.patterns: the 2 patterns cannot be run together: Pattern is too large" in err.getvalue()
