"""Results that other tools published for real lockfiles: ours are the same, or the difference is written down here with its reason.

* axios and follow-redirects (audit-ci, allowlisted path): two advisories were published after the recording, one was scored anew.
* html-minifier, babel-traverse, lodash.template (osv-detector): the records were widened after the recording.
* glob-parent 3.1.0 (osv-detector): the record was narrowed to 4.0.0 and later after the recording.
* PYSEC records whose GHSA twin, which osv-detector shows in their place, is not in the data set (both listed by ``hits`` as affected).
* everything else that osv-detector reports and we do not: the record is not in the data set (``hits`` below proves it for each).
* npmcli-audit-mkdirp has no answer of its own: the registry's answer for a larger tree with the same mkdirp stands in for it.
* npmcli-snapshots: the data set says where they come from and does not hold them, so there is nothing to compare.
* osv-scanner's cases need records of 2025 and 2026: what we find with older ones must be among what it found.
"""

from __future__ import annotations

import datetime as dt
import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.against.expected import published
from tests.against.expected.published import Hit
from tests.against.expected.replay import Records, read, records, replay
from tests.conftest import SHARED
from tests.loopback import Records as BruteForce

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.dependencies.audit import AuditResult

pytestmark = pytest.mark.shared
EXPECTED = SHARED / "expected"
DETECTED_ON = dt.date(2023, 12, 20)


def cases(prefix: str) -> list[str]:
    return sorted(path.name for path in EXPECTED.glob(prefix)) if EXPECTED.is_dir() else []


def ours(result: AuditResult, like: set[Hit]) -> set[Hit]:
    """Our findings in the shape of a published result: version and severity only where that has them."""
    versions, severities = any(hit.version for hit in like), any(hit.severity for hit in like)
    told = ((one, one.vulnerable.package) for one in result.findings if one.vulnerable)
    return {Hit(p.name, p.version if versions else "", f.rule_id, f.severity.label if severities else "") for f, p in told}


def reader(folder: Path) -> tuple[str, Callable[[str], set[Hit]]]:
    if (folder / "npm7-output.json").is_file():
        return "npm7-output.json", published.npm_report
    if (folder / "pnpm-output.json").is_file():
        return "pnpm-output.json", published.quick_report
    if (folder / "output.jsonl").is_file():
        return "output.jsonl", published.yarn_lines
    return "output.json", published.berry_lines if "yarn-4" in folder.name else published.quick_report


AXIOS = Hit("axios", "", "GHSA-4w2v-q235-vp99", "high")
CHANGED = {
    "audit-ci-npm-allowlisted-path": (
        {AXIOS},
        {
            AXIOS._replace(severity="moderate"),
            Hit("axios", "", "GHSA-wf5p-g6vw-rhxx", "moderate"),
            Hit("follow-redirects", "", "GHSA-cxjh-pqwp-8mfp", "moderate"),
        },
    )
}


@pytest.mark.parametrize("case", cases("audit-ci-*"))
def test_audit_ci(case: str) -> None:
    """What npm, pnpm and yarn 1 to 4 said: packages, versions, advisories and severities."""
    folder = EXPECTED / case
    name, parse = reader(folder)
    expected = parse((folder / name).read_text())
    result = replay(folder, records(SHARED))
    gone, new = CHANGED.get(case, (set(), set()))
    assert ours(result, expected) == (expected - gone) | new
    assert result.problems == ()


@pytest.fixture(scope="module")
def brute_force() -> BruteForce:
    """The same records behind the loopback server's own matching, which shares nothing with ours."""
    found = BruteForce.load(SHARED / "advisories")
    with tarfile.open(SHARED / "advisories" / "pysec-2024-10-10.tar.xz") as pack:
        for one in pack:
            text = pack.extractfile(one) if one.name.endswith(".yaml") else None
            if text is not None:
                found.add(json.loads(json.dumps(yaml.load(text, yaml.CSafeLoader), default=str)))
    return found


WIDENED = {Hit("html-minifier", "3.5.21", "GHSA-pfq8-rq6v-vf5m"), Hit("babel-traverse", "6.26.0", "GHSA-67hx-6x53-jw92")}
WIDENED |= {Hit("lodash.template", "4.5.0", "GHSA-35jh-r3h4-6jhm")}


