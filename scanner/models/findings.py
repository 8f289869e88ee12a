"""What was found, and who accepted it. No value of a secret has a place here."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct

from scanner.models.advisories import Advisory
from scanner.models.packages import Package
from scanner.models.places import Location, Related
from scanner.models.terms import Kind, Origin, Severity


class Step(Struct, frozen=True, kw_only=True, gc=False):
    """A piece of a remedy: words as they stand, or a path from the scanned folder (empty: that folder) and ``said``, what is said with it:
    ``file`` the path itself, ``cd`` to go to that folder before the words behind it, ``in`` that all of it is there.
    """

    text: str
    said: Literal["words", "file", "cd", "in"] = "words"


class Vulnerable(Struct, frozen=True, kw_only=True):
    """The vulnerable package of a finding: its paths from the root, the versions that fix this advisory, the one that clears all of
    them, and what to run or to write for it (``fix``, empty where nothing is known).
    """

    package: Package
    advisory: Advisory
    paths: tuple[tuple[str, ...], ...] = ()
    fixed_versions: tuple[str, ...] = ()
    recommended_version: str = ""
    fix: tuple[Step, ...] = ()


class Secret(Struct, frozen=True, kw_only=True):
    """What may be told of a secret: never its value. ``redacted`` holds at most the public prefix of its format; ``revoke`` says how to
    make a leaked one worthless.
    """

    detector: str
    redacted: str
    length: int
    commit: str = ""
    author_date: str = ""
    revoke: str = ""


class Finding(Struct, frozen=True, kw_only=True):
    """Something found. Cannot hold a secret's value.

    ``id`` is stable: a vulnerability is advisory + purl + manifest, a secret is rule + path + a keyed, slow, truncated hash. ``audit``
    names
    the audit whose mode and level judge it (``python``, ``npm``, ``pnpm``, ``yarn``, ``secrets``). Exactly one of ``vulnerable`` and
    ``secret`` is set. ``aliases`` are the other ids an ``allow`` entry may use; ``origin_note`` says the origin in words (``already on
    main``).
    """

    id: str
    kind: Kind
    rule_id: str
    severity: Severity
    audit: str
    message: str
    location: Location
    title: str = ""
    help_url: str = ""
    aliases: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    origin: Origin = Origin.UNKNOWN
    origin_note: str = ""
    vulnerable: Vulnerable | None = None
    secret: Secret | None = None

    @property
    def names(self) -> frozenset[str]:
        """The ids that an ``allow`` entry may name to accept this finding."""
        return frozenset((self.rule_id, *self.aliases))


class Suppression(Struct, frozen=True, kw_only=True):
    """Somebody's word that a finding is accepted.

    ``by`` is ``config``, ``inline`` or ``baseline``; ``id`` an advisory id, an alias or a rule id; empty fields match anything; ``path``
    is a
    glob; ``fingerprint`` is a finding's id; ``location`` is where it is written. Of inline comments ``places`` are all that accept the
    finding, each from the comment to the value's end, and ``commit`` is the one whose version of the file holds them (empty: the tree's).
    """

    by: str
    id: str
    reason: str = ""
    expires: dt.date | None = None
    package: str = ""
    version: str = ""
    path: str = ""
    fingerprint: str = ""
    location: Location | None = None
    places: tuple[Location, ...] = ()
    commit: str = ""
