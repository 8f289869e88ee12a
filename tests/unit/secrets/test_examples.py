"""Example templates: the same text every time, and only the documented places are filled."""

from __future__ import annotations

import re

import pytest

from scanner.secrets.examples import base62_crc32, expand


@pytest.mark.parametrize(
    ("template", "shape"),
    [
        ("gh{}p_{alnum:36}", r"ghp_[0-9A-Za-z]{36}"),
        ("{hex:40}", r"[0-9a-f]{40}"),
        ("{upper}{digit:3}", r"[A-Z]\d{3}"),
        ("{uuid}", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"),
        ("{b64:user:word}", r"dXNlcjp3b3Jk"),
        ("${VAR} {{ x }} {other:3}", r"\$\{VAR\} \{\{ x \}\} \{other:3\}"),
    ],
)
def test_expand(template: str, shape: str) -> None:
    assert re.fullmatch(shape, expand(template))
    assert expand(template) == expand(template)


def test_places_differ() -> None:
    first, second = expand("{alnum:40} {alnum:40}").split()
    assert first != second


def test_checksum_stands_at_the_end() -> None:
    token = expand("{check:crc32:30}")
    assert len(token) == 36
    assert base62_crc32(token[:30]) == token[30:]
