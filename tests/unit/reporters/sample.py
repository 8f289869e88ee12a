"""Sample verdicts for every reporter's tests: one of each thing a report can say, plus clean, incomplete and large ones."""

from __future__ import annotations

import datetime as dt

from scanner.models import (
    Advisory,
    Audited,
    Finding,
    Judged,
    Kind,
    Location,
    Notice,
    Origin,
    Outcome,
    Package,
    Problem,
    Related,
    Run,
    Scanned,
    Scope,
    Secret,
    Severity,
    Skipped,
    Step,
    Suppression,
    Verdict,
    Vulnerable,
)

API = "services/api/requirements.txt"
WEB = "apps/web/package.json"
WEB_LOCK = "apps/web/package-lock.json"


WHOSE = {Origin.INTRODUCED: "introduced by this pull request", Origin.EXISTING: "already on main"}


def verdict() -> Verdict:
    """A failing scan with one of everything, nothing left unchecked."""
    return Verdict(
        outcome=Outcome.FAIL,
        exit_code=1,
        judged=judged(),
        notices=(Notice(subject="npm registry", reason="did not answer; the OSV service answered for all packages"),),
        stale=(Suppression(by="config", id="GHSA-0000-stal-0000", reason="gone", location=Location(path=".security-scan.yml", line=14)),),
        expired=(
            Suppression(
                by="config",
                id="GHSA-aaaa-1111-bbbb",
                reason="waiting for the vendor",
                expires=dt.date(2026, 3, 1),
                location=Location(path=".security-scan.yml", line=9),
            ),
        ),
        expiring=(allow(),),
        loosened=(
            Notice(
                subject="allow entry GHSA-cccc-3333-dddd",
                reason="new in this pull request: accepts minimist 0.0.8",
                location=Location(path=".security-scan.yml", line=5),
            ),
        ),
        audited=audited(),
        scanned=Scanned(files=213, bytes=1_482_113, skipped=(Skipped(path="apps/web/logo.png", reason="binary"),)),
        packages=packages(),
        run=run(),
    )


def clean() -> Verdict:
    """Everything was checked, nothing was found."""
    return Verdict(
        outcome=Outcome.PASS, exit_code=0, audited=audited(), scanned=Scanned(files=213, bytes=1_482_113), packages=packages(), run=run()
    )


def incomplete() -> Verdict:
    """Nothing blocks, but a lockfile and a service could not be read."""
    return Verdict(
        outcome=Outcome.INCOMPLETE,
        exit_code=3,
        problems=(
            Problem(
                subject="apps/web/pnpm-lock.yaml",
                reason="not valid YAML: found character '\\t' that cannot start any token",
                hint="run pnpm install and commit the lockfile again",
                location=Location(path="apps/web/pnpm-lock.yaml", line=17),
            ),
            Problem(
                subject="https://osv.example/v1/querybatch",
                reason="no answer within 30 s (3 tries)",
                hint="give --advisory-db, or run the job again",
            ),
        ),
        audited=(*audited()[:1], Audited(manifest=WEB_LOCK, format="npm", ecosystem="npm", packages=0, source="", complete=False)),
        scanned=Scanned(files=40, bytes=9_000),
        run=run(),
    )


def many(count: int) -> Verdict:
    """``count`` blocking findings, each in its own package, worst first."""
    found = [vulnerability(f"package-{n}", "1.0.0", f"GHSA-{n:04}-many-0000", Severity(4 - n % 2), line=n + 1) for n in range(count)]
    rows = tuple(Judged(finding=one, blocking=True) for one in sorted(found, key=lambda one: -one.severity))
    return Verdict(outcome=Outcome.FAIL, exit_code=1, judged=rows, audited=audited(), run=run())


def run() -> Run:
    """Where and when."""
    return Run(
        version="1.0.0",
        target=".",
        commit="5f0e9b5d2c1a4f3e8d7c6b5a49382716050f4e3d",
        base="0d1c2b3a49586776859403f2e1d0c9b8a7f6e5d4",
        started_at="2026-05-04T10:11:12Z",
        duration_s=2.25,
    )


def audited() -> tuple[Audited, ...]:
    """The manifests of the sample."""
    osv = {"source": "OSV", "source_date": "2026-05-04"}
    return (
        Audited(manifest=API, format="requirements", ecosystem="PyPI", packages=12, source=osv["source"], source_date=osv["source_date"]),
        Audited(manifest=WEB_LOCK, format="npm", ecosystem="npm", packages=844, source=osv["source"], source_date=osv["source_date"]),
    )


def packages() -> tuple[Package, ...]:
    """Two packages of each manifest."""
    return (
        package("PyPI", "jinja2", "2.11.2", API, 4),
        package("PyPI", "flask", "1.1.2", API, 3),
        package("npm", "minimist", "0.0.8", WEB_LOCK, 120),
        package("npm", "@babel/traverse", "7.20.0", WEB_LOCK, 30),
    )


def package(ecosystem: str, name: str, version: str, path: str, line: int) -> Package:
    """A locked package."""
    return Package(ecosystem=ecosystem, name=name, version=version, location=Location(path=path, line=line), scope=Scope.RUNTIME)


