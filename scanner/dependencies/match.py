"""The advisories that hit one version, twins merged: a coordinate and its candidates in, merged advisories out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.dependencies import twins
from scanner.dependencies.matching import Applies, applies, stands

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from scanner.advisories import Coordinate
    from scanner.models import Advisory


class Match(Struct, frozen=True, kw_only=True):
    """``found`` are the merged advisories that hit; ``unclear`` those that cannot be compared with it; ``known`` all that count."""

    found: tuple[Advisory, ...] = ()
    unclear: tuple[Advisory, ...] = ()
    known: tuple[Advisory, ...] = ()


def match(coordinate: Coordinate, candidates: Iterable[Advisory], as_of: dt.date | None = None) -> Match:
    """Judge every candidate that counts on that day. A group of twins hits when one of its records does."""
    known = tuple(advisory for advisory in candidates if stands(advisory, as_of))
    if not known:
        return Match()
    answers = {advisory: applies(advisory, coordinate.ecosystem, coordinate.name, coordinate.version) for advisory in known}
    if Applies.YES not in answers.values() and Applies.UNCLEAR not in answers.values():
        return Match(known=known)
    groups = twins.groups(known)
    hit = tuple(group for group in groups if any(answers[advisory] is Applies.YES for advisory in group))
    unclear = tuple(a for group in groups if group not in hit for a in group if answers[a] is Applies.UNCLEAR)
    return Match(found=tuple(twins.merge(group) for group in hit), unclear=unclear, known=known)
