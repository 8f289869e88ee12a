"""Results that other tools published: their output files in, one shape out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from scanner.dependencies.admits import admits
from scanner.models import Advisory, Affected, Event, Range, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

WORDS = {"info": Severity.LOW, "low": Severity.LOW, "moderate": Severity.MODERATE, "medium": Severity.MODERATE}
WORDS |= {"high": Severity.HIGH, "critical": Severity.CRITICAL}
_GHSA = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}")
_BOUND = re.compile(r"(<=|>=|<|>|=)\s*([^\s,]+)")


class Hit(NamedTuple):
    """One vulnerable package as a tool reported it; ``version`` or ``severity`` is empty where it does not say."""

    package: str
    version: str
    id: str
    severity: str = ""


def npm_report(text: str) -> set[Hit]:
    """``npm audit --json`` (report version 2)."""
    report = json.loads(text)
    via = (one for entry in report["vulnerabilities"].values() for one in entry["via"] if isinstance(one, dict))
    return {Hit(one["name"], "", ghsa(one["url"]), one["severity"]) for one in via}


def quick_report(text: str) -> set[Hit]:
    """The registry's quick audit, as ``pnpm audit --json`` and ``yarn npm audit --json`` (2 and 3) print it."""
    return {hit for advisory in json.loads(text)["advisories"].values() for hit in _advisory(advisory)}


def yarn_lines(text: str) -> set[Hit]:
    """``yarn audit --json`` (1): one JSON value a line."""
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return {hit for row in rows if row["type"] == "auditAdvisory" for hit in _advisory(row["data"]["advisory"])}


def berry_lines(text: str) -> set[Hit]:
    """``yarn npm audit --json`` (4): one JSON value a line."""
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    told = [(row["value"], row["children"]) for row in rows]
    return {Hit(name, version, ghsa(one["URL"]), one["Severity"]) for name, one in told for version in one["Tree Versions"]}


def osv_detector(text: str) -> set[Hit]:
    """osv-detector's plain output."""
    hits: set[Hit] = set()
    name = version = ""
    for line in text.splitlines():
        if found := re.match(r"\s+(\S+)@(\S+) is affected by", line):
            name, version = found.groups()
        elif found := re.match(r"\s+([A-Z]+-[0-9A-Za-z-]+):", line):
            hits.add(Hit(name, version, found[1]))
    return hits


def osv_scanner_table(text: str) -> list[tuple[str, str, str, frozenset[str]]]:
    """osv-scanner's table: file, package, version and all ids of each row."""
    rows: list[tuple[str, str, str, frozenset[str]]] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and "osv.dev/" in cells[0]:
            id_ = cells[0].rpartition("/")[2]
            if cells[3]:
                rows.append((cells[6].rpartition("/")[2], cells[3], cells[4], frozenset((id_,))))
            else:
                rows[-1] = (*rows[-1][:3], rows[-1][3] | {id_})
    return rows


def osv_scanner_fix(text: str) -> set[Hit]:
    """osv-scanner's ``fix`` report."""
    told = json.loads(text)["vulnerabilities"]
    return {Hit(package["name"], package["version"], one["id"]) for one in told for package in one["packages"]}


def trivy(text: str) -> set[Hit]:
    """Trivy's JSON report."""
    found = (one for result in json.loads(text)["Results"] for one in result.get("Vulnerabilities", ()))
    return {Hit(one["PkgName"].lower(), one["InstalledVersion"], one["VulnerabilityID"], one["Severity"].lower()) for one in found}


def pnpm_snapshot(text: str, title: str) -> set[Hit]:
    """The table that ``pnpm audit`` prints, from a snapshot file: the entry called ``title``."""
    table = text.partition(f"exports[`{title}`] = `")[2].partition("`;")[0]
    hits: set[Hit] = set()
    for box in table.split("└"):
        name, link = re.search(r"│ Package\s+│ (\S+)", box), _GHSA.search(box)
        level = re.search(r"│ (low|moderate|high|critical)\s+│", box)
        if name and link and level:
            hits.add(Hit(name[1], "", link[0], level[1]))
    return hits


def rows(text: str) -> Iterator[Advisory]:
    """A registry's answer (bulk or quick) as advisories."""
    answer = json.loads(text)
    if "advisories" in answer:
        told = [(one["module_name"], one) for one in answer["advisories"].values()]
    else:
        told = [(name, one) for name, found in answer.items() for one in found]
    for name, one in told:
        affected = (Affected(ecosystem="npm", name=name, npm_range=one["vulnerable_versions"]),)
        yield Advisory(id=identity(one), affected=affected, severity=WORDS[one["severity"]], source="registry", summary=one["title"])


def trivy_database(path: Path, ecosystem: str) -> Iterator[Advisory]:
    """The fixture database that Trivy's own test ran with."""
    (bucket,) = yaml.safe_load(path.read_text())
    for package in bucket["pairs"]:
        for one in package["pairs"]:
            spans = tuple(_span(text) for text in one["value"]["VulnerableVersions"])
            yield Advisory(id=one["key"], affected=(Affected(ecosystem=ecosystem, name=package["bucket"], ranges=spans),), source="trivy")


def identity(row: dict[str, Any]) -> str:
    """The GHSA id of a registry's row, its number where it has none."""
    return ghsa(row.get("github_advisory_id") or row["url"]) or str(row["id"])


def ghsa(text: str) -> str:
    """The GHSA id in a text; invented ones as they stand."""
    found = _GHSA.search(text)
    return found[0] if found else text if text.startswith("GHSA-") else ""


def inside(text: str, version: str) -> bool:
    """Whether a row's range holds a version."""
    return admits("npm", text, version) is True


def _advisory(one: dict[str, Any]) -> Iterable[Hit]:
    return (Hit(one["module_name"], found["version"], identity(one), one["severity"]) for found in one["findings"])


def _span(text: str) -> Range:
    kinds = {">=": "introduced", "<": "fixed", "<=": "last_affected"}
    events = [Event(kind=kinds[operator], version=version) for operator, version in _BOUND.findall(text)]
    return Range(type="ECOSYSTEM", events=tuple(events))
