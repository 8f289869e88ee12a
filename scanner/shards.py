"""One scan shared out over N machines: what there is to do in, one shard's part out; the parts are disjoint and together everything.

Nothing but the tree decides: each machine works out the same parts for itself. A part is a stretch of the sorted whole, so that the parts
put together in their order are in the order of one scan.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scanner.models import File, Lockfile, Package

    T = TypeVar("T")

OPEN_BYTES = 8192
"""What it costs to open a file, in bytes that could be scanned in that time."""


class Part:
    """The packages that the ``index``-th of ``count`` shards audits.

    Packages are shared out by coordinate, so that each is asked about once. A lockfile with requirements that have yet to be resolved
    belongs to one shard as a whole: what resolves to what is then one answer.
    """

    def __init__(self, lockfiles: Iterable[Lockfile] = (), index: int = 1, count: int = 1) -> None:
        found = tuple(lockfiles) if count > 1 else ()
        self._whole = frozenset(one.path for one in found if one.unpinned)
        coordinates = {_coordinate(package) for one in found if not one.unpinned for package in one.packages}
        self._coordinates = frozenset(stretch(sorted(coordinates), index, count))
        self._lockfiles = frozenset(stretch(sorted(self._whole), index, count))
        self._all = count == 1

    def resolves(self, lockfile: Lockfile) -> bool:
        """Whether this shard resolves the lockfile's unpinned requirements."""
        return self._all or lockfile.path in self._lockfiles

    def audits(self, lockfile: Lockfile, package: Package) -> bool:
        """Whether this shard audits a package of a lockfile."""
        if lockfile.path in self._whole:
            return lockfile.path in self._lockfiles
        return self._all or _coordinate(package) in self._coordinates


def files(listed: Sequence[File], index: int, count: int) -> Iterator[File]:
    """The ``index``-th of ``count`` parts of ``listed``, about the same number of bytes each; ``listed`` is sorted by path."""
    total = sum(file.size + OPEN_BYTES for file in listed)
    start = 0
    for file in listed:
        weight = file.size + OPEN_BYTES
        if (2 * start + weight) * count // (2 * total) == index - 1:
            yield file
        start += weight


def stretch(items: Sequence[T], index: int, count: int) -> Sequence[T]:
    """The ``index``-th of ``count`` parts of ``items``, as equal in number as can be."""
    return items[len(items) * (index - 1) // count : len(items) * index // count]


def tree(listed: Iterable[File]) -> str:
    """A name for what there is to share out: the same on every machine that sees the same files."""
    digest = sha256()
    for file in listed:
        digest.update(f"{file.path}\0{file.size}\n".encode())
    return digest.hexdigest()[:32]


def digest(*values: object) -> str:
    """A name for values of any kind that msgspec can write."""
    return sha256(msgspec.json.encode(values, order="sorted")).hexdigest()[:32]


def _coordinate(package: Package) -> tuple[str, str, str]:
    return package.ecosystem, package.name, package.version
