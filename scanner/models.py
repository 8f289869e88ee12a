"""The nouns of the scanner: frozen, keyword-only, free of I/O, imported by everyone.

What was found (``Finding``) and what could not be checked (``Problem``) are both values; ``policy.judge`` turns them into a ``Verdict``.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 -- msgspec reads the annotations at run time
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator


class Severity(IntEnum):
    """How bad a finding is; ``medium`` is another word for ``moderate``."""

    UNKNOWN = 0
    LOW = 1
    MODERATE = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The word used in every output: ``critical``, ``high``, ``moderate``, ``low``, ``unknown``."""
        return self.name.lower()


class Kind(Enum):
    """What a finding is about."""

    VULNERABILITY = "vulnerability"
    SECRET = "secret"


class Scope(Enum):
    """What a package is needed for, as its lockfile says."""

    RUNTIME = "runtime"
    DEVELOPMENT = "development"
    OPTIONAL = "optional"
    UNKNOWN = "unknown"


class Origin(Enum):
    """Where a finding comes from, seen from the change under review."""

    INTRODUCED = "introduced"
    EXISTING = "existing"
    NEWLY_PUBLISHED = "newly-published"
    UNKNOWN = "unknown"


class Mode(Enum):
    """What an audit's findings do to the job."""

    BLOCK = "block"
    WARN = "warn"
    OFF = "off"


class Outcome(Enum):
    """The three ends of a scan; ``INCOMPLETE`` is never green."""

    PASS = "pass"
    FAIL = "fail"
    INCOMPLETE = "incomplete"


class File(Struct, frozen=True, kw_only=True):
    """One file under scan.

    ``path`` is relative to the root, POSIX and always valid UTF-8 (odd bytes are shown as ``\\xff``), fit for every output; ``name`` is
    what
    the operating system calls it (``os.fsdecode`` form, relative to the root); ``size`` is in bytes; ``blob`` is git's object id where
    known.
    """

    path: str
    name: str
    size: int
    blob: str = ""


class Location(Struct, frozen=True, kw_only=True, order=True):
    """A place in a file of the scanned tree: POSIX path relative to its root, 1-based lines and columns, end inclusive of nothing
    after it.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Related(Struct, frozen=True, kw_only=True):
    """A second place that helps the reader, for example the manifest line a person edits."""

    location: Location
    note: str


class Package(Struct, frozen=True, kw_only=True):
    """One installed version, as a lockfile states it.

    ``ecosystem`` is OSV's name (``PyPI``, ``npm``); ``name`` is the registry's name (aliases resolved); ``key`` is the package's own
    identity within its lockfile and ``requires`` the keys it brings in (edges of the graph); ``wants``, where the lockfile says so, is the
    range text of each of ``requires`` in the same order.
    """

    ecosystem: str
    name: str
    version: str
    location: Location
    scope: Scope = Scope.UNKNOWN
    key: str = ""
    requires: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()

    PURL_TYPES: ClassVar[dict[str, str]] = {"PyPI": "pypi", "npm": "npm"}

    @property
    def purl(self) -> str:
        """Package URL, https://github.com/package-url/purl-spec: ``pkg:npm/%40babel/core@7.0.0``."""
        kind = self.PURL_TYPES.get(self.ecosystem, self.ecosystem.lower())
        return f"pkg:{kind}/{quote(self.name, safe='/')}@{quote(self.version, safe='')}"


class Requirement(Struct, frozen=True, kw_only=True):
    """A direct dependency as a person wrote it in a manifest.

    ``location`` is the manifest line that a person edits; ``key`` is the ``Package.key`` it resolved to in the lockfile, empty where
    nothing
    is resolved; ``spec`` is the text after the name (``==1.0``, ``^4.17.0``).
    """

    name: str
    location: Location
    spec: str = ""
    scope: Scope = Scope.UNKNOWN
    key: str = ""


class Unaudited(Struct, frozen=True, kw_only=True):
    """A dependency that was understood but that no advisory source can know: git, URL, local path; ``allow-unaudited`` accepts it by
    name.
    """

    name: str
    location: Location
    reason: str


class Lockfile(Struct, frozen=True, kw_only=True):
    """One parsed lockfile (or a requirements file, which is both manifest and lockfile).

    ``format`` is the module name in ``scanner/lockfiles``; ``audit`` the audit it belongs to (``python``, ``npm``, ``pnpm``, ``yarn``);
    ``direct`` the manifest's requirements; ``unpinned`` those that name no exact version and must be resolved before they can be audited;
    ``problems`` the entries that could not be understood (the rest stands); ``covers`` the manifests that this lockfile answers for.
    """

    path: str
    format: str
    ecosystem: str
    audit: str
    packages: tuple[Package, ...] = ()
    direct: tuple[Requirement, ...] = ()
    unpinned: tuple[Requirement, ...] = ()
    unaudited: tuple[Unaudited, ...] = ()
    problems: tuple[Problem, ...] = ()
    covers: tuple[str, ...] = ()


class Event(Struct, frozen=True, kw_only=True):
    """One bound of an OSV range: ``kind`` is ``introduced``, ``fixed``, ``last_affected`` or ``limit``."""

    kind: str
    version: str


class Range(Struct, frozen=True, kw_only=True):
    """An OSV range; ``type`` is ``SEMVER`` or ``ECOSYSTEM``; events as the record gives them, in any order."""

    type: str
    events: tuple[Event, ...]


class Affected(Struct, frozen=True, kw_only=True):
    """What one advisory says about one package: the union of the listed versions and the ranges (or of npm's own range text)."""

    ecosystem: str
    name: str
    versions: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    npm_range: str = ""


