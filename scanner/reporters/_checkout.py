"""Places as the reader's own: a verdict on one folder in, the same with every path from the repository's root, or from where the program
was started, out.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from scanner.models import Notice, Problem

if TYPE_CHECKING:
    from scanner.models import Finding, Judged, Location, Suppression, Verdict, Vulnerable

T = TypeVar("T", Problem, Notice)


def from_root(verdict: Verdict) -> Verdict:
    """GitHub finds a file by its path in the repository, also where the scan was of one folder of it (``Run.prefix``)."""
    return _below(verdict, verdict.run.prefix)


def from_here(verdict: Verdict) -> Verdict:
    """A person at a terminal finds a file by its path from the folder where the program was started (``Run.here``)."""
    return _below(verdict, verdict.run.here)


def _below(verdict: Verdict, prefix: str) -> Verdict:
    if not prefix:
        return verdict
    return replace(
        verdict,
        run=replace(verdict.run, config=_path(verdict.run.config, prefix)),
        judged=tuple(_judged(one, prefix) for one in verdict.judged),
        problems=tuple(_placed(one, prefix) for one in verdict.problems),
        notices=tuple(_placed(one, prefix) for one in verdict.notices),
        loosened=tuple(_placed(one, prefix) for one in verdict.loosened),
        audited=tuple(replace(one, manifest=_path(one.manifest, prefix)) for one in verdict.audited),
        stale=tuple(_word(one, prefix) for one in verdict.stale),
        expired=tuple(_word(one, prefix) for one in verdict.expired),
        expiring=tuple(_word(one, prefix) for one in verdict.expiring),
    )


def _judged(one: Judged, prefix: str) -> Judged:
    word = None if one.suppression is None else _word(one.suppression, prefix)
    return replace(one, finding=_finding(one.finding, prefix), suppression=word)


def _finding(found: Finding, prefix: str) -> Finding:
    related = tuple(replace(one, location=_place(one.location, prefix)) for one in found.related)
    vulnerable = None if found.vulnerable is None else _vulnerable(found.vulnerable, prefix)
    return replace(found, location=_place(found.location, prefix), related=related, vulnerable=vulnerable)


def _vulnerable(found: Vulnerable, prefix: str) -> Vulnerable:
    steps = (one if one.said == "words" else replace(one, text=_path(one.text, prefix).rstrip("/")) for one in found.fix)
    return replace(found, fix=tuple(steps))


def _word(word: Suppression, prefix: str) -> Suppression:
    return word if word.location is None else replace(word, location=_place(word.location, prefix))


def _placed(one: T, prefix: str) -> T:
    if one.location is None:
        return one
    named = one.subject in (one.location.path, str(one.location))
    return replace(one, location=_place(one.location, prefix), subject=_path(one.subject, prefix) if named else one.subject)


def _place(location: Location, prefix: str) -> Location:
    return replace(location, path=_path(location.path, prefix))


def _path(path: str, prefix: str) -> str:
    """A policy file may be outside of the scanned folder: ``../../ci/scan.yml`` of ``apps/web/``, or elsewhere on the machine."""
    below = posixpath.join(prefix, path)
    return posixpath.normpath(below) if path.startswith("../") else below
