"""CycloneDX 1.6, JSON: Verdict in, bill of materials with vulnerabilities out; an accepted one carries an analysis (VEX)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from scanner.models import Kind, Severity
from scanner.reporters import _wording as wording
from scanner.reporters._escape import json_text, valid, web_address

if TYPE_CHECKING:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component
    from cyclonedx.model.vulnerability import BomTarget, Vulnerability, VulnerabilityAnalysis, VulnerabilityRating

    from scanner.models import Judged, Package, Suppression, Verdict
    from scanner.reporters import Style

VECTORS = {"CVSS:3.1": "CVSSv31", "CVSS:3.0": "CVSSv3", "CVSS:4.0": "CVSSv4"}


class CycloneDx:
    """Every audited package once, every advisory once with all that it affects."""

    def render(self, verdict: Verdict, style: Style) -> str:  # noqa: ARG002 -- same bytes for every reader
        """Deterministic, byte for byte."""
        from cyclonedx.output.json import JsonV1Dot6

        text: str = JsonV1Dot6(_bom(verdict)).output_as_string(indent=2)
        return json_text(text) + "\n"


REPORTER = CycloneDx()


def _bom(verdict: Verdict) -> Bom:
    from cyclonedx.model.bom import Bom

    packages = _by_purl(verdict)
    rows = [one for one in verdict.judged if one.finding.kind is Kind.VULNERABILITY]
    identity = "\n".join([verdict.run.target, verdict.run.commit, verdict.run.started_at, *packages, *(one.finding.id for one in rows)])
    components = {purl: _component(group) for purl, group in packages.items()}
    bom = Bom(
        components=components.values(),
        vulnerabilities=_vulnerabilities(rows),
        serial_number=uuid5(NAMESPACE_URL, identity.encode(errors="replace").decode()),
    )
    _describe(bom, verdict, components)
    return bom


def _describe(bom: Bom, verdict: Verdict, components: dict[str, Component]) -> None:
    """Who made it, what it is about, and what needs what; the target needs what nothing else brings in."""
    from cyclonedx.model.component import Component, ComponentType

    tool = Component(type=ComponentType.APPLICATION, name="Security Scan Gate", version=verdict.run.version)
    bom.metadata.tools.components.add(tool)
    bom.metadata.timestamp = _time(verdict.run.started_at) or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    version = verdict.run.commit or None
    bom.metadata.component = target = Component(
        type=ComponentType.APPLICATION, name=valid(verdict.run.target), version=version, bom_ref="target"
    )
    _connect(bom, target, components, _edges(verdict))


def _connect(bom: Bom, target: Component, components: dict[str, Component], edges: dict[str, set[str]]) -> None:
    """Give the bill every dependency at once: the library would look each one up among all of them, in the square of their number."""
    from cyclonedx.model.dependency import Dependency

    ends = {purl: Dependency(ref=one.bom_ref) for purl, one in components.items()}
    brought_in = {purl for needed in edges.values() for purl in needed}
    own = (end for purl, end in ends.items() if purl not in brought_in)
    inner = (Dependency(ref=one.bom_ref, dependencies=[ends[end] for end in edges.get(purl, ())]) for purl, one in components.items())
    bom.dependencies = [Dependency(ref=target.bom_ref, dependencies=own), *inner]
    bom.register_dependency = lambda *_, **__: None  # type: ignore[method-assign]  # all of them are


def _edges(verdict: Verdict) -> dict[str, set[str]]:
    """Package to what it requires, by purl; keys count within one lockfile."""
    known = {(one.location.path, one.key): one.purl for one in verdict.packages if one.key}
    edges: dict[str, set[str]] = {}
    for package in verdict.packages:
        needed = {known[place] for key in package.requires if (place := (package.location.path, key)) in known}
        if needed - {package.purl}:
            edges.setdefault(package.purl, set()).update(needed - {package.purl})
    return edges


def _by_purl(verdict: Verdict) -> dict[str, list[Package]]:
    """Audited packages and, where a report was read back without them, at least the vulnerable ones."""
    found = [one.finding.vulnerable.package for one in verdict.judged if one.finding.vulnerable]
    groups: dict[str, list[Package]] = {}
    for package in sorted((*verdict.packages, *found), key=lambda one: (one.purl, one.location)):
        groups.setdefault(package.purl, []).append(package)
    return groups


def _component(group: list[Package]) -> Component:
    """One package; the manifests that lock it are properties."""
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    package = group[0]
    manifests = [Property(name="security-scan-gate:manifest", value=path) for path in dict.fromkeys(one.location.path for one in group)]
    scopes = [Property(name="security-scan-gate:scope", value=scope) for scope in dict.fromkeys(one.scope.value for one in group)]
    namespace, _, name = package.name.strip("/").rpartition("/") if package.ecosystem == "npm" else ("", "", package.name)
    kind = package.PURL_TYPES.get(package.ecosystem, "generic")
    return Component(
        type=ComponentType.LIBRARY,
        group=namespace or None,
        name=name,
        version=package.version,
        purl=PackageURL(kind, namespace or None, name.strip().strip("/") or "-", package.version),
        bom_ref=package.purl,
        properties=[*manifests, *scopes],
    )


def _vulnerabilities(rows: list[Judged]) -> list[Vulnerability]:
    """One an advisory, and one more where an acceptance covers only some of what it affects."""
    groups: dict[tuple[str, str], list[Judged]] = {}
    for one in rows:
        groups.setdefault((one.finding.rule_id, _detail(one.suppression) if one.suppression else ""), []).append(one)
    return [_vulnerability(group) for group in groups.values()]


def _vulnerability(group: list[Judged]) -> Vulnerability:
    from cyclonedx.model import XsUri
    from cyclonedx.model.vulnerability import Vulnerability, VulnerabilityAdvisory, VulnerabilitySource

    first = group[0].finding
    assert first.vulnerable is not None
    advisory = first.vulnerable.advisory
    address = web_address(advisory.url)
    return Vulnerability(
        bom_ref=f"{advisory.id}#{first.id}",
        id=advisory.id,
        source=VulnerabilitySource(name=advisory.source or "OSV", url=XsUri(address) if address else None),
        ratings=[_rating(group[0])],
        description=advisory.summary or None,
        recommendation=wording.remedy(first),
        advisories=[VulnerabilityAdvisory(url=XsUri(address))] if address else [],
        published=_time(advisory.published),
        affects=[target for purl in dict.fromkeys(_purl(one) for one in group) if (target := _target(purl))],
        analysis=_analysis(group[0].suppression) if group[0].suppression else None,
    )


def _purl(judged: Judged) -> str:
    return judged.finding.vulnerable.package.purl if judged.finding.vulnerable else ""


def _target(purl: str) -> BomTarget:
    from cyclonedx.model.vulnerability import BomTarget

    return BomTarget(ref=purl)


def _rating(judged: Judged) -> VulnerabilityRating:
    from cyclonedx.model.vulnerability import VulnerabilityRating, VulnerabilityScoreSource, VulnerabilitySeverity

    finding = judged.finding
    words = {Severity.MODERATE: "medium", Severity.UNKNOWN: "unknown"}
    vector = finding.vulnerable.advisory.cvss if finding.vulnerable else ""
    return VulnerabilityRating(
        severity=VulnerabilitySeverity(words.get(finding.severity, finding.severity.label)),
        method=VulnerabilityScoreSource(VECTORS.get(vector[:8], "other")) if vector else None,
        vector=vector or None,
        justification=finding.vulnerable.advisory.severity_source or None if finding.vulnerable else None,
    )


def _analysis(suppression: Suppression) -> VulnerabilityAnalysis:
    """Accepting a risk says nothing against it: the state stays ``exploitable``, the answer is that it will not be fixed for now."""
    from cyclonedx.model.impact_analysis import ImpactAnalysisResponse, ImpactAnalysisState
    from cyclonedx.model.vulnerability import VulnerabilityAnalysis

    return VulnerabilityAnalysis(
        state=ImpactAnalysisState.EXPLOITABLE, responses=[ImpactAnalysisResponse.WILL_NOT_FIX], detail=_detail(suppression)
    )


def _detail(suppression: Suppression) -> str:
    return f"accepted: {wording.acceptance(suppression)}"


def _time(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
