"""A marker (PEP 508) and the environments of a project in, whether it can be true or false in them out.

It is tried in samples: every Python of today that the project admits, Linux, macOS and Windows, and the values that the marker names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.lockfiles._poetry_style import admits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EITHER = frozenset((True, False))
_TODAY = tuple(f"3.{minor}" for minor in range(8, 16))
_FORMER = ("2.7", *(f"3.{minor}" for minor in range(8)))
_PLATFORMS = (("linux", "posix", "Linux"), ("darwin", "posix", "Darwin"), ("win32", "nt", "Windows"))
_MAKERS = (("CPython", "cpython"), ("PyPy", "pypy"))
_LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_RELEASE = re.compile(r"(\d+\.\d+)\.(\d{1,4})$", re.ASCII)
_FREE = ("platform_machine", "platform_release", "platform_version", "implementation_version", "extra")
_LONGEST, _MOST, _SURE = 1000, 1000, 300
"""Longer markers and more samples than these are not tried: such a marker may be true as well as false."""
MOST_TRIED = 500
"""Nor are more markers of one manifest: of what a person writes, a handful is not locked."""


class Environments(Struct, frozen=True, kw_only=True):
    """What a lockfile was made for: versions of Python that all of ``pythons`` admit, and environments in which one of ``markers`` is true.

    ``single``: for one environment alone, nobody knows which. ``groups``, where the lockfile names them, are the canonical names of those
    it has; ``whole``: for all groups and extras of all manifests at once.
    """

    pythons: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    single: bool = False
    groups: tuple[str, ...] = ()
    whole: bool = False

    def need(self, marker: str) -> bool:
        """Whether the lockfile has to know what is asked for under this marker."""
        found = outcomes(marker, self) if marker else frozenset((True,))
        return False not in found if self.single else True in found

    def surely_need(self, marker: str) -> bool:
        """The same, as far as Python's versions and the platforms tell: of anything else the samples are a guess."""
        guessed = any(name in marker for name in (*_FREE, "implementation")) or sum(map(len, (marker, *self.markers))) > _SURE
        return not guessed and self.need(marker)


ANY = Environments()


def texts(value: object) -> tuple[str, ...]:
    """A text, or those in a list, as a lockfile has them; anything else says nothing."""
    listed = value if isinstance(value, list) else [value]
    return tuple(one for one in listed if isinstance(one, str) and one)


@lru_cache(maxsize=4096)
def outcomes(marker: str, within: Environments = ANY) -> frozenset[bool]:
    """Whether the marker can be true, false, or both; both for one that cannot be tried."""
    from packaging.markers import Marker

    if sum(map(len, (marker, *within.markers))) > _LONGEST:
        return EITHER
    try:
        tried, limits = Marker(marker), [Marker(one) for one in within.markers]
        samples = list(islice(_samples(" ".join(map(str, (tried, *limits))), within), _MOST + 1))
        inside = [one for one in samples if not limits or any(limit.evaluate(one) for limit in limits)]
        return frozenset(tried.evaluate(one) for one in inside) if inside and len(samples) <= _MOST else EITHER
    except (ValueError, KeyError, RecursionError):
        return EITHER


def _samples(marker: str, within: Environments) -> Iterator[dict[str, str]]:
    """Environments: only what the marker asks about differs from one to the next."""
    named = tuple(dict.fromkeys(double or single for double, single in _LITERAL.findall(marker)))
    axes = [_pythons(named, within), _platforms(marker, named), _makers(marker, named)]
    axes += [[{name: value} for value in ("", "0", *named)] for name in _FREE if name in marker]
    for parts in product(*axes):
        yield {name: value for part in parts for name, value in part.items()}


def _pythons(named: Sequence[str], within: Environments) -> list[dict[str, str]]:
    """The versions of today that the project admits; where it admits none, those of the past; else all of today."""

    releases = [match for one in named if (match := _RELEASE.match(one))]

    def admitted(minors: Sequence[str]) -> list[dict[str, str]]:
        full = [f"{minor}.{patch}" for minor in minors for patch in (0, 99)]
        full += [f"{one[1]}.{int(one[2]) + more}" for one in releases if one[1] in minors for more in (0, 1)]
        kept = [one for one in full if all(admits(spec, one) for spec in within.pythons)]
        return [{"python_version": one.rpartition(".")[0], "python_full_version": one} for one in kept]

    return admitted(_TODAY) or admitted(_FORMER) or [
        {"python_version": one, "python_full_version": f"{one}.0"} for one in _TODAY
    ]  # fmt: skip


def _platforms(marker: str, named: Sequence[str]) -> list[dict[str, str]]:
    if not any(name in marker for name in ("sys_platform", "os_name", "platform_system")):
        return [dict(zip(("sys_platform", "os_name", "platform_system"), _PLATFORMS[0], strict=True))]
    known = {name for names in _PLATFORMS for name in names}
    others = [(one, one, one) for one in named if one[:1].isalpha() and one not in known]
    return [dict(zip(("sys_platform", "os_name", "platform_system"), names, strict=True)) for names in (*_PLATFORMS, *others)]


def _makers(marker: str, named: Sequence[str]) -> list[dict[str, str]]:
    if "implementation" not in marker:
        return [{}]
    others = [(one, one) for one in named if one[:1].isalpha()]
    keys = ("platform_python_implementation", "implementation_name")
    return [dict(zip(keys, names, strict=True)) for names in dict.fromkeys((*_MAKERS, *others))]
