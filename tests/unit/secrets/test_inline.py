"""Comments that accept a secret, as a table; and what looks like one and is not."""

from __future__ import annotations

import pytest

from scanner.secrets import inline

VALUE = b"VALUE"
RULE = "aws-access-key"

TABLE = [
    ("key = 'VALUE'  # pragma: allowlist secret", "inline comment"),
    ("key = 'VALUE'  # pragma:allowlist secret", "inline comment"),
    ("key = 'VALUE'  // pragma: whitelist secret", "inline comment"),
    ("key = 'VALUE'  /* pragma: allowlist-secret */", "inline comment"),
    ("key: VALUE  # gitleaks:allow", "inline comment"),
    ("/* pragma: allowlist secret */ key: VALUE", "inline comment"),
    ("key: VALUE  # security-scan: allow aaa not this one", None),
    ("key: VALUE  # security-scan: allow zzz not this one", None),
    ("key: VALUE  # gitleaks:allowed", None),
    ("key: VALUE  gitleaks:allow", None),
    ("key: VALUE", None),
    ("# pragma: allowlist nextline secret\nkey: VALUE", "inline comment"),
    ("key: 1 # pragma: allowlist nextline secret\nkey: VALUE", None),
    ("# pragma: allowlist secret\nkey: VALUE", None),
    ("# pragma: allowlist nextline secret\n\nkey: VALUE", None),
    ("key: VALUE\n# pragma: allowlist secret", None),
    ("key: VALUE  # security-scan: allow aws-access-key rotated in May", "rotated in May"),
    ("key: VALUE  /* security-scan: allow aws-access-key: rotated */", "rotated"),
    ("key: VALUE  # security-scan: allow aws-access-key", "inline comment"),
    ("key: VALUE  # security-scan: allow another-rule rotated", None),
    ("key: VALUE  # security-scan: allow", None),
    ("# security-scan: allow aws-access-key known\nkey: VALUE", "known"),
    ("key: 1  # security-scan: allow aws-access-key known\nkey: VALUE", None),
    ("a\n# security-scan: allow aws-access-key known\nkey: VALUE", "known"),
    ("key: VALUE  # security-scan: allow aws-access-key in '\xe9t\xe9'", "in '\xe9t\xe9'"),
]


@pytest.mark.parametrize(("text", "said"), TABLE)
@pytest.mark.parametrize("around", ["", "\n", "x\n", "x\r\n"])
def test_table(text: str, said: str | None, around: str) -> None:
    data = f"{around}{text}\n{around}".encode()
    start = data.index(VALUE)
    assert inline.reason(data, start, start + len(VALUE), RULE) == said


def test_a_comment_far_away_on_the_same_line_is_not_read() -> None:
    near, far = inline.LINE - 100, inline.LINE + 100
    for gap, said in ((near, "inline comment"), (far, None)):
        data = b"VALUE" + b" " * gap + b"# pragma: allowlist secret"
        assert inline.reason(data, 0, 5, RULE) == said


def test_the_value_itself_is_no_comment() -> None:
    value = b"# pragma: allowlist secret"
    assert inline.reason(b"k='" + value + b"'", 3, 3 + len(value), RULE) is None


@pytest.mark.parametrize("lead", ["", "a\n", "a line\nand another\n"])
def test_a_comment_far_before_the_value_is_not_read(lead: str) -> None:
    for gap, said in ((inline.LINE - 100, "inline comment"), (inline.LINE + 100, None)):
        data = f"{lead}# pragma: allowlist secret{' ' * gap}VALUE".encode()
        assert inline.reason(data, len(data) - 5, len(data), RULE) == said


@pytest.mark.parametrize("lead", ["", "a\n", "a line\nand another\n"])
def test_a_line_above_that_is_long_is_read_to_its_last_characters(lead: str) -> None:
    """Its beginning is out of sight, so that it is no comment of its own."""
    for length, said in ((100, "inline comment"), (inline.LINE + 100, None)):
        data = f"{lead}# pragma: allowlist nextline secret{'-' * length}\nVALUE".encode()
        assert inline.reason(data, len(data) - 5, len(data), RULE) == said


def test_a_short_line_above_and_a_line_that_ends_at_once() -> None:
    assert inline.reason(b"\nVALUE", 1, 6, RULE) is None
    assert inline.reason(b"# gitleaks:allow\nVALUE\n# gitleaks:allow", 17, 22, RULE) is None
    assert inline.reason(b"VALUE\n# gitleaks:allow", 0, 5, RULE) is None
