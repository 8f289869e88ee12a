"""What one worker has found so far, and how much is kept of a file that is full of findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scanner.models import Finding, Notice, Problem, Scanned, Severity, Skipped, Suppression
from scanner.secrets import Entry, Result, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.secrets import Rule
    from scanner.secrets.found import Found

MOST_PER_RULE = 1000


class Tally:
    """Grows while files are scanned; ``result`` freezes it."""

    def __init__(self, *, explain: bool = False, entries: bool = False) -> None:
        self.entries: dict[str, tuple[Entry, ...]] | None = {} if entries else None
        self.findings: list[Finding] = []
        self.problems: list[Problem] = []
        self.skipped: list[Skipped] = []
        self.suppressions: list[Suppression] = []
        self.notices: list[Notice] = []
        self.rejected: list[str] = []
        self.explain = explain
        self._full: set[tuple[str, str]] = set()
        self.files = 0
        self.bytes = 0

    def reject(self, path: str, rule: str, reason: str) -> None:
        """Note why a candidate was no secret, where somebody asked for it."""
        if self.explain:
            self.rejected.append(f"{path}: {rule}: {reason}")

    def skip(self, path: str, reason: str) -> None:
        """Note a file that is not read."""
        self.skipped.append(Skipped(path=path, reason=reason))

    def problem(self, path: str, reason: str, hint: str) -> None:
        """Note a file that should have been checked and could not be."""
        self.problems.append(Problem(subject=path, reason=reason, hint=hint))

    def add(
        self, path: str, items: list[Found], accepted: frozenset[tuple[str, str]], *, commit: str = "", author_date: str = ""
    ) -> None:
        """What a file holds, as findings; ``accepted`` are its entries in the baseline."""
        kept = list(self._bounded(path, items))
        findings, suppressions = found.report(path, kept, accepted, commit=commit, author_date=author_date)
        self.findings += findings
        self.suppressions += suppressions
        if self.entries is not None and kept:
            self.entries[path] = tuple(dict.fromkeys((*self.entries.get(path, ()), *(found.entry(path, item) for item in kept))))

    def _bounded(self, path: str, items: list[Found]) -> Iterator[Found]:
        """The first thousand findings of each rule in a file. That there are more is a Problem, except where each is of low severity."""
        counts: Counter[str] = Counter()
        for item in items:
            counts[item.rule.id] += 1
            if counts[item.rule.id] <= MOST_PER_RULE:
                yield item
            elif counts[item.rule.id] == MOST_PER_RULE + 1:
                self.full(path, item.rule)

    def result(self) -> Result:
        """All of it, as a value."""
        return Result(
            findings=tuple(self.findings), problems=tuple(self.problems), suppressions=tuple(self.suppressions),
            notices=tuple(self.notices), rejected=tuple(self.rejected), entries=self.entries or {},
            scanned=Scanned(files=self.files, bytes=self.bytes, skipped=tuple(self.skipped)),
        )

    def full(self, path: str, rule: Rule) -> None:
        """Note, once, that a file holds more findings of a rule than are listed."""
        if (path, rule.id) in self._full:
            return
        self._full.add((path, rule.id))
        reason = f"more than {MOST_PER_RULE:,} findings of {rule.id}: only the first are listed"
        if rule.severity > Severity.LOW:
            self.problem(path, reason, "exclude the file, or disable the rule")
        else:
            self.notices.append(Notice(subject=path, reason=reason))