class Advisory(Struct, frozen=True, kw_only=True):
    """One published advisory, whatever source it came from.

    ``severity_source`` says what decided: ``CVSS:3.1 vector``, ``GHSA level``, ``alias GHSA-…``, ``malware``; ``related_ids`` are ids that
    the record mentions only in references and by which twins are joined; dates are ISO 8601 text as published, empty where unknown.
    """

    id: str
    aliases: tuple[str, ...] = ()
    related_ids: tuple[str, ...] = ()
    summary: str = ""
    url: str = ""
    severity: Severity = Severity.UNKNOWN
    severity_source: str = ""
    cvss: str = ""
    affected: tuple[Affected, ...] = ()
    published: str = ""
    modified: str = ""
    withdrawn: str = ""
    source: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every id by which this advisory is known."""
        return frozenset((self.id, *self.aliases))


class Vulnerable(Struct, frozen=True, kw_only=True):
    """The vulnerable package of a finding: its paths from the root, the versions that fix this advisory, the one that clears all of
    them.
    """

    package: Package
    advisory: Advisory
    paths: tuple[tuple[str, ...], ...] = ()
    fixed_versions: tuple[str, ...] = ()
    recommended_version: str = ""
    fix: str = ""


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


class Problem(Struct, frozen=True, kw_only=True):
    """Something we were asked to check and could not: what, why, and the user's next step. Makes the scan incomplete."""

    subject: str
    reason: str
    hint: str = ""
    location: Location | None = None


class Notice(Struct, frozen=True, kw_only=True):
    """Something worth saying that takes nothing from the check: one of two sources was down, a policy was loosened."""

    subject: str
    reason: str
    location: Location | None = None


class Suppression(Struct, frozen=True, kw_only=True):
    """Somebody's word that a finding is accepted.

    ``by`` is ``config``, ``inline`` or ``baseline``; ``id`` an advisory id, an alias or a rule id; empty fields match anything; ``path``
    is a
    glob; ``fingerprint`` is a finding's id; ``location`` is where it is written.
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


class Audited(Struct, frozen=True, kw_only=True):
    """One manifest that was audited: how many packages, against which source of what date, and whether all of it could be checked."""

    manifest: str
    format: str
    ecosystem: str
    packages: int
    source: str
    source_date: str = ""
    complete: bool = True


class Skipped(Struct, frozen=True, kw_only=True):
    """A file that was seen and not read for secrets, and why (``binary``, ``larger than …``)."""

    path: str
    reason: str


class Scanned(Struct, frozen=True, kw_only=True):
    """What the secret scan read."""

    files: int = 0
    bytes: int = 0
    skipped: tuple[Skipped, ...] = ()


class Judged(Struct, frozen=True, kw_only=True):
    """A finding with the decision on it; ``suppression`` is set where somebody accepted it."""

    finding: Finding
    blocking: bool
    suppression: Suppression | None = None


class Run(Struct, frozen=True, kw_only=True):
    """The circumstances of a scan, for the reports: target as given, commit and base ids, start (ISO 8601, UTC) and seconds.

    ``prefix`` is the scanned folder within the checkout (``apps/web/``), empty where the whole of it is scanned.
    """

    version: str
    target: str
    commit: str = ""
    base: str = ""
    started_at: str = ""
    duration_s: float = 0.0
    fail_on: Severity | None = Severity.HIGH
    shard: str = ""
    prefix: str = ""


class Unchecked(Struct, frozen=True, kw_only=True):
    """Packages of a manifest that a service did not answer for: ``missing`` of the ``asked``, the first few by name, and why."""

    manifest: str
    service: str
    missing: int
    asked: int
    names: tuple[str, ...]
    reason: str


class Share(Struct, frozen=True, kw_only=True):
    """What part of a scan this is, and what is needed to put the parts together.

    ``tree`` and ``policy`` name what was shared out and by which choices it was judged; ``incomplete_fails`` is the policy's word on
    problems; ``unchecked`` are those of the problems whose numbers add up over the parts.
    """

    index: int
    count: int
    tree: str
    policy: str
    incomplete_fails: bool = True
    unchecked: tuple[Unchecked, ...] = ()


class Verdict(Struct, frozen=True, kw_only=True):
    """The decision and all that a reporter ever sees. Findings are sorted worst first; ``packages`` is everything that was audited;
    ``rejected`` says, where it was asked for, which candidates were no secrets and why (no values); ``share`` is set where this is one
    shard's part.
    """

    outcome: Outcome
    exit_code: int
    judged: tuple[Judged, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    stale: tuple[Suppression, ...] = ()
    expired: tuple[Suppression, ...] = ()
    expiring: tuple[Suppression, ...] = ()
    loosened: tuple[Notice, ...] = ()
    audited: tuple[Audited, ...] = ()
    scanned: Scanned = Scanned()
    packages: tuple[Package, ...] = ()
    rejected: tuple[str, ...] = ()
    share: Share | None = None
    run: Run

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings that fail the job."""
        return tuple(j.finding for j in self.judged if j.blocking)

    @property
    def warning(self) -> tuple[Finding, ...]:
        """Findings that are shown and do not fail the job."""
        return tuple(j.finding for j in self.judged if not j.blocking and j.suppression is None)

    @property
    def active(self) -> tuple[Finding, ...]:
        """Findings that nobody has accepted, worst first."""
        return tuple(j.finding for j in self.judged if j.suppression is None)

    @property
    def suppressed(self) -> Iterator[tuple[Finding, Suppression]]:
        """Accepted findings with the word that accepts them."""
        return ((j.finding, j.suppression) for j in self.judged if j.suppression is not None)
