"""An npm registry's audit endpoints over ``Records``: advisories/bulk, audits and audits/quick, and packuments without files."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from tests.loopback.records import blocks, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.loopback.records import Records

_WORDS = {"LOW": "low", "MODERATE": "moderate", "MEDIUM": "moderate", "HIGH": "high", "CRITICAL": "critical"}
_COUNTS = {"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0}


def bulk(records: Records, body: dict[str, list[str]]) -> dict[str, Any]:
    """``/-/npm/v1/security/advisories/bulk``: ``{name: [versions]}`` to ``{name: [row]}``, ``{}`` for none."""
    found = {name: [_row(r, name) for r in _hit(records, name, versions)] for name, versions in body.items()}
    return {name: rows for name, rows in found.items() if rows}


def audits(records: Records, body: dict[str, Any]) -> dict[str, Any]:
    """``/-/npm/v1/security/audits`` and ``/audits/quick``: the tree of a lockfile to a report by advisory."""
    report: dict[str, Any] = {}
    counts = dict(_COUNTS)
    total = 0
    for name, version, path in _walk(body.get("dependencies") or {}, ()):
        total += 1
        for record in records.hits("npm", name, version):
            row = _row(record, name)
            entry = report.setdefault(f"{row['id']}", _advisory(record, name, row))
            counts[row["severity"]] += 1
            _finding(entry["findings"], version)["paths"].append(">".join(path))
    metadata = {
        "vulnerabilities": counts,
        "dependencies": total,
        "devDependencies": 0,
        "optionalDependencies": 0,
        "totalDependencies": total,
    }
    return {"actions": [], "advisories": report, "muted": [], "metadata": metadata}


def packument(records: Records, name: str, asked: set[str]) -> dict[str, Any]:
    """What ``GET /NAME`` answers: the versions that anybody asked about and those that the advisories name as bounds."""
    versions = {v for v in asked if v[:1].isdigit()}
    for record in records.named("npm", name):
        versions.update(
            end
            for block in blocks(record, "npm", name)
            for span in block.get("ranges") or []
            for _, _, end in pairs(span["events"], "npm")
            if end
        )
    last = max(versions, default="0.0.0", key=lambda v: [int(part) if part.isdigit() else 0 for part in v.split(".")])
    listed = {v: {"name": name, "version": v, "dist": {"tarball": "", "shasum": ""}} for v in sorted(versions)}
    return {"name": name, "dist-tags": {"latest": last}, "versions": listed}


def severity(record: dict[str, Any]) -> str:
    """npm's word for a record's level; malware is critical."""
    if record["id"].startswith("MAL-"):
        return "critical"
    return _WORDS.get(str((record.get("database_specific") or {}).get("severity")).upper(), "moderate")


def npm_range(record: dict[str, Any], name: str) -> str:
    """The record's versions of ``name`` in node-semver's grammar."""
    parts: list[str] = []
    for block in blocks(record, "npm", name):
        spans = [pair for span in block.get("ranges") or [] for pair in pairs(span["events"], "npm")]
        parts.extend(_interval(*pair) for pair in spans)
        parts.extend(f"={version}" for version in block.get("versions") or [])
    return " || ".join(parts) or "*"


def _hit(records: Records, name: str, versions: list[str]) -> list[dict[str, Any]]:
    found = {r["id"]: r for version in versions for r in records.hits("npm", name, version)}
    return [found[identity] for identity in sorted(found)]


def _interval(start: str, kind: str, end: str) -> str:
    low = "" if start == "0" else f">={start}"
    high = {"fixed": f"<{end}", "last_affected": f"<={end}", "": ""}[kind]
    return " ".join(part for part in (low, high) if part) or ">=0.0.0"


def _row(record: dict[str, Any], name: str) -> dict[str, Any]:
    vectors = [s["score"] for s in record.get("severity") or [] if s.get("type") == "CVSS_V3" and s.get("score")]
    cwes = (record.get("database_specific") or {}).get("cwe_ids") or []
    return {
        "id": zlib.crc32(f"{record['id']} {name}".encode()),
        "url": f"https://github.com/advisories/{record['id']}",
        "title": record.get("summary") or record["id"],
        "severity": severity(record),
        "vulnerable_versions": npm_range(record, name),
        "cwe": cwes,
        "cvss": {"score": _score(vectors[0]) if vectors else 0, "vectorString": vectors[0] if vectors else None},
    }


def _score(vector: str) -> float:
    from cvss import CVSS3

    return float(CVSS3(vector).base_score)


def _advisory(record: dict[str, Any], name: str, row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "findings": [],
        "module_name": name,
        "github_advisory_id": record["id"],
        "cves": [a for a in record.get("aliases") or [] if a.startswith("CVE-")],
        "patched_versions": "<0.0.0",
        "created": record.get("published", ""),
        "updated": record.get("modified", ""),
        "deleted": None,
        "overview": row["title"],
        "recommendation": "",
        "references": "",
        "access": "public",
        "metadata": None,
        "found_by": None,
        "reported_by": None,
    }


def _finding(findings: list[dict[str, Any]], version: str) -> dict[str, Any]:
    for finding in findings:
        if finding["version"] == version:
            return finding
    findings.append({"version": version, "paths": []})
    return findings[-1]


def _walk(tree: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for name, node in tree.items():
        here = (*path, name)
        if node.get("version"):
            yield name, node["version"], here
        yield from _walk(node.get("dependencies") or {}, here)
