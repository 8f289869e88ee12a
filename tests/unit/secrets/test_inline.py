"""Comments that accept a secret, as a table; and what looks like one and is not."""

from __future__ import annotations

import pytest

from scanner.secrets import inline

VALUE = b"VALUE"
RULE = "aws-access-key"


def reason(data: bytes, start: int, end: int, rule: str) -> str | None:
    word = inline.word(data, start, end, rule)
    return word.reason if word else None


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
    ("/* security-scan: allow aws-access-key */ const x = { token: 'VALUE', password: 'another' };", "inline comment"),
    ("/* security-scan: allow aws-access-key a sample **/ const x = 'VALUE', y = 'another';", "a sample"),
    ("/* security-scan: allow aws-access-key a sample */ const y = 'another';\nconst x = 'VALUE';", "a sample"),
    ("security-scan: allow aws-access-key a sample token = 'VALUE' + 'another'", "a sample token = '"),
    ("VALUE {# security-scan: allow aws-access-key a sample #} another", "a sample"),
    ("VALUE {% comment %} security-scan: allow aws-access-key a sample {% endcomment %} another", "a sample"),
    ("VALUE <!-- security-scan: allow aws-access-key a sample --> another", "a sample"),
    ("VALUE {{!-- security-scan: allow aws-access-key a sample --}} another", "a sample"),
    ("VALUE <%# security-scan: allow aws-access-key a sample -%> another", "a sample"),
    ("VALUE <?php // security-scan: allow aws-access-key a sample ?> another", "a sample"),
    ("VALUE --[[ security-scan: allow aws-access-key a sample ]] another", "a sample"),
    ("VALUE (* security-scan: allow aws-access-key a sample *) another", "a sample"),
    ("VALUE {- security-scan: allow aws-access-key a sample -} another", "a sample"),
    ("VALUE <# security-scan: allow aws-access-key a sample #> another", "a sample"),
    ('x = VALUE  """security-scan: allow aws-access-key a sample""" + "another"', "a sample"),
    ('{"key": "VALUE", "why": "security-scan: allow aws-access-key a sample", "password": "another"}', "a sample"),
    ('{"why": "# security-scan: allow aws-access-key", "key": "VALUE", "password": "another"}', "inline comment"),
    ("key: VALUE  # security-scan: allow aws-access-key it's \"known\" -> see PR #12", "it's \"known\" -> see PR #12"),
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
    assert reason(data, start, start + len(VALUE), RULE) == said


@pytest.mark.parametrize(("text", "above"), [("VALUE  # gitleaks:allow", 0), ("# pragma: allowlist nextline secret\nVALUE", 1),
                                             ("# security-scan: allow aws-access-key why\nVALUE", 1)])
def test_which_line_the_comment_is_on(text: str, above: int) -> None:
    start = text.index("VALUE")
    word = inline.word(text.encode(), start, start + len(VALUE), RULE)
    assert word is not None
    assert word.above == above


def test_a_comment_far_away_on_the_same_line_is_not_read() -> None:
    near, far = inline.LINE - 100, inline.LINE + 100
    for gap, said in ((near, "inline comment"), (far, None)):
        data = b"VALUE" + b" " * gap + b"# pragma: allowlist secret"
        assert reason(data, 0, 5, RULE) == said


def test_the_value_itself_is_no_comment() -> None:
    value = b"# pragma: allowlist secret"
    assert reason(b"k='" + value + b"'", 3, 3 + len(value), RULE) is None


@pytest.mark.parametrize("lead", ["", "a\n", "a line\nand another\n"])
def test_a_comment_far_before_the_value_is_not_read(lead: str) -> None:
    for gap, said in ((inline.LINE - 100, "inline comment"), (inline.LINE + 100, None)):
        data = f"{lead}# pragma: allowlist secret{' ' * gap}VALUE".encode()
        assert reason(data, len(data) - 5, len(data), RULE) == said


@pytest.mark.parametrize("lead", ["", "a\n", "a line\nand another\n"])
def test_a_line_above_that_is_long_is_read_to_its_last_characters(lead: str) -> None:
    """Its beginning is out of sight, so that it is no comment of its own."""
    for length, said in ((100, "inline comment"), (inline.LINE + 100, None)):
        data = f"{lead}# pragma: allowlist nextline secret{'-' * length}\nVALUE".encode()
        assert reason(data, len(data) - 5, len(data), RULE) == said


def test_a_short_line_above_and_a_line_that_ends_at_once() -> None:
    assert reason(b"\nVALUE", 1, 6, RULE) is None
    assert reason(b"# gitleaks:allow\nVALUE\n# gitleaks:allow", 17, 22, RULE) is None
    assert reason(b"VALUE\n# gitleaks:allow", 0, 5, RULE) is None


def said(before: bytes, after: bytes) -> str | None:
    """What is said of VALUE between these bytes."""
    return reason(before + VALUE + after, len(before), len(before) + len(VALUE), RULE)


LIMIT = 4096
ALLOW = b"# gitleaks:allow"


def test_how_far_a_line_is_read_to_the_character() -> None:
    assert said(b"", b" " * (LIMIT - len(ALLOW)) + ALLOW) == "inline comment"
    assert said(b"", b" " * (LIMIT - len(ALLOW) + 1) + ALLOW) is None
    assert said(b"", b" " * (LIMIT - len(ALLOW) + 1) + ALLOW + b"\n") is None
    assert said(ALLOW + b" " * (LIMIT - len(ALLOW)), b"") == "inline comment"
    assert said(b"x" * 100 + ALLOW + b" " * (LIMIT + 1 - len(ALLOW)), b"") == "inline comment"  # `gitleaks:allow` begins what is read
    assert said(b"x" * 100 + ALLOW + b" " * LIMIT, b"") is None


def test_a_value_whose_end_lies_at_the_limit() -> None:
    before = b"x" * (LIMIT - len(VALUE))
    assert said(before, b"\n" + ALLOW) is None
    assert said(before, ALLOW) == "inline comment"


def test_a_line_without_characters_before_its_end() -> None:
    assert reason(b"\n" + ALLOW, 0, 0, RULE) is None


NEXT = b'"""pragma: allowlist nextline secret'


def test_how_much_of_the_line_above_is_read_to_the_character() -> None:
    """What begins exactly there is taken for its beginning: a quote more or less is no comment."""
    whole = NEXT + b"-" * (LIMIT - len(NEXT))
    assert said(b"X" + whole + b"\n", b"") == "inline comment"
    assert said(b"X" + whole + b"-\n", b"") is None
    assert said(b"X" + whole[:-1] + b"\n", b"") is None
    assert said(b"a\n" + NEXT + b"\n", b"") == "inline comment"


def test_first_lines_that_are_empty() -> None:
    assert said(b"\npragma: allowlist secret ", b"") == "inline comment"
    assert said(b"\npragma: allowlist nextline secret\n", b"") == "inline comment"


def test_the_line_above_ends_where_the_value_s_begins() -> None:
    assert said(b"# security-scan: about this file, and more than a few words\n", b"\nsecurity-scan: allow aws-access-key no") is None


def test_a_word_stays_as_it_was_said() -> None:
    said = inline.Word(reason="known")
    with pytest.raises(AttributeError):
        said.reason = "another"  # type: ignore[misc]
    with pytest.raises(TypeError):
        inline.Word("known")  # type: ignore[call-arg,misc]
