"""The model and what it looks at: words, features, weights as data; and the regression that makes them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scanner.models import Severity
from scanner.secrets import Options
from scanner.secrets.engine import Engine
from scanner.secrets.judge import assignment, placeholder, shapes, words
from scanner.secrets.tally import Tally
from tests.bench.logistic import Example, fit
from tests.unit.secrets.test_judge import RULES


@pytest.mark.parametrize("text", ["password", "changeTheDatabase", "somebody_else", "configuration file"])
def test_words_are_covered_and_do_not_surprise(text: str) -> None:
    assert words.cover(text) > 0.9
    assert words.surprise(text) < 4.25
    assert words.plain(text)


@pytest.mark.parametrize("text", ["kfhcfyklkzhe", "vAmKhbdXEnSUpwhOqzQ", "qzxvkwpt"])
def test_random_letters_surprise(text: str) -> None:
    assert words.cover(text) < 0.5
    assert words.surprise(text) > 5
    assert not words.plain(text)


def test_digits_are_never_plain() -> None:
    assert not words.plain("password1")


@pytest.mark.parametrize(("name", "parts"), [("dbPassword_2", ("db", "password")), ("HTTPToken", ("http", "token")), ("", ())])
def test_names_are_split_into_words(name: str, parts: tuple[str, ...]) -> None:
    assert words.split(name) == parts


@pytest.mark.parametrize("value", ["aaaaaaaa", "aaa", "abababab", "apikeyapikeyapikey", "abcdefgh", "87654321"])
def test_repeated(value: str) -> None:
    assert placeholder.repeated(value)


def test_the_weights_are_sane() -> None:
    """Certain is stricter than likely; no single feature decides alone; every rule that asks the model is known to it."""
    model = assignment.model()
    assert 0 < model.likely < model.certain
    assert max(map(abs, model.weights.values())) < 5
    asking = [rule.id for rule in RULES.values() if rule.checksum == "assignment"]
    assert len(asking) >= 8
    assert any(name.startswith("rule assigned-password") for name in model.weights)


def test_regression_learns_and_repeats_itself() -> None:
    data = [Example(frozenset({"random", "quoted"}), True)] * 20 + [Example(frozenset({"word", "quoted"}), False)] * 20
    first, second = fit(data), fit(data)
    assert first == second
    assert first.score(frozenset({"random", "quoted"})) > 1
    assert first.score(frozenset({"word", "quoted"})) < -1


def test_points_do_not_depend_on_the_order_of_features(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = {f"f{number}": 0.1 * (-1) ** number * number for number in range(40)}
    monkeypatch.setattr(assignment, "model", lambda: assignment.Model(bias=0.3, likely=0.0, certain=1.0, weights=weights))
    exact = float(sum(map(Fraction, weights.values()), Fraction(0.3)))
    assert assignment.score(frozenset(weights)) == exact
    assert sum(weights.values(), 0.3) != exact  # what a plain sum, in one of the orders, makes of it


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ab1-", {"kinds dlsu", "changes of kind 3", "digits 1", "fifths of digits 1", "consonants in a row 1"}),
        ("484216", {"kinds d", "changes of kind 0", "digits 6", "fifths of digits 5"}),
        ("strengths", {"kinds l", "sixths of vowels 0", "consonants in a row 5"}),
        ("", {"kinds ", "digits 0", "fifths of digits 0", "blanks 0"}),
    ],
)
def test_what_characters_are_like(value: str, expected: set[str]) -> None:
    assert expected <= set(shapes.traits(value))


@pytest.mark.parametrize("text", ["type: public\nkey: {}\n", "kind: cache\nkey: {}\n", "page: next\ntoken: {}\n", "FOO=PUBLIC\nKEY={}\n"])
def test_a_name_does_not_begin_on_the_line_above(text: str) -> None:
    value = "Zk3vQ9xL2m" + "P7tR4wYb8N"
    found = Engine(Options()).text("settings.yml", text.format(value).encode(), Tally())
    assert [(item.value, item.severity) for item in found] == [(value, Severity.HIGH)]


@pytest.mark.parametrize("name", ["hash_salt", "HASH_SECRET", "cipher_key", "cipherKey", "password_pepper"])
def test_what_makes_hashes_and_ciphers_is_no_hash_and_no_cipher(name: str) -> None:
    assert [item.value for item in Engine(Options()).text("settings.yml", f"{name}: {'Zk3vQ9xL2m' + 'P7tR4wYb8N'}\n".encode(), Tally())]


@pytest.mark.parametrize("name", ["password_hash", "token_sha256", "encrypted_key", "hashed_secret"])
def test_hashes_and_ciphers_are_no_secrets(name: str) -> None:
    text = f"{name}: {'9f86d081884c7d65' + '9a2feaa0c55ad015'}\n"
    assert Engine(Options()).text("settings.yml", text.encode(), Tally()) == []
