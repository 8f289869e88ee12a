"""One advisory out of its several records: GHSA, PYSEC and CVE records of one flaw in, one merged Advisory out.

Records that share an id or an alias are twins, twins of twins too. One that is only linked to by reference joins the flaw it points to,
where that is one flaw: accepting an advisory must never accept another that a third record happens to mention beside it. The merged one is
called by its GHSA id where it has one (then MAL-, PYSEC-, CVE-, anything else), the other ids are its aliases.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from scanner.models import Advisory

_FAMILIES = ("GHSA-", "MAL-", "PYSEC-", "CVE-")
_TELLING = ("GHSA-", "CVE-")
"""Two records that each have their own id of one of these families are about two flaws."""
_Group = tuple["Advisory", ...]


def groups(advisories: Iterable[Advisory]) -> tuple[_Group, ...]:
    """Twins together; groups and their members in the order of preference."""
    records = sorted(set(advisories), key=_preference)
    named = [tuple(records[at] for at in places) for places in _sharing([one.names for one in records])]
    links = _links(named)
    found: list[_Group] = []
    for places in _sharing([frozenset(frozenset((at, other)) for other in links[at]) for at in range(len(named))]):
        together = [named[at] for at in places]
        found += together if _differ(together) else [tuple(one for group in together for one in group)]
    return tuple(sorted((tuple(sorted(group, key=_preference)) for group in found), key=lambda group: _preference(group[0])))


def _sharing(keys: Sequence[frozenset[Hashable]]) -> list[list[int]]:
    """The places of what shares a key, directly or through others."""
    found: list[tuple[set[Hashable], list[int]]] = []
    for at, own in enumerate(keys):
        joined = [one for one in found if not one[0].isdisjoint(own)]
        found = [one for one in found if one not in joined]
        found.append((set(own).union(*(known for known, _ in joined)), [*(place for _, places in joined for place in places), at]))
    return [places for _, places in found]


def _links(named: Sequence[_Group]) -> Mapping[int, set[int]]:
    """Which groups point to each other by reference; none for a group that stands between two flaws."""
    owners = {name: at for at, group in enumerate(named) for one in group for name in one.names}
    links: dict[int, set[int]] = {at: set() for at in range(len(named))}
    for at, group in enumerate(named):
        for other in {owners[name] for one in group for name in one.related_ids if name in owners} - {at}:
            if not _differ((group, named[other])):
                links[at].add(other)
                links[other].add(at)
    torn = {at for at, others in links.items() if _differ([named[other] for other in others])}
    return {at: set() if at in torn else others - torn for at, others in links.items()}


def _differ(known: Sequence[_Group]) -> bool:
    """Whether two of these groups have each their own id of a telling family."""
    own = [{family for one in group for name in one.names for family in _TELLING if name.startswith(family)} for group in known]
    return any(one & two for one, two in combinations(own, 2))


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
