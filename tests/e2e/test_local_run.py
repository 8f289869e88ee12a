"""``docker run --rm -v "$PWD:/github/workspace" IMAGE``: the same program on a developer's checkout, whoever owns it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import repositories

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.e2e.engine import Engine

pytestmark = pytest.mark.e2e

_SOMEBODY = 4321
_OFFLINE = ("--advisories", "offline", "--advisory-db", "/advisories")


def _scan(engine: Engine, image: str, repository: Path, *options: str, container: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    mounts = ("-v", f"{repository}:/github/workspace", "-v", f"{repositories.ADVISORIES}:/advisories:ro")
    return engine.attempt("run", "--rm", "--network=none", *mounts, *container, image, *_OFFLINE, *options)


def _report(engine: Engine, image: str, repository: Path, *, container: tuple[str, ...] = ()) -> dict[str, Any]:
    done = _scan(engine, image, repository, "--format", "json", container=container)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize(("example", "code"), [("vulnerable-app", 1), ("clean-app", 0)])
def test_the_exit_code_is_the_verdict(engine: Engine, image: str, tmp_path: Path, example: str, code: int) -> None:
    app = repositories.copy_example(example, tmp_path / "app")
    repositories.commit(app)
    done = _scan(engine, image, app)
    assert done.returncode == code, done.stdout + done.stderr


def test_it_leaves_the_checkout_as_it_was(engine: Engine, image: str, tmp_path: Path) -> None:
    app = repositories.copy_example("vulnerable-app", tmp_path / "app")
    repositories.commit(app)
    before = {path: path.stat().st_mtime_ns for path in app.rglob("*")}
    _scan(engine, image, app)
    assert {path: path.stat().st_mtime_ns for path in app.rglob("*")} == before


@pytest.mark.parametrize("depth", ["full", "shallow"])
@pytest.mark.parametrize(("owner", "user"), [(0, 0), (_SOMEBODY, 0), (_SOMEBODY, _SOMEBODY), (0, _SOMEBODY), (_SOMEBODY, 1234)])
def test_any_owner_and_any_user(engine: Engine, image: str, tmp_path: Path, owner: int, user: int, depth: str) -> None:
    app = repositories.copy_example("vulnerable-app", tmp_path / "app")
    (app / ".gitignore").write_text("ignored.env\n")
    commit = repositories.commit(app)
    if depth == "shallow":
        commit = repositories.make_shallow(app)
    (app / "services/api/.env").rename(app / "ignored.env")
    repositories.give_to(app, owner)
    report = _report(engine, image, app, container=("--user", f"{user}:{user}"))
    assert report["commit"] == commit
    assert report["verdict"] == "fail"
    places = {finding["location"]["path"] for finding in report["findings"]}
    assert "apps/web/src/lib/admin.ts" in places
    assert "ignored.env" not in places


def test_the_rules_come_with_the_image(engine: Engine, image: str, tmp_path: Path) -> None:
    """Nothing is compiled, and so nothing kept, when it runs: its file system may be read-only (/tmp apart)."""
    app = repositories.copy_example("clean-app", tmp_path / "app")
    repositories.commit(app)
    home = tmp_path / "home"
    home.mkdir()
    done = _scan(engine, image, app, container=("--read-only", "--tmpfs=/tmp", "--env=HOME=/github/home", "-v", f"{home}:/github/home"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(home.rglob("*.hs")) == []


def test_a_folder_without_git(engine: Engine, image: str, tmp_path: Path) -> None:
    app = repositories.copy_example("vulnerable-app", tmp_path / "app")
    report = _report(engine, image, app)
    assert report["verdict"] == "fail"
    assert report["scanned"]["files"] > 0


def test_an_empty_workspace_is_not_green(engine: Engine, image: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = _scan(engine, image, tmp_path / "empty")
    assert done.returncode == 3, done.stdout + done.stderr
