"""The name of a rule set in; every rule of it out: those of the rule files, of files that are secrets, of detect-secrets' detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.secrets import detect_secrets, filenames, proposals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.secrets import Rule


def rules(name: str) -> Iterator[Rule]:
    """``default`` or ``detect-secrets``, in the order of the documentation."""
    if name == "detect-secrets":
        yield from map(detect_secrets.rule, detect_secrets.types())
        return
    from scanner.secrets import compile as compiled

    yield from compiled.ready("default").rules
    yield from map(filenames.rule, filenames.KINDS)
    yield from map(detect_secrets.rule, proposals.DEFAULT.values())
