"""Python packages go through pip-audit's Auditor, and nothing is lost or run on the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scanner.dependencies import python
from scanner.dependencies.audit import AuditResult, Options, audit
from scanner.dependencies.consult import consult
from scanner.dependencies.resolve import never
from scanner.models import Severity
from tests.unit.dependencies.sample import Memory, advisory, affects, at, lockfile, package, span, wants

ROOT = Path(__file__).parents[3]
GHSA = advisory("GHSA-a", affects(span("introduced 0", "fixed 1.4"), ecosystem="PyPI"), aliases=("CVE-1",), severity=Severity.LOW)
PYSEC = advisory("PYSEC-a", affects(span("introduced 0", "fixed 1.4.0"), ecosystem="PyPI"), aliases=("CVE-1",), severity=Severity.UNKNOWN)
EXACT = advisory("PYSEC-b", affects(ecosystem="PyPI", versions=("2004d",)))


def run(*versions: str, source: Memory) -> AuditResult:
    found = [package("lib", version, ecosystem="PyPI", line=n, key=version) for n, version in enumerate(versions, 1)]
    python_file = lockfile(*found, direct=[wants("lib", key=versions[0])], path="requirements.txt", format="requirements", audit="python")
    return audit([python_file], [source], Options(), resolver=never("off"))


def test_twins_are_one_finding() -> None:
    (finding,) = run("1.0", "1.4", source=Memory(GHSA, PYSEC)).findings
    assert (finding.rule_id, finding.aliases) == ("GHSA-a", ("CVE-1", "PYSEC-a"))
    assert finding.vulnerable is not None
    assert finding.vulnerable.fixed_versions == ("1.4",)


def test_two_spellings_of_one_version_are_both_found() -> None:
    assert len(run("1.0", "1.0.0", source=Memory(GHSA)).findings) == 2


def test_what_is_no_pep440_version_is_found_by_its_name_or_is_a_problem() -> None:
    result = run("2004d", source=Memory(EXACT))
    assert ([one.rule_id for one in result.findings], result.problems) == (["PYSEC-b"], ())
    result = run("2004e", source=Memory(EXACT, GHSA))
    assert (result.findings, len(result.problems)) == ((), 1)


def test_one_question_for_all_and_no_answer_is_a_problem() -> None:
    source = Memory(down="timeout")
    result = run("1.0", "1.1", "1.2", source=source)
    assert (len(result.problems), len(source.asked), result.findings) == (1, 3, ())


def test_what_the_auditor_leaves_out_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The findings are the Auditor's: an Auditor that reports nothing leaves nothing."""
    import pip_audit._audit

    monkeypatch.setattr(pip_audit._audit.Auditor, "audit", lambda self, source: ((one, []) for one in source.collect()))
    _, matches = python.check([at("1.0", ecosystem="PyPI")], lambda asked: consult(asked, [Memory(GHSA)]))
    assert [match.found for match in matches.values()] == [()]


def test_a_pip_in_the_current_folder_is_never_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    (tmp_path / "pip.py").write_text(f"open({str(ran)!r}, 'w')")
    code = (
        "from scanner.dependencies import python\n"
        "from scanner.dependencies.consult import Consulted\n"
        "python.check((), lambda asked: Consulted())\n"
        "import sys; assert 'pip_audit._audit' in sys.modules\n"
        "assert not {'rich', 'requests', 'cachecontrol', 'pip_api'} & sys.modules.keys(), 'imported for nothing'"
    )
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, ran.exists()) == (0, "", False)


def test_it_costs_nothing_where_there_is_no_python() -> None:
    code = (
        "from scanner.dependencies.audit import Options, audit\n"
        "from scanner.dependencies.resolve import never\n"
        "from tests.unit.dependencies.sample import Memory, lockfile, package\n"
        "assert audit([lockfile(package('a'))], [Memory()], Options(), resolver=never('off')).audited\n"
        "import sys; print([name for name in ('pip_audit', 'pip_api', 'requests', 'packaging') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
