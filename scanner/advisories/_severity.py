"""How bad an advisory is: CVSS vectors and a label in, the level and what decided it out."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_LABELS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "moderate": Severity.MODERATE,
    "medium": Severity.MODERATE,
    "low": Severity.LOW,
    "info": Severity.LOW,
    "informational": Severity.LOW,
}


class Rating(Struct, frozen=True, kw_only=True):
    """A level, the words that say what decided it, and the vector that rates highest (empty where there is none)."""

    severity: Severity = Severity.UNKNOWN
    source: str = ""
    vector: str = ""


def rate(vectors: Iterable[str], label: str, owner: str) -> Rating:
    """The higher of what the vectors and the label say; ``owner`` names whose label it is (``GHSA``). Both are told where they differ."""
    scored = [(level, vector) for vector in vectors if (level := score(vector)) is not Severity.UNKNOWN]
    by_vector, vector = max(scored, key=lambda pair: pair[0], default=(Severity.UNKNOWN, ""))
    by_label = _LABELS.get(label.strip().lower(), Severity.UNKNOWN)
    version = f"{_version(vector)} vector"
    if not vector and not by_label:
        return Rating()
    if by_label > by_vector:
        aside = f" (its {version} says {by_vector.label})" if vector else ""
        return Rating(severity=by_label, source=f"{owner} level{aside}", vector=vector)
    aside = f" ({owner} level says {by_label.label})" if Severity.UNKNOWN < by_label < by_vector else ""
    return Rating(severity=by_vector, source=f"{version}{aside}", vector=vector)


@functools.lru_cache(maxsize=4096)
def score(vector: str) -> Severity:
    """The level of a CVSS 2, 3.0, 3.1 or 4.0 vector; UNKNOWN where it is none.

    Bands: FIRST's for 3 and 4 (9.0, 7.0, 4.0); NVD's for 2, which ends at high. A vector without any impact is low.
    """
    points = _points(vector)
    if points is None:
        return Severity.UNKNOWN
    if points >= 9.0 and vector.startswith("CVSS:"):
        return Severity.CRITICAL
    if points >= 7.0:
        return Severity.HIGH
    return Severity.MODERATE if points >= 4.0 else Severity.LOW


def _points(vector: str) -> float | None:
    if not vector or len(vector) > 500:
        return None
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    kind = CVSS4 if vector.startswith("CVSS:4") else CVSS3 if vector.startswith("CVSS:") else CVSS2
    try:
        return float(kind(vector).base_score)
    except CVSSError:
        return None


def _version(vector: str) -> str:
    return vector.partition("/")[0] if vector.startswith("CVSS:") else "CVSS:2.0"
