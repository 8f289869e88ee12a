"""One advisory out of its several records: GHSA, PYSEC and CVE records of one flaw in, one merged Advisory out.

Two records are twins when one of them knows the other by id, alias or reference, or when they share an alias; twins of twins too. The
merged one is called by its GHSA id where it has one (then MAL-, PYSEC-, CVE-, anything else), the other ids are its aliases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scanner.models import Advisory

_FAMILIES = ("GHSA-", "MAL-", "PYSEC-", "CVE-")


def groups(advisories: Iterable[Advisory]) -> tuple[tuple[Advisory, ...], ...]:
    """Twins together; groups and their members in the order of preference."""
    found: list[list[Advisory]] = []
    for advisory in sorted(set(advisories), key=_preference):
        joined = [group for group in found if any(are_twins(advisory, other) for other in group)]
        found = [group for group in found if group not in joined]
        found.append([*(member for group in joined for member in group), advisory])
    return tuple(sorted((tuple(sorted(group, key=_preference)) for group in found), key=lambda group: _preference(group[0])))


def are_twins(one: Advisory, two: Advisory) -> bool:
    """Whether two records are about one flaw, as either of them says."""
    return not (
        one.names.isdisjoint(two.names) and one.names.isdisjoint(two.related_ids) and two.names.isdisjoint(one.related_ids)
    )


def merge(group: Sequence[Advisory]) -> Advisory:
    """The group as one advisory: the most severe known severity, its source said; affected versions are those of any member."""
    if len(group) == 1:
        return group[0]
    first = group[0]
    worst = max(group, key=lambda advisory: advisory.severity)
    names = frozenset(name for advisory in group for name in advisory.names)
    return replace(
        first,
        aliases=tuple(sorted(names - {first.id})),
        summary=next((a.summary for a in group if a.summary), ""),
        url=next((a.url for a in group if a.url), ""),
        severity=worst.severity,
        severity_source=_severity_source(first, worst),
        cvss=worst.cvss or next((a.cvss for a in group if a.cvss), ""),
        affected=tuple(dict.fromkeys(block for a in group for block in a.affected)),
        published=min((a.published for a in group if a.published), default=""),
        modified=max(a.modified for a in group),
        source=", ".join(dict.fromkeys(a.source for a in group if a.source)),
    )


def _severity_source(first: Advisory, worst: Advisory) -> str:
    if worst.severity is Severity.UNKNOWN or worst.severity == first.severity:
        return first.severity_source
    return worst.severity_source if worst.id == first.id else f"alias {worst.id}"


def _preference(advisory: Advisory) -> tuple[int, str, str]:
    family = next((rank for rank, prefix in enumerate(_FAMILIES) if advisory.id.startswith(prefix)), len(_FAMILIES))
    return (family, advisory.id, advisory.source)
