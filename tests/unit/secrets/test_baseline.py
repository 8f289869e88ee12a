"""``.secrets.baseline``, to and fro."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from scanner.errors import ConfigError
from scanner.secrets import Entry, baseline

NOW = dt.datetime(2027, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
ONE = Entry(type="Secret Keyword", hashed_secret="a" * 40, line_number=3)
TWO = Entry(type="Hex High Entropy String", hashed_secret="b" * 40, line_number=1)


def test_create_has_the_shape_of_detect_secrets() -> None:
    data = json.loads(baseline.create({"b.py": (ONE, TWO), "a.py": (ONE,)}, NOW))
    assert list(data) == ["version", "plugins_used", "filters_used", "results", "generated_at"]
    assert (data["version"], data["generated_at"], len(data["plugins_used"])) == ("1.5.0", "2027-01-02T03:04:05Z", 27)
    assert list(data["results"]) == ["a.py", "b.py"]
    assert data["results"]["b.py"][0] == {
        "type": TWO.type, "filename": "b.py", "hashed_secret": "b" * 40, "is_verified": False, "line_number": 1,
    }


def test_detect_secrets_reads_what_we_write() -> None:
    from detect_secrets.core.secrets_collection import SecretsCollection

    collection = SecretsCollection.load_from_baseline(json.loads(baseline.create({"a.py": (ONE, TWO)}, NOW)))
    assert {(secret.type, secret.secret_hash, secret.line_number) for secret in collection["a.py"]} == {
        (entry.type, entry.hashed_secret, entry.line_number) for entry in (ONE, TWO)
    }


def test_create_keeps_what_an_audit_said() -> None:
    old = baseline.read(baseline.create({"a.py": (ONE,)}, NOW).replace('"line_number": 3', '"line_number": 3, "is_secret": false'))
    assert json.loads(baseline.create({"a.py": (ONE, TWO)}, NOW, old))["results"]["a.py"][1]["is_secret"] is False


def test_prune_drops_what_is_gone_and_adds_nothing() -> None:
    old = baseline.read(baseline.create({"a.py": (ONE, TWO), "gone.py": (ONE,)}, NOW))
    found = {"a.py": (Entry(type=ONE.type, hashed_secret=ONE.hashed_secret, line_number=9), Entry(type="x", hashed_secret="c" * 40))}
    results = json.loads(baseline.prune(old, found, NOW))["results"]
    assert {path: [(entry["type"], entry["line_number"]) for entry in entries] for path,
    entries in results.items()} == {"a.py": [(ONE.type, 9)]}


def test_accepted_leaves_out_what_an_audit_called_real() -> None:
    text = json.dumps({"version": "1.5.0", "results": {
        "./a\\b.py": [{"type": "t", "hashed_secret": "a" * 40, "is_secret": True}, {"type": "u", "hashed_secret": "b" * 40}],
    }})
    assert baseline.read(text).accepted() == {"a/b.py": frozenset({("u", "b" * 40)})}


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", "{}", '{"version": "1.5.0"}', '{"results": []}', '{"results": {"a": [{}]}}',
        '{"results": {"a": [{"type": "t", "hashed_secret": "zz"}]}}', "[" * 100_000,
    ],
)
def test_nonsense_is_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError):
        baseline.read(text)


def test_json_of_another_kind_is_said_to_have_no_results() -> None:
    with pytest.raises(ConfigError, match="not a baseline of detect-secrets: it has no results"):
        baseline.read('{"name": "a"}')


def test_a_file_that_is_too_large_is_no_baseline() -> None:
    """At the limit it is read, one character above it is not."""
    text = baseline.create({"a.py": (ONE,)}, NOW)
    assert baseline.MOST == 67_108_864
    assert baseline.read(text + " " * (baseline.MOST - len(text))).accepted() == {"a.py": frozenset({(ONE.type, "a" * 40)})}
    with pytest.raises(ConfigError, match=r"larger than 64 MiB"):
        baseline.read(text + " " * (baseline.MOST - len(text) + 1))


def test_a_baseline_is_whole_at_birth() -> None:
    with pytest.raises(AttributeError):
        baseline.Baseline().results = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        baseline.Baseline({})  # type: ignore[misc]


def test_it_is_laid_out_as_detect_secrets_lays_it_out() -> None:
    """Two columns for each level, so that a change of one entry is a change of few lines."""
    lines = baseline.create({"a.py": (ONE,)}, NOW).splitlines()
    assert lines[:2] == ["{", '  "version": "1.5.0",']
    assert lines[-2:] == ['  "generated_at": "2027-01-02T03:04:05Z"', "}"]
