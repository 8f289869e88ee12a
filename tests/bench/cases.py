"""What is compared: each case names its input, its contenders (ours first) and what it has to reach."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench import lockfiles, repositories, trees
from tests.bench.peers import (
    betterleaks,
    cat,
    detect_secrets,
    gitleaks,
    kingfisher,
    npm_audit,
    ours,
    pip_audit,
    pip_audit_of_pins,
    pnpm_audit,
)
from tests.bench.places import CACHE, made_repository
from tests.bench.services import PINS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.bench.measure import Contender

RECORDS = 20_000


@dataclass(frozen=True)
class Goal:
    """At most ``limit`` times as long as ``against``; in seconds where it is empty; at least ``limit`` MB/s where it is ``MB/s``."""

    limit: float
    against: str = ""


@dataclass(frozen=True)
class Case:
    """``contenders`` is called with the address of the loopback services, which answer after ``distance`` seconds; ``folder`` is the input
    whose weight is told."""

    key: str
    title: str
    contenders: Callable[[str], list[Contender]]
    goals: tuple[Goal, ...] = ()
    rounds: int = 5
    sample: bool = False
    distance: float = 0
    folder: Callable[[], Path] | None = None


def all_cases() -> list[Case]:
    """In the order of the report."""
    return [*_secrets(), *_dependencies(), *_repositories()]


def _secrets() -> list[Case]:
    return [
        Case(
            "secrets", "Secrets in a large tree", lambda _: _finders(trees.whole()), rounds=4, sample=True, folder=trees.whole,
            goals=(Goal(150, "MB/s"), Goal(0.5, "kingfisher"), Goal(0.4, "betterleaks"), Goal(0.1, "gitleaks"), Goal(2, "cat")),
        ),
        Case(
            "detect-secrets", "The report of detect-secrets (`rules: detect-secrets`)", lambda _: _detectors(), rounds=1,
            goals=(Goal(0.01, "detect-secrets"),), folder=lambda: trees.part(16),
        ),
        Case("cold-start", "Secrets in one file", lambda _: _finders(one_file())[:-1], (Goal(0.3), Goal(0.5, "gitleaks")), rounds=9),
    ]


_NO_PIP = Goal(0.1, "pip-audit -r --no-deps --disable-pip")


def _dependencies() -> list[Case]:
    return [
        Case("typical", "A typical repository, everything", lambda _: [_typical()], (Goal(1),), folder=typical, sample=True),
        Case("npm", "A package-lock.json of 2,000 packages", _npm, (Goal(0.2, "npm audit"),), sample=True),
        Case("pnpm", "A pnpm-lock.yaml of 2,000 packages", _pnpm, (Goal(0.2, "pnpm audit"),)),
        Case("pip", "A requirements.txt of 300 pins", _pip, (Goal(0.1, "pip-audit -r"), _NO_PIP), rounds=3),
        Case("pip-far", "A requirements.txt of 300 pins, the service 20 ms away", _pins, (_NO_PIP,), rounds=3, distance=0.02),
        Case("database", "2,000 packages against a database of 200,000 records", lambda _: [_large_database()], sample=True),
    ]


def _repositories() -> list[Case]:
    return [
        Case(
            "history", "Secrets in a history of 10,000 commits", lambda _: _historians(10_000), (Goal(0.5, "gitleaks"),),
            rounds=3, sample=True,
        ),
        Case(
            "pull-request", "A pull request of 20 files in a repository of 100,000", lambda _: [_pull_request()], (Goal(1),), sample=True,
            folder=lambda: repositories.monorepo(100_000, 20),
        ),
        Case(
            "pull-request-again", "The same with the cache that an earlier run left", lambda _: [_pull_request(CACHE / "kept")], (Goal(1),),
            sample=True, folder=lambda: repositories.monorepo(100_000, 20),
        ),
    ]


def sizes() -> dict[str, dict[int, Callable[[str], list[Contender]]]]:
    """The same work in growing sizes, for the plots: megabytes of source (as a share of the tree), packages."""
    return {
        "tree": {share: lambda _, share=share: _finders(trees.part(share)) for share in (64, 16, 4, 2)},  # type: ignore[misc]
        "packages": {
            size: lambda url, size=size: [_offline(lockfiles.npm(size)), npm_audit(lockfiles.npm(size), url)]  # type: ignore[misc]
            for size in (100, 1000, 5000, 10_000, 20_000)
        },
        "commits": {count: lambda _, count=count: _historians(count)[:2] for count in (5000, 10_000)},  # type: ignore[misc]
    }


def one_file() -> Path:
    """A folder with one short file."""
    return made_repository("one-file", lambda folder: (folder / "main.py").write_text('print("hello")\n') and None)


def typical() -> Path:
    """3,000 source files and three lockfiles of 500 packages each."""

    def build(folder: Path) -> None:
        shutil.copytree(trees.typical(), folder, dirs_exist_ok=True)
        for name, source in (("web", lockfiles.npm(500)), ("site", lockfiles.pnpm(500)), ("api", lockfiles.pins(500))):
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(".git"))

    return made_repository("typical", build)


def _finders(tree: Path) -> list[Contender]:
    return [ours(tree, "--only", "secrets"), kingfisher(tree), betterleaks(tree), gitleaks(tree), cat(tree)]


def _detectors() -> list[Contender]:
    tree = trees.part(16)
    config = CACHE / "detect-secrets.yml"
    config.write_text("secrets: {rules: detect-secrets}\n")
    return [ours(tree, "--only", "secrets", "--config", str(config)), detect_secrets(tree)]


def _typical() -> Contender:
    return ours(typical(), "--advisories", "offline", "--advisory-db", str(lockfiles.database(RECORDS)))


def _offline(folder: Path) -> Contender:
    return ours(folder, "--only", "dependencies", "--advisories", "offline", "--advisory-db", str(lockfiles.database(RECORDS)))


def _online(folder: Path, url: str) -> Contender:
    options = ("--only", "dependencies", "--advisories", "online", "--osv-url", url)
    return ours(folder, *options, name="security-scan, online")


def _npm(url: str) -> list[Contender]:
    folder = lockfiles.npm(2000)
    return [_offline(folder), npm_audit(folder, url), _online(folder, url)]


def _pnpm(url: str) -> list[Contender]:
    folder = lockfiles.pnpm(2000)
    return [_offline(folder), pnpm_audit(folder, url), _online(folder, url)]


def _pip(url: str) -> list[Contender]:
    return [*_pins(url), pip_audit(lockfiles.pins(PINS) / "requirements.txt", url)]


def _pins(url: str) -> list[Contender]:
    folder = lockfiles.pins(PINS)
    return [_online(folder, url), pip_audit_of_pins(folder / "requirements.txt", url)]


def _large_database() -> Contender:
    return ours(
        lockfiles.npm(2000), "--only", "dependencies", "--advisories", "offline", "--advisory-db", str(lockfiles.database(200_000))
    )


def _historians(commits: int) -> list[Contender]:
    repository = repositories.history(commits)
    return [
        ours(repository, "--only", "secrets", "--history", "all"), gitleaks(repository, history=True), kingfisher(repository, history=True),
        betterleaks(repository, history=True),
    ]


def _pull_request(memory: Path | None = None) -> Contender:
    return ours(repositories.monorepo(100_000, 20), "--only", "secrets", "--base", "HEAD^", memory=memory)
