"""Secrets: files in, findings out. A secret's value never leaves this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.models import Finding, Notice, Problem, Scanned, Severity, Suppression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scanner.models import File

Opener = Callable[[str], int]
"""File.name -> an open file descriptor, confined to the root, never a link out of it, never a device; raises WorkspaceError."""


class Examples(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines that a rule must find and lines that it must leave alone; tested whenever the rule is read."""

    match: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One secret rule, as a rule file or ``secrets.patterns`` in the config writes it (keys with dashes).

    ``regex`` is in hyperscan's (PCRE) syntax, over UTF-8 bytes, ``^`` and ``$`` at line ends; a match is at most 4,096 bytes long. The
    value is the first group whose name begins with ``value`` (built-in rules only), else the whole match;
    ``keywords`` are literals of which one must stand in the file (an empty tuple: no
    pre-condition); ``paths``/``exclude`` are globs on the path; ``entropy`` is the least Shannon entropy in bits per character of the
    value (0: none asked); ``allow`` are regexes on the value that make it no secret; ``prefix`` is how many leading characters of the value
    are public format and may be shown; ``checksum`` names the check in ``judge`` that a well-formed value passes; ``reference`` is the
    provider's documentation of the format; ``revoke`` says what to do with a leaked one. ``rare`` (built-in rules only) says that few files
    hold one of the keywords: the engine runs the regex over these alone.
    """

    id: str
    description: str
    regex: str
    severity: Severity = Severity.HIGH
    keywords: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    entropy: float = 0.0
    allow: tuple[str, ...] = ()
    prefix: int = 0
    checksum: str = ""
    reference: str = ""
    revoke: str = ""
    rare: bool = False
    examples: Examples = Examples()


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One accepted secret in the words of detect-secrets' baseline; ``hashed_secret`` is the SHA-1 that its format demands."""

    type: str
    filename: str = ""
    hashed_secret: str
    is_verified: bool = False
    line_number: int = 0
    is_secret: bool | None = None


class Options(Struct, frozen=True, kw_only=True):
    """How to look: ``rules`` is ``default`` or ``detect-secrets``; ``disable`` are rule ids; ``patterns`` the team's own rules;
    ``baseline`` maps path to detect-secrets' ``(type, sha1 of the value)`` pairs; ``narrowed`` are the globs of entries that accept some
    files' findings alone: the history tells what a blob holds at a path of theirs and at another; ``jobs`` worker processes;
    ``deadline`` is ``time.monotonic()`` seconds; ``entries`` asks for what a baseline would say of the findings (``Result.entries``),
    ``explain`` for the reasons of rejections (``Result.rejected``); ``progress`` is told now and then what part of the work is done (0
    to 1).
    """

    rules: str = "default"
    disable: frozenset[str] = frozenset()
    patterns: tuple[Rule, ...] = ()
    baseline: Mapping[str, frozenset[tuple[str, str]]] = {}
    narrowed: tuple[str, ...] = ()
    jobs: int = 1
    deadline: float = float("inf")
    entries: bool = False
    explain: bool = False
    progress: Callable[[float], None] | None = None


class Result(Struct, frozen=True, kw_only=True):
    """What came out: findings, what could not be read, what was read, the inline and baseline words that accept a finding (by its id, in
    ``fingerprint``), by path the entries of a baseline, and with ``-v`` why candidates were rejected (no values). ``odd`` are the files of
    which another number of bytes was scanned than they have: binaries, and texts in another encoding."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    scanned: Scanned = Scanned()
    suppressions: tuple[Suppression, ...] = ()
    notices: tuple[Notice, ...] = ()
    entries: dict[str, tuple[Entry, ...]] = {}
    rejected: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


def scan(files: Sequence[File], open_file: Opener, options: Options) -> Result:
    """Look for secrets in ``files``: in ``options.jobs`` processes where that pays. What could not be read is a Problem of the Result."""
    from scanner.secrets.workers import scan as work

    return work(files, open_file, options)


def scan_history(root: str, span: str, options: Options, exclude: tuple[str, ...] = ()) -> Result:
    """Look for secrets in the commits of ``span`` (``all``, ``A..B``, or a ref) of the repository at ``root``, bare and shallow ones too.

    A finding names the oldest commit that holds it; its id is the one it has in the tree. ``exclude`` are gitignore patterns of paths, from
    ``root``, that are left out of every commit.
    """
    from scanner.secrets.history import scan as look

    return look(root, span, options, exclude)
