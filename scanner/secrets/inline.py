"""Comments by which an author accepts a secret on their line: the bytes around a value in, the word given out.

Understood: ``pragma: allowlist secret`` on the line, ``pragma: allowlist nextline secret`` alone on the line before (detect-secrets),
``gitleaks:allow`` on the line, and our own ``security-scan: allow RULE reason`` on the line or alone on the line before.
"""

from __future__ import annotations

import re

from msgspec import Struct

LINE = 4096
WORDS = (b"llowlist", b"hitelist", b"gitleaks:allow", b"security-scan:")
"""Of every comment that is understood one of these is a part."""

PLAIN = "inline comment"

_COMMENT = r"(?:#|//|/\*|--|;|'|%|<!--|\{-|\"\"\"|^)"
_SAME = re.compile(_COMMENT + r"[# \t]*(?:pragma: ?(?:allow|white)list[ -]secret|gitleaks:allow\b)")
_NEXT = re.compile(r"^\s*" + _COMMENT + r"[# \t]*pragma: ?allowlist[ -]nextline[ -]secret")
_OURS = re.compile(r"security-scan:[ \t]*allow[ \t]+(?P<rule>[a-z0-9][a-z0-9._-]*)(?P<reason>[^\r\n\0]*)")
_ALONE = re.compile(r"^\s*" + _COMMENT + r"[# \t]*security-scan:")
_ENDS = re.compile(r"\*[/)}@#]|-->|-\}|[#%}][}>]|\?>|\]\]|\{%|\"\"\"|'''")
"""What ends a comment in any language, whichever one began it: that may stand on a line before."""

_QUOTES = ("'", '"', "`")


class Word(Struct, frozen=True, kw_only=True):
    """What an author says of a value: why it is accepted, and how many lines ``above`` the value that stands (0 or 1)."""

    reason: str
    above: int = 0


def word(data: bytes, start: int, end: int, rule: str) -> Word | None:
    """What accepts the value at ``start``..``end``; None where no comment does. Our own form must name the ``rule`` by its id."""
    low = data.rfind(b"\n", 0, start) + 1
    line = _text(data, max(low, start - LINE), start) + "\0" + _text(data, end, _line_end(data, end))
    if _SAME.search(line):
        return Word(reason=PLAIN)
    said = _ours(line, rule)
    return Word(reason=said) if said is not None else _above(data, low, rule)


def _above(data: bytes, low: int, rule: str) -> Word | None:
    if not low:
        return None
    line = _text(data, max(data.rfind(b"\n", 0, low - 1) + 1, low - 1 - LINE), low - 1)
    if _NEXT.search(line):
        return Word(reason=PLAIN, above=1)
    said = _ours(line, rule) if _ALONE.search(line) else None
    return Word(reason=said, above=1) if said is not None else None


def _ours(line: str, rule: str) -> str | None:
    match = _OURS.search(line)
    if match is None or match["rule"] != rule:
        return None
    return _inside(line[: match.start()], match["reason"]).strip(" \t:-*#") or PLAIN


def _inside(before: str, text: str) -> str:
    """The text up to the end of the comment, or of the string, that holds it: what follows is code, perhaps with another secret."""
    quote = before.rstrip(" \t#/*;-")[-1:]
    if quote in _QUOTES:
        text = text.partition(quote)[0]
    end = _ENDS.search(text)
    return text[: end.start()] if end else text


def _text(data: bytes, start: int, end: int) -> str:
    return data[start:end].decode("utf-8", "replace")


def _line_end(data: bytes, end: int) -> int:
    found = data.find(b"\n", end, end + LINE)
    return found if found >= 0 else min(len(data), end + LINE)
