"""``make new-user``: a clone of HEAD, an empty HOME and a new environment follow the README word by word and stop at the first surprise.

``python -m tests.new_user [--all]``: ``--all`` also runs ``make test``, which takes as long as it takes. Needs git and make.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT
from tests.docs import outputs, pages

KEPT = (
    *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "LANG"),
    *("PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST"),
)
INSTALLS = "check: installs"


class Surprise(RuntimeError):
    """The README says one thing and the machine another."""


class Newcomer(NamedTuple):
    """A person with nothing but a clone, an environment variable or two, and the README."""

    folder: Path

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    def environment(self) -> dict[str, str]:
        """An empty HOME; of this machine only its package index, and its interpreter."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        for config in (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
            if config.is_file():
                kept.setdefault("PIP_CONFIG_FILE", str(config))
        path = f"{self.folder / 'env/bin'}:{Path(sys.executable).resolve().parent}:/usr/local/bin:/usr/bin:/bin"
        return {**kept, "HOME": str(self.folder / "home"), "PATH": path, "SECURITY_SCAN_DB": str(self.folder / "advisories.db")}

    def does(self, script: str, *, cwd: Path, code: int = 0, database: bool = True) -> str:
        """What a script prints. Raises Surprise for another exit code than the README's."""
        env = self.environment()
        if not database:
            env.pop("SECURITY_SCAN_DB")
        done = subprocess.run(["sh", "-e", "-c", script], cwd=cwd, env=env, capture_output=True, text=True, check=False)
        if done.returncode != code:
            raise Surprise(f"exit {done.returncode} and not {code}:\n{script}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout + done.stderr


def main(arguments: list[str]) -> int:
    """Exit code 0 when nothing surprised, else 1 and what did."""
    with tempfile.TemporaryDirectory(prefix="new-user-") as scratch:
        newcomer = Newcomer(Path(scratch))
        try:
            _first_screen(newcomer, everything="--all" in arguments)
            _the_rest(newcomer)
        except Surprise as surprise:
            _say(f"SURPRISE: {surprise}")
            return 1
    _say("no surprise")
    return 0


def _first_screen(newcomer: Newcomer, *, everything: bool) -> None:
    (newcomer.folder / "home").mkdir()
    newcomer.does(f"git clone -q '{ROOT}' '{newcomer.clone}'", cwd=newcomer.folder)
    for command in _page(newcomer).partition("```\n")[2].partition("```")[0].splitlines():
        if command == "make test" and not everything:
            _say("left out: make test (--all runs it)")
            continue
        _say(command)
        said = newcomer.does(command, cwd=newcomer.clone)
        if command == "make scan":
            _compare(newcomer, said)


def _compare(newcomer: Newcomer, said: str) -> None:
    shown = _page(newcomer).partition("<!-- output: make scan -->")[2].partition("<!-- end -->")[0]
    lines = {line for line in shown.splitlines() if line.strip() and not line.startswith("```") and "more lines" not in line}
    missing = lines - set(outputs.steady(said).splitlines())
    if missing:
        raise Surprise("`make scan` does not print what the README shows:\n" + "\n".join(sorted(missing)))


def _the_rest(newcomer: Newcomer) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(newcomer.folder / "env")], check=True)
    for block in (one for one in pages.blocks("sh") if one.page == ROOT / "README.md"):
        said = dict(re.findall(r"(\w+)=(\S+)", block.note))
        needed = said.get("needs", "sh")
        if block.note.startswith("check: docker") or not shutil.which(needed):
            _say(f"left out: line {block.line} ({block.note})")
            continue
        _say(f"line {block.line}: {' '.join(block.body.split())}")
        if block.note == INSTALLS:
            newcomer.does(block.body, cwd=newcomer.clone)
            newcomer.does("security-scan db import examples/advisories", cwd=newcomer.clone)
        else:
            project = _project(newcomer, said.get("in", "clean-app"), str(block.line))
            newcomer.does(block.body, cwd=project, code=int(said.get("exit", "0")), database="--osv-url" not in block.body)


def _project(newcomer: Newcomer, example: str, name: str) -> Path:
    project = newcomer.folder / "work" / name / "project"
    shutil.copytree(newcomer.clone / "examples" / example, project)
    newcomer.does("git init -q . && git add . && git -c user.name=x -c user.email=x@x.example commit -q -m x", cwd=project)
    return project


def _page(newcomer: Newcomer) -> str:
    return (newcomer.clone / "README.md").read_text("utf-8")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
