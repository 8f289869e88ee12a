"""What an audit came to, as a value of its own: a scan without lockfiles does not load what audits them."""

from __future__ import annotations

from msgspec import Struct

from scanner.models import Audited, Finding, Notice, Package, Problem, Unchecked  # noqa: TC001 -- msgspec reads the annotations at run time


class AuditResult(Struct, frozen=True, kw_only=True):
    """Findings, what could not be checked, what is worth saying; one ``audited`` entry a lockfile; ``packages`` is all that was audited;
    ``unchecked`` are the problems that sources caused, in numbers.
    """

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    audited: tuple[Audited, ...] = ()
    packages: tuple[Package, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
