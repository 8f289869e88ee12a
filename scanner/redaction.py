"""A verdict in, the same verdict out with no secret in its words: the last thing that happens to it before anybody sees it.

Findings cannot hold a secret. What parsers and services say can, and so can the names and versions that a lockfile gives its packages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from scanner.models import Notice, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scanner.models import Package, Unchecked, Verdict

Said = TypeVar("Said", Problem, Notice)
PLAIN = 24
"""A name or version shorter than this is shown as it is, unless it is an address."""

_WORDS = re.compile(r"@?(?:[a-z]{1,28}|[a-z]{0,12}[0-9]{1,4}[a-z]{0,4})(?:[-._/](?:[a-z]{1,28}|[a-z]{0,12}[0-9]{1,4}[a-z]{0,4}))*")
"""What no format of a token looks like, and nearly every name and version: words and short numbers. Nothing is loaded to look at these."""


def verdict(whole: Verdict) -> Verdict:
    """The verdict without secrets in its problems, notices and packages."""
    odd = tuple(number for number, one in enumerate(whole.packages) if _odd(one.name) or _odd(one.version))
    counted = whole.share.unchecked if whole.share else ()
    keys = sorted({key for one in whole.packages for key in (one.key, *one.requires)}) if whole.share else []  # only a shard tells them
    texts = [
        *_words(whole.problems), *_words(whole.notices), *(text for number in odd for text in _package(whole.packages[number])),
        *(text for one in counted for text in (one.reason, *one.names)), *keys,
    ]  # fmt: skip
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
    share = whole.share and replace(whole.share, unchecked=tuple(_counted(one, rest) for one in counted))
    known = dict(zip(keys, rest, strict=True))
    return replace(whole, problems=problems, notices=notices, packages=tuple(_keyed(one, known) for one in packages), share=share)


def text(words: str) -> str:
    """One line without secrets."""
    from scanner.secrets.redact import redacted

    return redacted([words])[0]


def _odd(shown: str) -> bool:
    return (len(shown) >= PLAIN or "://" in shown) and not _WORDS.fullmatch(shown)


def _words(said: Sequence[Problem | Notice]) -> list[str]:
    hints = ((one.hint,) if isinstance(one, Problem) else () for one in said)
    return [word for one, hint in zip(said, hints, strict=True) for word in (one.subject, one.reason, *hint)]


def _counted(one: Unchecked, clean: Iterator[str]) -> Unchecked:
    return replace(one, reason=next(clean), names=tuple(next(clean) for _ in one.names))


def _keyed(one: Package, known: Mapping[str, str]) -> Package:
    return replace(one, key=known[one.key], requires=tuple(known[key] for key in one.requires)) if known else one


def _package(one: Package) -> tuple[str, str]:
    return one.name, one.version
