"""A hundred thousand hostile strings through the program's own writers: log, error stream, file of outputs, step summary.

A runner that reads them sees the commands that were meant, with our data, in both grammars, and nothing else.
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner import action
from scanner.cli import main
from scanner.commands.deliver import Wanted, deliver
from scanner.event import Event
from scanner.reporters import Style, formats, reporter
from scanner.reporters._annotations import Annotation, planned
from scanner.reporters._outputs import outputs
from tests.unit.reporters import hostile, sample
from tests.unit.reporters.test_github_log import MATCHERS, expected, read_back
from tests.unit.reporters.workflow_parser import commands, old_commands, output_pairs

EXAMPLES, STRINGS = 50, 1000
NOT_A_FOLDER = ": cannot be written: Not a directory (choose another path)"
LITERAL = re.compile(r"\\[^\n]|`[^`\n]*`")
LINK = re.compile(r"\]\(<https://(?:osv|evil)\.example[^<>]*>\)")
TAG = re.compile(r"</?(?:details|summary|sub|br|code)>")


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A job's variables; a plain file stands where a report's folder is asked for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("not a folder")
    return {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}


@given(st.integers(0, 2**32))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_runner_reads_what_was_meant(job: dict[str, str], seed: int) -> None:
    """A thousand strings an example, each in the log and in the summary, among the outputs, and in what is refused."""
    texts = hostile.strings(Random(seed), STRINGS)
    _delivered(job, texts)
    _named(job, texts)
    _refused(texts)


def _delivered(job: dict[str, str], texts: list[str]) -> None:
    """A verdict full of them, as a scan hands it out, with reports that cannot be written: the error stream says so."""
    verdict = hostile.verdict(texts)
    blocked = tuple(("json", f"taken/below/a{text}") for text in _names(texts[:2]))
    out, err = io.StringIO(), io.StringIO()
    _empty(job)
    deliver(verdict, Wanted(format="github", outputs=blocked, detail=1), Event(), job, out, err)
    log = out.getvalue()
    failed = [Annotation(level="error", title="not written", message=f"{path}{NOT_A_FOLDER}") for _, path in blocked]
    meant = [expected(one) for one in (*planned(verdict), *failed)]
    assert [read_back(one) for one in commands(log) if "group" not in one.name] == meant
    assert {one.name for one in commands(log)} <= {"error", "warning", "notice", "group", "endgroup"}
    assert old_commands(log) == []
    assert not [line for line in log.splitlines() for matcher in MATCHERS if not line.startswith("::") and matcher.search(line)]
    _only_lines(err.getvalue(), len(blocked))
    _only_ours(Path(job["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8"))


def _named(job: dict[str, str], texts: list[str]) -> None:
    """Names of report files among the outputs: several lines each, so that every string starts one."""
    verdict, names = sample.clean(), ["\n".join(texts[start : start + 10]) for start in range(0, len(texts), 10)]
    _empty(job)
    pairs = list(zip(names[::2], names[1::2], strict=False))
    for one, other in pairs:
        action.write_outputs(job, verdict, {"json": one, "sarif": other})
    content = Path(job["GITHUB_OUTPUT"]).read_bytes().decode()
    assert output_pairs(content) == [pair for one, other in pairs for pair in outputs(verdict, json_file=one, sarif_file=other).items()]


def _refused(texts: list[str]) -> None:
    """Options that are not usable: one error on each stream."""
    for start in range(0, len(texts), STRINGS // 4):
        out, err = io.StringIO(), io.StringIO()
        assert main(["scan", "--fail-on", "".join(texts[start : start + STRINGS // 4])], {"GITHUB_ACTIONS": "true"}, out, err) == 2
        (one,) = commands(out.getvalue())
        assert (one.name, one.properties) == ("error", {"title": "configuration"})
        assert old_commands(out.getvalue()) == []
        _only_lines(err.getvalue(), 1)


@pytest.mark.parametrize("name", sorted({*formats()} - {"github"}))
def test_a_report_printed_in_a_job_starts_no_command(name: str) -> None:
    text = reporter(name).render(hostile.verdict(hostile.strings(Random(11), 5000)), Style(detail=1))
    assert commands(text) == []
    assert old_commands(text) == []


def test_json_reads_back_as_it_was() -> None:
    texts = ["##[error]x", "#[", "###[[", "\\##[", "##"]
    verdict = hostile.verdict(texts)
    report = json.loads(reporter("json").render(verdict, Style()))
    assert [one["subject"] for one in report["problems"]] == [one.subject for one in verdict.problems]


def _names(texts: list[str]) -> list[str]:
    """As names of files, which hold no zero byte."""
    return [text.replace("\x00", "") for text in texts]


def _empty(job: dict[str, str]) -> None:
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        Path(job[name]).write_text("")


def _only_lines(text: str, lines: int) -> None:
    """So many lines of ours, and none of them a command."""
    assert commands(text) == []
    assert old_commands(text) == []
    found = re.split(r"\r\n|\r|\n", text)
    assert (len(found), found[-1]) == (lines + 1, "")
    assert all(line.startswith("security-scan: ") for line in found[:-1])


def _only_ours(page: str) -> None:
    """What is neither escaped nor code in the page is ours: rows, tags and links. It could stand in a log."""
    assert commands(page) == []
    assert old_commands(page) == []
    live = TAG.sub("", LINK.sub("]", LITERAL.sub("", page)))
    assert re.search(r"<[a-zA-Z/!?]|\]\(|(?:://|www\.)(?!\u200b)|@\w", live) is None
    assert {line.count("|") for line in live.splitlines() if line.startswith("| ")} <= {3, 4, 5, 6, 7}
    assert page.splitlines()[0].startswith("## ❌ Security scan failed: ")
