"""A verdict in, the same verdict out with no secret in its words: the last thing that happens to it before anybody sees it.

Findings cannot hold a secret. What parsers and services say can, and so can what a policy file says of what it accepts, the names of
skipped files, and the names and versions that a lockfile gives its packages. The places of findings stay: annotations stand there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scanner.models import Finding, Judged, Package, Share, Suppression, Verdict

T = TypeVar("T", bound=Struct)
PLAIN = 24
"""A name or version shorter than this is shown as it is, unless it is an address."""
SHORTEST = 12
"""No token is shorter."""
WRITTEN = ("reason", "id", "package", "version", "path", "fingerprint")
"""The fields of an entry that accepts, as the config file has them."""

_WORDS = re.compile(r"@?(?:[a-z]{1,28}|[a-z]{0,12}[0-9]{1,4}[a-z]{0,4})(?:[-._/](?:[a-z]{1,28}|[a-z]{0,12}[0-9]{1,4}[a-z]{0,4}))*")
"""What no format of a token looks like, and nearly every name and version: words and short numbers. Nothing is loaded to look at these."""


def verdict(whole: Verdict) -> Verdict:
    """The verdict without secrets in anything but the places of its findings."""
    said = tuple(dict.fromkeys(_said(whole)))
    if not said:
        return whole
    from scanner.secrets.redact import redacted

    clean = {text: shown for text, shown in zip(said, redacted(said), strict=True) if shown != text}
    return _without(whole, clean) if clean else whole


def text(words: str) -> str:
    """One line without secrets."""
    from scanner.secrets.redact import redacted

    return redacted([words])[0]


def _said(whole: Verdict) -> Iterator[str]:
    """Every text that somebody else wrote, but for what cannot hold a token."""
    for problem in whole.problems:
        yield from (problem.subject, problem.reason, problem.hint)
    for notice in (*whole.notices, *whole.loosened):
        yield from (notice.subject, notice.reason)
    yield from (said for word in _accepting(whole) for field in _written(word) if _foreign(said := getattr(word, field), SHORTEST))
    yield from (one.path for one in whole.scanned.skipped if _foreign(one.path, SHORTEST))
    yield from (name for one in whole.packages for name in (one.name, one.version) if _foreign(name, PLAIN))
    yield from (name for one in whole.judged for name in _roots(one.finding) if _foreign(name, PLAIN))
    for counted in whole.share.unchecked if whole.share else ():
        yield from (counted.reason, *counted.names)
    if whole.share:  # only a shard tells them
        yield from sorted({key for one in whole.packages for key in (one.key, *one.requires)})


def _accepting(whole: Verdict) -> Iterator[Suppression]:
    yield from (*whole.stale, *whole.expired, *whole.expiring)
    yield from (one.suppression for one in whole.judged if one.suppression)


def _written(word: Suppression) -> tuple[str, ...]:
    """What a person wrote of it: all of an entry of the config file, the reason alone of a word that is about one finding."""
    return WRITTEN if word.by == "config" else WRITTEN[:1]


def _roots(found: Finding) -> Iterator[str]:
    """What the projects call themselves that bring a package in; the packages on the way are packages of the verdict."""
    return (way[0] for way in (found.vulnerable.paths if found.vulnerable else ()) if way)


def _foreign(shown: str, longest: int) -> bool:
    return (len(shown) >= longest or "://" in shown) and not _WORDS.fullmatch(shown)


def _without(whole: Verdict, clean: Mapping[str, str]) -> Verdict:
    """The verdict with what is clean in the place of each text that was not."""
    said = ("subject", "reason", "hint")
    return replace(
        whole,
        problems=tuple(_reworded(one, clean, *said) for one in whole.problems),
        notices=tuple(_reworded(one, clean, *said[:2]) for one in whole.notices),
        loosened=tuple(_reworded(one, clean, *said[:2]) for one in whole.loosened),
        stale=tuple(_reworded(one, clean, *WRITTEN) for one in whole.stale),
        expired=tuple(_reworded(one, clean, *WRITTEN) for one in whole.expired),
        expiring=tuple(_reworded(one, clean, *WRITTEN) for one in whole.expiring),
        judged=tuple(_judged(one, clean) for one in whole.judged),
        scanned=replace(whole.scanned, skipped=tuple(_reworded(one, clean, "path") for one in whole.scanned.skipped)),
        packages=tuple(_package(one, clean) for one in whole.packages),
        share=whole.share and _share(whole.share, clean),
    )


def _reworded(one: T, clean: Mapping[str, str], *fields: str) -> T:
    changed = {field: clean[said] for field in fields if (said := getattr(one, field)) in clean}
    return replace(one, **changed) if changed else one


def _judged(one: Judged, clean: Mapping[str, str]) -> Judged:
    word = one.suppression and _reworded(one.suppression, clean, *_written(one.suppression))
    found = _finding(one.finding, clean)
    return one if word is one.suppression and found is one.finding else replace(one, suppression=word, finding=found)


def _finding(found: Finding, clean: Mapping[str, str]) -> Finding:
    """Without the odd names of who brings a package in, which also stand in what is said of it."""
    vulnerable = found.vulnerable
    odd = {name for way in (vulnerable.paths if vulnerable else ()) for name in way if name in clean}
    if vulnerable is None or not odd:
        return found
    ways = tuple(tuple(clean.get(name, name) for name in way) for way in vulnerable.paths)
    steps = tuple(replace(step, text=_replaced(step.text, odd, clean)) for step in vulnerable.fix)
    whose = replace(vulnerable, paths=ways, fix=steps)
    return replace(found, message=_replaced(found.message, odd, clean), vulnerable=whose)


def _replaced(words: str, odd: set[str], clean: Mapping[str, str]) -> str:
    for name in sorted(odd):
        words = words.replace(name, clean[name])
    return words


def _package(one: Package, clean: Mapping[str, str]) -> Package:
    whole = _reworded(one, clean, "name", "version", "key")
    return replace(whole, requires=tuple(clean.get(key, key) for key in one.requires)) if clean.keys() & one.requires else whole


def _share(share: Share, clean: Mapping[str, str]) -> Share:
    names = (tuple(clean.get(name, name) for name in one.names) for one in share.unchecked)
    counted = (_reworded(one, clean, "reason") for one in share.unchecked)
    return replace(share, unchecked=tuple(replace(one, names=known) for one, known in zip(counted, names, strict=True)))
