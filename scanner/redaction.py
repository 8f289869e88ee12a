"""A verdict in, the same verdict out with no secret in its words: the last thing that happens to it before anybody sees it.

Findings cannot hold a secret. What parsers and services say can, and so can the names and versions that a lockfile gives its packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from scanner.models import Notice, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.models import Package, Verdict

Said = TypeVar("Said", Problem, Notice)
PLAIN = 24
"""A name or version shorter than this is shown as it is, unless it is an address."""


def verdict(whole: Verdict) -> Verdict:
    """The verdict without secrets in its problems, notices and packages."""
    odd = tuple(number for number, one in enumerate(whole.packages) if max(len(one.name), len(one.version)) >= PLAIN)
    texts = [*_words(whole.problems), *_words(whole.notices), *(text for number in odd for text in _package(whole.packages[number]))]
    if not texts:
        return whole
    from scanner.secrets.redact import redacted

    clean = redacted(texts)
    if clean == tuple(texts):
        return whole
    rest = iter(clean)
    problems = tuple(replace(one, subject=next(rest), reason=next(rest), hint=next(rest)) for one in whole.problems)
    notices = tuple(replace(one, subject=next(rest), reason=next(rest)) for one in whole.notices)
    packages = list(whole.packages)
    for number in odd:
        packages[number] = replace(packages[number], name=next(rest), version=next(rest))
    return replace(whole, problems=problems, notices=notices, packages=tuple(packages))


def text(words: str) -> str:
    """One line without secrets."""
    from scanner.secrets.redact import redacted

    return redacted([words])[0]


def _words(said: Sequence[Problem] | Sequence[Notice]) -> list[str]:
    hints = ((one.hint,) if isinstance(one, Problem) else () for one in said)
    return [word for one, hint in zip(said, hints, strict=True) for word in (one.subject, one.reason, *hint)]


def _package(one: Package) -> tuple[str, str]:
    return one.name, one.version
