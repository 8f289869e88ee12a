"""Ids and links of an advisory: its references in, twins' ids and the page a person should read out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ID = re.compile(r"(?:GHSA(?:-[0-9a-z]{4}){3}|CVE-\d{4}-\d{4,19}|PYSEC-\d{4}-\d{1,9}|MAL-\d{4}-\d{1,9})(?![\w-])", re.IGNORECASE)
_PAGES = {
    "GHSA": "https://github.com/advisories/{}",
    "CVE": "https://nvd.nist.gov/vuln/detail/{}",
    "PYSEC": "https://osv.dev/vulnerability/{}",
    "MAL": "https://osv.dev/vulnerability/{}",
}


def ids(text: str) -> list[str]:
    """Every advisory id in a text, in the registries' own spelling."""
    return [_spelled(found) for found in _ID.findall(text)]


def related(names: Iterable[str], urls: Sequence[str]) -> tuple[str, ...]:
    """Ids that only the references mention and that are likely the same advisory.

    Only kinds of id (GHSA, CVE, PYSEC, MAL) that the record itself has none of, and only where all references agree on one: a record that
    has its own CVE and links to another speaks of a neighbour, not of a twin.
    """
    known = {_kind(name) for name in names}
    found: dict[str, set[str]] = {}
    for name in ids("\n".join(urls)):
        found.setdefault(_kind(name), set()).add(name)
    return tuple(sorted(name for kind, group in found.items() if kind not in known and len(group) == 1 for name in group))


def page(identity: str, urls: Sequence[tuple[str, str]]) -> str:
    """The page a person should read: the id's own, else the first advisory or other web page of ``urls`` (type, URL), else OSV's."""
    form = _PAGES.get(_kind(identity))
    if form:
        return form.format(identity)
    good = sorted((kind != "ADVISORY", index, url) for index, (kind, url) in enumerate(urls) if _safe(url))
    return good[0][2] if good else f"https://osv.dev/vulnerability/{identity}"


def _safe(url: str) -> bool:
    return url.startswith(("https://", "http://")) and url.isprintable() and " " not in url and len(url) < 2000


def _kind(identity: str) -> str:
    return identity.partition("-")[0].upper()


def _spelled(identity: str) -> str:
    kind, _, rest = identity.partition("-")
    return f"GHSA-{rest.lower()}" if kind.upper() == "GHSA" else identity.upper()
