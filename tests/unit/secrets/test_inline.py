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