def allow() -> Suppression:
    """An entry of the config file that accepts the minimist finding."""
    return Suppression(
        by="config",
        id="GHSA-cccc-3333-dddd",
        reason="only in the build step",
        expires=dt.date(2026, 5, 10),
        package="minimist",
        location=Location(path=".security-scan.yml", line=5),
    )


def judged() -> tuple[Judged, ...]:
    """Six findings, worst first: three block, one warns, two are accepted."""
    return (
        Judged(finding=babel(), blocking=True),
        Judged(finding=token(), blocking=True),
        Judged(finding=jinja("GHSA-aaaa-1111-bbbb", Severity.HIGH, Origin.EXISTING), blocking=True),
        Judged(finding=jinja("GHSA-eeee-5555-ffff", Severity.MODERATE, Origin.NEWLY_PUBLISHED), blocking=False),
        Judged(finding=minimist(), blocking=False, suppression=allow()),
        Judged(
            finding=token(path="docs/example.md", line=7),
            blocking=False,
            suppression=Suppression(by="inline", id="github-token", reason="made up", location=Location(path="docs/example.md", line=7)),
        ),
    )


def babel() -> Finding:
    """A critical one that a direct dependency brings in; the place to edit is that dependency's manifest line."""
    found = vulnerability("@babel/traverse", "7.20.0", "GHSA-67hx-6x53-jw92", Severity.CRITICAL, ecosystem="npm", path=WEB, line=18)
    return _with(
        found,
        origin=Origin.INTRODUCED,
        related=(Related(location=Location(path=WEB_LOCK, line=30), note="locked here"),),
        paths=(("web", "@babel/core", "@babel/traverse"), ("web", "jest", "@babel/core", "@babel/traverse")),
        fixed=("7.23.2", "8.0.0-alpha.4"),
        fix="npm install @babel/core@7.23.2",
    )


def jinja(advisory: str, severity: Severity, origin: Origin) -> Finding:
    """One of two advisories of the same direct dependency."""
    found = vulnerability("jinja2", "2.11.2", advisory, severity, path=API, line=4)
    return _with(found, origin=origin, paths=(("api", "jinja2"),), fixed=("2.11.3",), fix=f"change line 4 of {API} to jinja2==2.11.3")


def minimist() -> Finding:
    """An accepted one."""
    found = vulnerability("minimist", "0.0.8", "GHSA-cccc-3333-dddd", Severity.CRITICAL, ecosystem="npm", path=WEB_LOCK, line=120)
    return _with(found, origin=Origin.INTRODUCED, paths=(("web", "mkdirp", "minimist"),), fixed=("0.2.4",), fix="npm update minimist")


def token(path: str = "apps/web/src/api.ts", line: int = 12) -> Finding:
    """A secret with columns."""
    return Finding(
        id=f"secret-{path}-{line}",
        kind=Kind.SECRET,
        rule_id="github-token",
        severity=Severity.CRITICAL,
        audit="secrets",
        title="GitHub token",
        message="GitHub token (gh" + "p_… 40 characters). Delete it in the settings of its owner.",
        location=Location(path=path, line=line, column=15, end_line=line, end_column=55),
        origin=Origin.INTRODUCED,
        origin_note=WHOSE[Origin.INTRODUCED],
        secret=Secret(detector="github-token", redacted="gh" + "p_…", length=40),
    )


def vulnerability(
    name: str, version: str, advisory: str, severity: Severity, *, ecosystem: str = "PyPI", path: str = API, line: int = 1
) -> Finding:
    """A vulnerable package, without a path or a fix."""
    url = f"https://osv.example/vulnerability/{advisory}"
    record = Advisory(
        id=advisory,
        aliases=("CVE-2023-" + "".join(c for c in advisory if c.isdigit())[:5],),
        summary=f"{name} runs what it is given",
        url=url,
        severity=severity,
        severity_source="CVSS:3.1 vector",
        cvss="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        published="2026-05-01T08:00:00Z",
    )
    return Finding(
        id=f"{advisory}-{name}-{path}",
        kind=Kind.VULNERABILITY,
        rule_id=advisory,
        severity=severity,
        audit="python" if ecosystem == "PyPI" else "npm",
        title=f"{name} {version}: {advisory}",
        message=f"{name}@{version}: {record.summary} ({advisory}, {severity.label})",
        location=Location(path=path, line=line),
        help_url=url,
        aliases=record.aliases,
        vulnerable=Vulnerable(package=package(ecosystem, name, version, path, line), advisory=record),
    )


def _with(
    found: Finding,
    *,
    origin: Origin,
    paths: tuple[tuple[str, ...], ...],
    fixed: tuple[str, ...],
    fix: str,
    related: tuple[Related, ...] = (),
) -> Finding:
    from msgspec.structs import replace

    assert found.vulnerable is not None
    vulnerable = replace(found.vulnerable, paths=paths, fixed_versions=fixed, recommended_version=fixed[0], fix=(Step(text=fix),))
    return replace(found, origin=origin, origin_note=WHOSE.get(origin, ""), vulnerable=vulnerable, related=related)
