"""Every real Python lockfile and manifest of the shared data set: counted, placed, and every difference explained."""

from __future__ import annotations

import csv
import re

import pytest

from scanner import lockfiles
from scanner.lockfiles.inventory import read_all
from scanner.models import Lockfile
from tests.conftest import SHARED

HOME = SHARED / "lockfiles"
KINDS = {"poetry": "poetry", "uv": "uv", "pdm": "pdm", "pylock": "pylock", "pipfile": "pipfile"}
PEOPLE = {"requirements": "requirements", "pyproject": "pyproject"}

# What a file holds, (packages, to be resolved, not auditable, problems), where that is not "as many packages as INDEX.tsv has entries".
LOCKED = {
    "pdm/syft-separate-files": (57, 0, 0, 0),  # one package stands twice, with and without an extra
    "pipfile/osv-detector-e2e-1": (114, 0, 0, 0),  # 39 stand both in default and in develop
    "pipfile/trivy-ci-test": (85, 0, 1, 0),  # 6 stand in both, one is from git
    "poetry/component-detection": (54, 2, 0, 0),  # its pyproject asks for setuptools and pip, which poetry 1.1 did not lock
    "pylock/pip-audit-package-missing-name": (0, 0, 0, 1),  # broken on purpose
    "pylock/trivy": (9, 0, 0, 0),  # one name and version stands twice, for two platforms
    "pylock/trivy-happy": (11, 0, 1, 0),  # one is from version control
    "uv/component-detection": (34, 0, 0, 0),  # the project itself is an entry, here and below
    "uv/renovate-own": (33, 0, 0, 0),
    "uv/syft-conflicting": (21, 0, 0, 0),
    "uv/syft-nested-extras": (41, 0, 0, 0),
    "uv/trivy-multiple-roots": (1, 0, 0, 0),
}
# INDEX.tsv counts lines that are no comment; options, includes and continuation lines are no requirements.
WRITTEN = {
    "pyproject/pdm-pep621": (0, 41, 0, 0),
    "pyproject/pip-audit-pep621": (0, 21, 0, 0),
    "pyproject/renovate-pep621": (2, 0, 0, 0),
    "pyproject/renovate-poetry-1": (2, 3, 0, 1),  # "Invalid version."
    "pyproject/renovate-poetry-11": (0, 1, 0, 0),
    "pyproject/renovate-poetry-12": (1, 1, 0, 0),
    "pyproject/renovate-poetry-2": (0, 10, 2, 0),
    "pyproject/renovate-poetry-3": (0, 0, 0, 0),
    "pyproject/renovate-poetry-5": (0, 0, 0, 0),
    "pyproject/renovate-poetry-6": (1, 0, 0, 0),
    "pyproject/renovate-poetry-7": (1, 0, 0, 0),
    "pyproject/renovate-poetry-8": (1, 0, 0, 0),
    "pyproject/safety": (1, 21, 0, 0),
    "requirements/osv-scanner-many-names/requirements-transitive.txt": (4, 0, 0, 0),  # with the three of the file it includes
    "requirements/pdm-export-hashed": (6, 0, 0, 0),  # 75 lines are hashes
    "requirements/pdm-includes-editable-vcs/requirements.txt": (4, 0, 2, 0),
    "requirements/renovate-1": (3, 1, 0, 0),
    "requirements/renovate-4": (3, 0, 0, 0),
    "requirements/renovate-5": (6, 0, 0, 0),
    "requirements/renovate-6": (6, 0, 0, 0),
    "requirements/renovate-7": (6, 0, 0, 0),
    "requirements/renovate-git": (0, 0, 5, 0),
    "requirements/renovate-hashed": (2, 0, 0, 0),
    "requirements/scalibr-env_var": (2, 0, 0, 1),  # the version is in a variable
    "requirements/scalibr-example": (1, 7, 3, 2),  # both includes are missing
    "requirements/scalibr-invalid": (0, 0, 1, 3),  # `-foo==1.0` is `-f oo==1.0` to pip
    "requirements/scalibr-multiline_and_comments": (2, 0, 0, 0),
    "requirements/scalibr-no_version": (0, 3, 0, 0),
    "requirements/scalibr-other-loop": (0, 0, 0, 1),  # what it includes is missing
    "requirements/scalibr-remediation": (1, 7, 3, 2),
    "requirements/scalibr-with_versions": (7, 4, 0, 0),  # one requirement is on two lines
    "requirements/syft": (10, 7, 1, 4),  # a missing include, a removed option, two lines that pip refuses
    "requirements/trivy-compatible": (0, 5, 0, 2),  # `==5.*.*` and `==4.*.1` are no versions
    "requirements/trivy-hash": (2, 0, 0, 0),
    "requirements/trivy-with_templating_engine": (0, 0, 0, 5),
}


def rows(kinds: dict[str, str]) -> list[tuple[str, str, int]]:
    """Path, format and entries of each file of these kinds; empty where the data set is absent."""
    if not HOME.is_dir():
        return []
    with (HOME / "INDEX.tsv").open(encoding="utf-8", newline="") as table:
        found = [
            (f"{row['kind']}/{row['folder']}/{row['file']}", kinds[row["kind"]], int(row["entries"]))
            for row in csv.DictReader(table, delimiter="\t")
            if row["kind"] in kinds
        ]
    return [(path, "pyproject" if path.endswith("pyproject.toml") else name, entries) for path, name, entries in found]


def read(path: str) -> str | None:
    """A file of the data set."""
    place = HOME / path
    return place.read_text(encoding="utf-8") if place.is_file() else None


def parsed(path: str, name: str) -> Lockfile:
    """The file, by the format of that name."""
    text = read(path)
    assert text is not None
    return lockfiles.formats()[name].parse(text, path, read)


def counts(lock: Lockfile) -> tuple[int, int, int, int]:
    """What the tables above hold."""
    return len(lock.packages), len(lock.unpinned), len(lock.unaudited), len(lock.problems)


@pytest.mark.shared
@pytest.mark.parametrize(("path", "name", "entries"), [row for row in rows(KINDS) if row[1] != "pyproject"])
def test_real_lockfiles(path: str, name: str, entries: int) -> None:
    lock = parsed(path, name)
    assert counts(lock) == LOCKED.get(path.rpartition("/")[0], (entries, 0, 0, 0))
    assert len({one.key for one in lock.packages}) == len(lock.packages)
    known = {one.key for one in lock.packages}
    assert all(known.issuperset(one.requires) for one in lock.packages)
    _every_package_stands_on_its_line(lock)


@pytest.mark.shared
@pytest.mark.parametrize(("path", "name", "entries"), rows(PEOPLE))
def test_real_manifests_and_requirements(path: str, name: str, entries: int) -> None:
    lock = parsed(path, name)
    assert counts(lock) == WRITTEN.get(path, WRITTEN.get(path.rpartition("/")[0], (entries, 0, 0, 0)))
    _every_package_stands_on_its_line(lock)


def _every_package_stands_on_its_line(lock: Lockfile) -> None:
    for one in lock.packages:
        text = (read(one.location.path) or "").split("\n")[one.location.line - 1][one.location.column - 1 :]
        assert one.name in re.sub(r"[-_.]+", "-", text.lower())


@pytest.mark.shared
def test_the_whole_data_set_as_one_tree_ends_in_values() -> None:
    paths = [str(place.relative_to(HOME)) for place in sorted(HOME.rglob("*")) if place.is_file()]
    found = list(read_all(paths, read))
    assert len(found) > 100
    assert "npm-shrinkwrap/scalibr-both/package-lock.json" not in {one.path for one in found if isinstance(one, Lockfile)}
