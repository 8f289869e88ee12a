"""The package managers that serve as oracles: pinned versions, installed once below ``.cache/``, run without a terminal or a home."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = {
    "pnpm7": "npm:pnpm@7.33.7",
    "pnpm8": "npm:pnpm@8.15.9",
    "pnpm10": "npm:pnpm@10.34.8",
    "yarn1": "npm:yarn@1.22.22",
    "berry3": "npm:@yarnpkg/cli-dist@3.8.7",
    "berry4": "npm:@yarnpkg/cli-dist@4.9.2",
    "bun": "npm:bun@1.4.5",
    "node-semver": "npm:semver@7.8.5",
    "webhooks": "npm:@octokit/webhooks-examples@7.6.1",
}
_ENTRY = {"pnpm": "bin/pnpm.cjs", "yarn": "bin/yarn.js", "berr": "bin/yarn.js"}
FOLDER = ROOT / ".cache" / "against"


def install() -> Path:
    """``node_modules`` with the pinned tools, put there by the first process that asks; nothing of them is executed on the way."""
    modules = FOLDER / "node_modules"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(modules, FOLDER / "package.json")
    return modules


def _install(modules: Path, manifest: Path) -> None:
    wanted = json.dumps({"private": True, "dependencies": VERSIONS})
    if manifest.is_file() and manifest.read_text() == wanted and all((modules / name).is_dir() for name in VERSIONS):
        return
    command = ["npm", "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    manifest.write_text(wanted)
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        manifest.unlink()
        raise RuntimeError(f"the oracles cannot be installed: {done.stderr[-500:]}")


def run(command: list[str], folder: Path, **environ: str) -> str:
    """What a tool prints; an audit's exit code says what it found and is left to its output."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS") if name in os.environ}
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    given = {**kept, "HOME": str(home), "CI": "1", "NO_COLOR": "1", "NO_UPDATE_NOTIFIER": "1", **environ}
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False, timeout=180)
    if not done.stdout.strip():
        raise AssertionError(f"{command[:4]} said nothing (exit {done.returncode}): {done.stderr[-1500:]}")
    return done.stdout


def yarn_1(folder: Path, url: str) -> list[str]:
    """Yarn 1 asks one registry for audits, whatever it is told: a copy of it that asks ``url``."""
    copy = folder / ".yarn1"
    shutil.copytree(install() / "yarn1", copy)
    program = copy / "lib" / "cli.js"
    text, count = re.subn(r"(YARN_REGISTRY = )'[^']*'", rf"\1'{url}'", program.read_text())
    if count != 1:
        raise AssertionError("Yarn 1 keeps its registry elsewhere")
    program.write_text(text)
    return ["node", str(copy / "bin" / "yarn.js")]


def bun() -> list[str]:
    """The command that starts Bun: its program comes in a package of its platform, and its own install script is not run."""
    found = sorted((install() / "@oven").glob("bun-*/bin/bun"), key=lambda path: "musl" in path.parts[-3])
    if not found:
        raise AssertionError("Bun has no program for this machine")
    return [str(found[0])]


def node(tool: str) -> list[str]:
    """The command that starts an installed tool."""
    return ["node", str(install() / tool / _ENTRY[tool[:4]])]
