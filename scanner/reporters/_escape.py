"""Untrusted text made harmless for a GitHub log: two escapes for workflow commands, one for ordinary lines.

Two grammars are live there: ``::name k=v::data`` at the start of a line (after blanks) and ``##[name k=v]data`` anywhere in one.
"""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, marks that turn the reading direction, lone surrogates.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_UNSEEN_IN_DATA = re.compile(_UNSEEN.pattern.replace("\x00-\x1f", "\x00-\x09\x0b\x0c\x0e-\x1f"))
# `file:3:1: error` and `file(3,1): error` are what problem matchers of earlier steps look for.
_COMPILER_PLACE = re.compile(r"(:(?=\d+[:,)\s])|\((?=\d+[,:]\d|\d+\)\s*:))")
_WEB_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9/?#=&%@+,;:~._!()*'-]*)?")
_COMPILER_WORDS = re.compile(r"\b(line \d+), (?=col|in )", re.IGNORECASE)


def data(text: str) -> str:
    """The part after ``::``: the runner turns it back into ``text``; only ``##[`` and unseen characters are written differently."""
    return _percent(_shown(_UNSEEN_IN_DATA, text))


def property_value(text: str) -> str:
    """The value of ``file``, ``title`` and the like."""
    return _percent(_shown(_UNSEEN_IN_DATA, text)).replace(":", "%3A").replace(",", "%2C")


def log_line(text: str) -> str:
    """One ordinary line: starts no command in either grammar, has no line break in it and not the shape of a compiler's message."""
    line = _COMPILER_WORDS.sub(r"\1; ", _COMPILER_PLACE.sub(r"\1 ", shown(text)))
    return f"\\{line.lstrip()}" if line.lstrip().startswith("::") else line


def shown(text: str) -> str:
    """Text in one line, with what cannot be seen written as ``\\x1b`` or ``\\u202e``, and no old-style command in it."""
    return _shown(_UNSEEN, text)


def valid(text: str) -> str:
    """Text that can be written as UTF-8: an operating system's odd bytes as ``\\udcff``."""
    return text.encode("utf-8", "backslashreplace").decode()


def json_text(text: str) -> str:
    """JSON with no old-style command in it: people print reports in jobs. What is read back is the same."""
    return text.replace("##[", "##\\u005b")


def web_address(url: str) -> str:
    """The address if it is a plain https one that every format can carry, else nothing."""
    return url if len(url) < 1000 and _WEB_ADDRESS.fullmatch(url) else ""


def _shown(unseen: re.Pattern[str], text: str) -> str:
    return unseen.sub(_written, text).replace("##[", "# #[")


def _written(match: re.Match[str]) -> str:
    code = ord(match.group())
    named = {9: "\\t", 10: "\\n", 13: "\\r"}
    return named.get(code) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def _percent(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
