"""Every error this program raises on purpose; each knows the user's next step.

ScannerError
+-- ConfigError      an option, the config file or a rule is wrong      -> exit 2
+-- ParseError       one file could not be read as its format           -> becomes a Problem
+-- SourceError      an advisory source failed or answered nonsense     -> becomes a Problem
+-- WorkspaceError   the tree, a file or the git repository is unusable -> becomes a Problem
+-- OutputError      a report could not be written                      -> exit 3
"""

from __future__ import annotations

MAX_WORDS = 500


class ScannerError(Exception):
    """Base of all expected failures: ``reason`` is one line, ``hint`` the user's next step, ``subject`` what it is about."""

    def __init__(self, reason: str, *, subject: str = "", hint: str = "", line: int = 0) -> None:
        self.reason = shortened(reason)
        super().__init__(self.reason)
        self.subject = subject
        self.hint = hint
        self.line = line

    def __str__(self) -> str:
        where = f"{self.subject}:{self.line}: " if self.line else f"{self.subject}: " if self.subject else ""
        return f"{where}{self.reason}" + (f" ({self.hint})" if self.hint else "")


def shortened(words: str) -> str:
    """At most ``MAX_WORDS`` characters of a text that may quote a hostile file."""
    return words if len(words) <= MAX_WORDS else f"{words[: MAX_WORDS - 1]}…"


class ConfigError(ScannerError):
    """The user gave a setting that cannot be used."""


class ParseError(ScannerError):
    """A file does not follow the format its name promises."""


class SourceError(ScannerError):
    """An advisory source failed or answered nonsense."""


class WorkspaceError(ScannerError):
    """The tree under scan, one of its files or its git repository cannot be read."""


class OutputError(ScannerError):
    """A report could not be written."""
