"""The decision on a scan, with all that a reporter ever sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.models.findings import Finding, Suppression
from scanner.models.packages import Package
from scanner.models.places import Notice, Problem
from scanner.models.terms import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator


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

    ``by_base`` says that the base's policy judges, not that of the change. ``prefix`` is the scanned folder within the checkout
    (``apps/web/``), empty where the whole of it is scanned; ``here`` the same as seen from the folder where the program was started;
    ``config`` the config file as seen from the scanned folder. ``levels`` are the audits that block at another severity than ``fail_on``.
    """

    version: str
    target: str
    commit: str = ""
    base: str = ""
    started_at: str = ""
    duration_s: float = 0.0
    fail_on: Severity | None = Severity.HIGH
    block_existing: bool = True
    by_base: bool = False
    shard: str = ""
    prefix: str = ""
    here: str = ""
    config: str = ".security-scan.yml"
    levels: tuple[tuple[str, Severity | None], ...] = ()


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
