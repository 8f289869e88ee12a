"""A lockfile in, the same without what it includes from files that are read in their own right out: each line is reported once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.models import Lockfile, Problem, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scanner.models import Location, Package, Requirement

_NEEDED = tuple(scope for scope in Scope if scope is not Scope.DEVELOPMENT)


def without_repeats(result: Lockfile | Problem, path: str, read: Mapping[str, Lockfile | Problem]) -> Lockfile | Problem:
    """``result`` without what the others in ``read`` say, by path; a Problem as it is.

    Where the other file only needs it to develop and this one at run time, it is reported here too: who leaves out development has it.
    """
    if isinstance(result, Problem):
        return result

    included = {one.location.path for one in _lines(result)} - {path}
    others = [other for one in included if isinstance(other := read.get(one), Lockfile)]
    told = {(one.name, one.key, one.location, one.scope) for other in others for one in _lines(other)}

    def own(one: Package | Requirement) -> bool:
        scopes = Scope if one.scope is Scope.DEVELOPMENT else _NEEDED
        return all((one.name, one.key, one.location, scope) not in told for scope in scopes)

    def here(location: Location | None) -> bool:
        return location is None or location.path == path or not isinstance(read.get(location.path), Lockfile)

    return replace(
        result,
        packages=tuple(filter(own, result.packages)),
        unpinned=tuple(filter(own, result.unpinned)),
        unaudited=tuple(one for one in result.unaudited if here(one.location)),
        problems=tuple(one for one in result.problems if here(one.location)),
    )


def _lines(one: Lockfile) -> Iterator[Package | Requirement]:
    yield from one.packages
    yield from one.unpinned
