"""What a lockfile has in; whether it answers for what a manifest asks for out: by name and version, a name alone says nothing."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scanner.lockfiles._markers import EITHER, MOST_TRIED, outcomes
from scanner.lockfiles._poetry_style import admits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scanner.lockfiles._declared import Declared
    from scanner.models import Lockfile

_MOST_VERSIONS = 20


class Answers:
    """The versions that lockfiles have, and the names that they say are open or cannot be audited."""

    def __init__(self, *locks: Lockfile) -> None:
        self._versions: dict[str, dict[str, None]] = {}
        for package in (one for lock in locks for one in lock.packages):
            self._versions.setdefault(package.name, {})[package.version] = None
        self._open = {one.name for lock in locks for one in lock.unpinned}
        self._elsewhere = {one.name for lock in locks for one in lock.unaudited}

    def lacks(self, wanted: Iterable[Declared]) -> list[Declared]:
        """What of a manifest is not answered, without what no environment asks for.

        A pin is only answered by its own version. Where a manifest asks for one of several, by marker, a file that was made for one
        environment has one of them.
        """
        listed = list(wanted)
        had = [self._has(one) for one in listed]
        met = {one.requirement.name for one, has in zip(listed, had, strict=True) if has}
        missing = [one for one, has in zip(listed, had, strict=True) if not has]
        return missing if len(missing) > MOST_TRIED else [one for one in missing if not _is_for_others(one, met)]

    def other_pins(self, wanted: Iterable[Declared]) -> list[Declared]:
        """The pins of a manifest that are not answered: where nothing lacks, those for other environments."""
        return [one for one in wanted if one.version and not self._has(one)]

    def _has(self, one: Declared) -> bool:
        name = one.requirement.name
        if one.reason:
            return name in self._elsewhere
        if has(one, self._versions.get(name, {})):
            return True
        return not one.version and (name in self._open or name in self._elsewhere)


def has(one: Declared, versions: Mapping[str, None]) -> bool:
    """Whether one of these versions is what a requirement asks for; of very many only the first are tried."""
    return one.version in versions or any(admits(one.requirement.spec, version) for version in islice(versions, _MOST_VERSIONS))


def _is_for_others(one: Declared, met: set[str]) -> bool:
    marker = one.requirement.spec.partition(";")[2]
    found = outcomes(marker) if marker else EITHER - {False}
    return True not in found or (one.requirement.name in met and False in found)
