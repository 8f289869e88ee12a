"""Whoever waits is told how far it is, in one process, in several and in the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner import secrets, workspace
from tests.pull_request import PullRequest


@pytest.mark.parametrize("jobs", [1, 4])
def test_from_the_first_file_to_the_last(tmp_path: Path, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.secrets import workers

    monkeypatch.setattr(workers, "ALONE_BYTES", 100)
    for number in range(200):
        (tmp_path / f"{number}.py").write_text("value = 1\n" * 50)
    listing = workspace.list_files(str(tmp_path), ())
    told: list[float] = []
    secrets.scan(listing.files, workspace.opener(str(tmp_path)), secrets.Options(jobs=jobs, progress=told.append))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert len(told) == 200 or jobs > 1


def test_through_the_commits(tmp_path: Path) -> None:
    pull = PullRequest(tmp_path, {"a.txt": "1\n"}, {"b.txt": "2\n"})
    told: list[float] = []
    secrets.scan_history(str(pull.tree), "all", secrets.Options(progress=told.append))
    assert told[-1:] == [1.0]
