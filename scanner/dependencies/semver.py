"""Versions and range texts as npm reads them: text in, keys in SemVer 2.0 order and the stretches between them out.

Follows node-semver (https://github.com/npm/node-semver#ranges) with the options npm's audit uses: loose, prereleases included. Where npm
drops the words of a range that it does not understand, here the whole alternative allows everything.
"""

from __future__ import annotations

import re
from functools import lru_cache

from scanner.dependencies.intervals import Interval, Key, intersect

_IDENTIFIER = r"(?:[0-9]+(?![0-9A-Za-z-])|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SUFFIX = rf"(?:-?({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?(?:\+[0-9A-Za-z.-]+)?"
_VERSION = re.compile(rf"[v=\s]*([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+){_SUFFIX})?)?\s*", re.ASCII)
_PART = r"([0-9]+|[xX*])"
_PARTIAL = rf"[v=\s]*{_PART}(?:\.{_PART}(?:\.{_PART}{_SUFFIX})?)?"
_HYPHEN = re.compile(rf"\s*({_PARTIAL})\s+-\s+({_PARTIAL})\s*", re.ASCII)
_COMPARATOR = re.compile(rf"([<>]=?|~>?|\^|=)?{_PARTIAL}", re.ASCII)
_GAP = re.compile(r"(?<=[<>=~^]) ")
LONGEST = 256
"""Characters: npm's own limit for a version, and more than anybody writes between two ``||``."""
_RELEASE = (1,)
_LOWEST = (0, ())
_Parts = tuple[int, int, int, str]
_Partial = tuple[int | None, int | None, int | None, str]


def version_key(text: str) -> Key | None:
    """The place of a version in SemVer order; None where it is no version. Build labels count for nothing; ``1.2`` is ``1.2.0``."""
    found = _VERSION.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    major, minor, patch, prerelease = found.groups()
    return _key(int(major), int(minor or 0), int(patch or 0), prerelease or "")


@lru_cache(maxsize=20_000)
def range_intervals(text: str) -> tuple[Interval, ...]:
    """The stretches of versions that a range text allows. What npm would not understand in it allows everything, never nothing."""
    return tuple(interval for alternative in text.split("||") if (interval := _alternative(alternative)) is not None)


def is_range(text: str) -> bool:
    """Whether all of a range text is understood."""
    return all(_stretches(alternative) is not None for alternative in text.split("||"))


def _key(major: int, minor: int, patch: int, prerelease: str) -> Key:
    return (major, minor, patch, _prerelease(prerelease))


def _prerelease(text: str) -> Key:
    if not text:
        return _RELEASE
    return (0, tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in text.split(".")))


def _alternative(text: str) -> Interval | None:
    """The one stretch that a text without ``||`` allows; None where that is nothing."""
    allowed: Interval | None = Interval()
    for stretch in _stretches(text) or ():
        allowed = allowed and intersect(allowed, stretch)
    return allowed


def _stretches(text: str) -> list[Interval] | None:
    """What each part of a text allows by itself; None where any part is not understood: what it meant to say may well be more."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return None
    hyphen = _HYPHEN.fullmatch(text)
    if hyphen is not None:
        groups = hyphen.groups()
        return [_from(_parts(groups[1:5])), _upto(_parts(groups[6:10]))]
    words = [_COMPARATOR.fullmatch(word) for word in _GAP.sub("", text).split()]
    found = [_comparator(word[1] or "", _parts(word.groups()[1:])) for word in words if word is not None]
    return found if len(found) == len(words) else None


def _parts(parts: tuple[str | None, ...]) -> _Partial:
    major, minor, patch = (int(part) if part and part.isdigit() else None for part in parts[:3])
    if major is None:
        minor = None
    if minor is None:
        patch = None
    return major, minor, patch, (parts[3] or "") if patch is not None else ""


def _floor(major: int, minor: int, patch: int) -> Key:
    """Below every prerelease of that version, as ``-0`` is meant."""
    return (major, minor, patch, _LOWEST)


def _from(parts: _Partial) -> Interval:
    major, minor, patch, prerelease = parts
    if major is None:
        return Interval()
    if prerelease:
        return Interval(start=_key(major, minor or 0, patch or 0, prerelease))
    return Interval(start=_floor(major, minor or 0, patch or 0))


def _upto(parts: _Partial) -> Interval:
    major, minor, patch, prerelease = parts
    if prerelease:
        return Interval(end=_key(major or 0, minor or 0, patch or 0, prerelease), includes_end=True)
    return Interval(end=_next(major, minor, patch))


def _next(major: int | None, minor: int | None, patch: int | None) -> Key | None:
    """The floor of the first version above everything that the parts allow."""
    if major is None:
        return None
    if minor is None:
        return _floor(major + 1, 0, 0)
    return _floor(major, minor + 1, 0) if patch is None else _floor(major, minor, patch + 1)


def _comparator(operator: str, parts: _Partial) -> Interval:
    if operator == "^":
        return _caret(parts)
    if operator in ("~", "~>"):
        major, minor, *_ = parts
        return Interval(start=_start(parts), end=_next(major, minor, None))
    if parts[2] is None:
        return _partial(operator, parts[0], parts[1])
    return _exact(operator, (parts[0] or 0, parts[1] or 0, parts[2], parts[3]))


def _start(parts: _Partial) -> Key | None:
    """The first version that ``^`` and ``~`` allow; prereleases of it only where it was not written in full."""
    major, minor, patch, prerelease = parts
    if major is None:
        return None
    return _floor(major, minor or 0, 0) if patch is None else _key(major, minor or 0, patch, prerelease)


def _caret(parts: _Partial) -> Interval:
    major, minor, patch, _ = parts
    start = _start(parts)
    if major or minor is None:
        return Interval(start=start, end=_next(major, None, None))
    return Interval(start=start, end=_next(major, minor, None if minor else patch))


def _partial(operator: str, major: int | None, minor: int | None) -> Interval:
    if major is None:
        nothing = _floor(0, 0, 0)
        return Interval(end=nothing) if operator in ("<", ">") else Interval()
    low, high = _floor(major, minor or 0, 0), _next(major, minor, None)
    ends = {
        ">": Interval(start=high),
        ">=": Interval(start=low),
        "<": Interval(end=low, fix=f"{major}.{minor or 0}.0"),
        "<=": Interval(end=high),
    }
    return ends.get(operator, Interval(start=low, end=high))


def _exact(operator: str, parts: _Parts) -> Interval:
    key, text = _key(*parts), "{}.{}.{}".format(*parts) + (f"-{parts[3]}" if parts[3] else "")
    ends = {
        ">": Interval(start=key, excludes_start=True),
        ">=": Interval(start=key),
        "<": Interval(end=key, fix=text),
        "<=": Interval(end=key, includes_end=True),
    }
    return ends.get(operator, Interval(start=key, end=key, includes_end=True))
