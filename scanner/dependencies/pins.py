"""What a lockfile pins, as constraints for pip: each with its marker, and no name that would be held to two versions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.dependencies.intervals import Key  # noqa: TC001 -- msgspec reads the annotations at run time
from scanner.dependencies.versions import parse, same_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

    from scanner.models import Lockfile


class _Pin(Struct, frozen=True, kw_only=True):
    name: str
    key: Key
    text: str
    holds: bool


def constraints(lockfile: Lockfile) -> tuple[str, ...]:
    """One text for each pin, its marker as the requirement has it.

    A name of which several versions are pinned for this very machine is left out: pip would choose, among older and older versions of all
    the others, those that do without it, and nobody installs them.
    """
    pins = tuple(_pins(lockfile))
    versions: dict[str, set[Key]] = {}
    for pin in pins:
        if pin.holds:
            versions.setdefault(pin.name, set()).add(pin.key)
    return tuple(pin.text for pin in pins if len(versions.get(pin.name, ())) < 2)


def _pins(lockfile: Lockfile) -> Iterator[_Pin]:
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    markers = _markers(lockfile)
    for package in lockfile.packages:
        parsed, marker = parse("PyPI", package.version), markers.get(package.key, "")
        try:
            wanted = Parsed(f"{package.name}=={package.version}{marker and f' ; {marker}'}")
        except InvalidRequirement:
            continue
        if parsed is not None:
            yield _Pin(name=same_name("PyPI", package.name), key=parsed.key, text=str(wanted), holds=_holds(wanted))


def _holds(wanted: Requirement) -> bool:
    """Whether the pin is in force for the Python that runs this, which is the one that runs pip; a marker that nobody can tell is."""
    try:
        return wanted.marker is None or wanted.marker.evaluate()
    except ValueError:
        return True


def _markers(lockfile: Lockfile) -> dict[str, str]:
    """By the key of a package; several lines that ask for one version are one marker, none where a line has none."""
    found: dict[str, list[str]] = {}
    for one in lockfile.direct:
        if one.key:
            found.setdefault(one.key, []).append(one.spec.partition(";")[2].strip())
    return {key: " or ".join(f"({marker})" for marker in dict.fromkeys(texts)) for key, texts in found.items() if all(texts)}
