"""Records and coordinates that several tests here use."""

from __future__ import annotations

from typing import Any

from scanner.advisories import Coordinate

HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
MODERATE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"


def record(identity: str = "GHSA-2222-3333-4444", name: str = "left", ecosystem: str = "npm", **keys: Any) -> dict[str, Any]:
    """A small record: ``name`` before 2.0.0."""
    kind = "SEMVER" if ecosystem == "npm" else "ECOSYSTEM"
    spans = [{"type": kind, "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]
    affected = [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": spans}]
    return {"id": identity, "modified": "2024-05-01T00:00:00Z", "summary": f"bad {name}", "affected": affected} | keys


def npm(name: str, version: str = "1.0.0") -> Coordinate:
    return Coordinate(ecosystem="npm", name=name, version=version)


def pypi(name: str, version: str = "1.0.0") -> Coordinate:
    return Coordinate(ecosystem="PyPI", name=name, version=version)