@pytest.mark.parametrize(
    ("case", "same", "of"),
    [
        ("osv-detector-1-package-lock-json", 18, 18),
        ("osv-detector-2-package-lock-json", 62, 71),
        ("osv-detector-1-yarn-lock", 51, 61),
        ("osv-detector-2-yarn-lock", 61, 68),
        ("osv-detector-1-Pipfile-lock", 21, 26),
        ("osv-detector-1-poetry-lock", 34, 42),
    ],
)
def test_osv_detector(case: str, same: int, of: int, brute_force: BruteForce) -> None:
    expected = published.osv_detector((EXPECTED / case / "out.txt").read_text())
    result = replay(EXPECTED / case, records(SHARED), as_of=DETECTED_ON)
    told = [(one.vulnerable.package, one) for one in result.findings if one.vulnerable]
    found = {(package.name, package.version, name) for package, one in told for name in one.names}
    missing = {hit for hit in expected if (hit.package, hit.version, hit.id) not in found}
    assert (len(expected - missing), len(expected)) == (same, of)
    ecosystem = "npm" if case.endswith(("package-lock-json", "yarn-lock")) else "PyPI"
    assert {hit for hit in missing if hit.id in {one["id"] for one in brute_force.hits(ecosystem, hit.package, hit.version)}} == set()
    known = {(hit.package, hit.version, hit.id) for hit in expected}
    extra = {(p.name, p.version, f.rule_id) for p, f in told if not any((p.name, p.version, name) in known for name in f.names)}
    unseen = {Hit(*one) for one in extra} - WIDENED
    assert {hit for hit in unseen if not hit.id.startswith("PYSEC-")} == set()
    assert {hit for hit in unseen if hit.id not in {one["id"] for one in brute_force.hits(ecosystem, hit.package, hit.version)}} == set()


@pytest.mark.parametrize("case", ["one-vuln", "dep-vuln-with-own-advisory", "missing-packument", "all-severities", "fix-old-tap"])
def test_npm_with_the_registrys_own_answer(case: str) -> None:
    """npm's recorded registry answers: each row hits exactly the versions that the registry says, with its severity."""
    folder = EXPECTED / f"npmcli-audit-{case}"
    answer = json.loads((folder / "audit.json").read_text())
    installed = {(package.name, package.version) for lockfile in read(folder) for package in lockfile.packages}
    told = answer["advisories"].values()
    expected = {Hit(a["module_name"], f["version"], published.identity(a), _level(a["severity"])) for a in told for f in a["findings"]}
    result = replay(folder, Records(published.rows((folder / "audit.json").read_text())))
    by_range = {hit for hit in ours(result, expected) if (hit.package, hit.version) in installed}
    assert by_range == {hit for hit in expected if (hit.package, hit.version) in installed}


def test_npm_bulk_and_quick_answers_for_the_same_tree_agree() -> None:
    folder = EXPECTED / "npmcli-audit-omit"
    quick = json.loads((folder / "quick.json").read_text())["advisories"].values()
    expected = {(one["module_name"], found["version"]) for one in quick for found in one["findings"]}
    result = replay(folder, Records(published.rows((folder / "bulk.json").read_text())))
    assert {(one.vulnerable.package.name, one.vulnerable.package.version) for one in result.findings if one.vulnerable} == expected


def test_npm_below_a_folder() -> None:
    """A package of npm that only a package in a folder brings in: the answer recorded for a tree with the same packages names it."""
    rows = Records(published.rows((SHARED / "protocol" / "npm-audit" / "audit-nyc-mkdirp__advisory-bulk.json").read_text()))
    found = [one.vulnerable.package for one in replay(EXPECTED / "npmcli-audit-mkdirp", rows).findings if one.vulnerable]
    assert [(package.name, package.version, package.location.line) for package in found] == [("minimist", "0.0.8", 11)]


def test_npm_without_development() -> None:
    folder = EXPECTED / "npmcli-audit-omit"
    source = Records(published.rows((folder / "bulk.json").read_text()))
    fewer = Records(published.rows((folder / "bulk-omitdev.json").read_text()))
    assert {one.id for one in replay(folder, source, include_dev=False).findings} == {
        one.id for one in replay(folder, fewer, include_dev=False).findings
    }


def _level(word: str) -> str:
    return published.WORDS[word].label


