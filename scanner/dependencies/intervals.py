"""Stretches of versions on an ordered line: two bounds in, "is this key inside" out."""

from __future__ import annotations

from msgspec import Struct

Key = tuple[object, ...]
"""The place of a version in its ecosystem's order; only keys of one ecosystem compare."""


class Interval(Struct, frozen=True, kw_only=True):
    """Versions from ``start`` to ``end``; a bound that is None is open.

    ``fix`` is the version, as published, that ends the stretch by fixing it; ``local_end`` says that the end carries a PEP 440 local label.
    """

    start: Key | None = None
    end: Key | None = None
    excludes_start: bool = False
    includes_end: bool = False
    local_end: bool = False
    fix: str = ""

    def holds(self, key: Key, public: Key) -> bool:
        """Whether a version is inside; ``public`` is its key without a local label: 1.0+cu118 is still affected up to 1.0."""
        if self.start is not None and (key <= self.start if self.excludes_start else key < self.start):
            return False
        if self.end is None:
            return True
        if self.includes_end:
            return (key if self.local_end else public) <= self.end
        return key < self.end


def intersect(one: Interval, two: Interval) -> Interval | None:
    """The versions inside of both; None where there is none."""
    first = max((one, two), key=_starts)
    last = min((one, two), key=_ends)
    both = Interval(
        start=first.start,
        excludes_start=first.excludes_start,
        end=last.end,
        includes_end=last.includes_end,
        local_end=last.local_end,
        fix=last.fix,
    )
    return None if _is_empty(both) else both


def _starts(interval: Interval) -> tuple[bool, Key, bool]:
    return (interval.start is not None, interval.start or (), interval.excludes_start)


def _ends(interval: Interval) -> tuple[bool, Key, bool]:
    return (interval.end is None, interval.end or (), interval.includes_end)


def _is_empty(interval: Interval) -> bool:
    if interval.start is None or interval.end is None:
        return False
    if interval.start == interval.end:
        return interval.excludes_start or not interval.includes_end
    return interval.start > interval.end