@pytest.mark.parametrize(
    ("title", "answer"), [("audit 1", "all"), ("audit --dev 1", "dev"), ("audit: advisories in ignoreGhsas do not show up 1", "all")]
)
def test_pnpm(title: str, answer: str) -> None:
    """pnpm's own table, made from the registry's recorded answer."""
    folder = EXPECTED / "pnpm-has-vulnerabilities"
    expected = published.pnpm_snapshot((folder / "index.ts.snap").read_text(), f"plugin-commands-audit {title}")
    name = {"all": "all-vulnerabilities-response.json", "dev": "dev-vulnerabilities-only-response.json"}[answer]
    found = ours(replay(folder, Records(published.rows((folder / name).read_text()))), expected)
    assert len(expected) > 5
    assert (found >= expected) if "ignore" in title else (found == expected)


@pytest.mark.parametrize("case", cases("pnpm-update-*"))
def test_pnpm_update(case: str) -> None:
    """What the registry's mock answers is found, with the patched version it names, in the versions it names."""
    folder = EXPECTED / case
    for response in sorted(folder.glob("response-*.json")):
        told = [one for found in json.loads(response.read_text()).values() for one in found]
        hits = ((one, found["version"]) for one in told for found in one["findings"])
        expected = {Hit(one["module_name"], version, published.identity(one), one["severity"]) for one, version in hits}
        result = replay(folder, Records(published.rows(response.read_text())))
        assert ours(result, expected) == expected
        patched = {one["patched_versions"].removeprefix(">=") for one in told} - {"<0.0.0"}
        assert {one.vulnerable.recommended_version for one in result.findings if one.vulnerable} - {""} == patched


@pytest.mark.parametrize(
    ("case", "golden", "database", "ecosystem"),
    [
        ("trivy-npm", "npm.json.golden", "nodejs.yaml", "npm"),
        ("trivy-yarn", "yarn.json.golden", "nodejs.yaml", "npm"),
        ("trivy-pip", "pip.json.golden", "python.yaml", "PyPI"),
        ("trivy-pipenv", "pipenv.json.golden", "python.yaml", "PyPI"),
        ("trivy-poetry", "poetry.json.golden", "python.yaml", "PyPI"),
        ("trivy-pylock", "pylock.json.golden", "python.yaml", "PyPI"),
    ],
)
def test_trivy(case: str, golden: str, database: str, ecosystem: str) -> None:
    """With the fixture database of Trivy's own test: the same CVEs on the same versions."""
    expected = {hit._replace(severity="") for hit in published.trivy((EXPECTED / case / golden).read_text())}
    source = Records(published.trivy_database(EXPECTED / "trivy-db" / database, ecosystem))
    assert {hit._replace(package=hit.package.lower()) for hit in ours(replay(EXPECTED / case, source), expected)} == expected


def test_osv_scanner_requirements() -> None:
    """Each of our findings is a row of osv-scanner's table, by any of its ids."""
    rows = published.osv_scanner_table((EXPECTED / "osv-scanner-requirements" / "table.txt").read_text())
    result = replay(EXPECTED / "osv-scanner-requirements", records(SHARED))
    told = {(file, name, version, id_) for file, name, version, ids in rows for id_ in ids}
    for one in result.findings:
        assert one.vulnerable is not None
        package = one.vulnerable.package
        assert any((package.location.path, package.name, package.version, name) in told for name in one.names), one.message
    assert len(result.findings) >= 9


def test_osv_scanner_fix() -> None:
    folder = EXPECTED / "osv-scanner-in-place-npm"
    expected = published.osv_scanner_fix((folder / "fix.json").read_text())
    assert ours(replay(folder, records(SHARED)), expected) <= expected


def test_ansi_html_whose_fix_came_late() -> None:
    result = replay(EXPECTED / "osv-scanner-ansi-html", records(SHARED))
    assert {one.rule_id for one in result.findings} == {"GHSA-whgm-jr23-g3j9"}


def test_every_case_is_compared_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    named = ("audit-ci-", "pnpm-update-", "npmcli-audit-")
    cases = {path.name for path in EXPECTED.iterdir()}
    assert {case for case in cases if not case.startswith(named) and case not in text} == set()
    assert {case for case in cases if case.startswith("npmcli-audit-") and case.removeprefix("npmcli-audit-") not in text} == set()
