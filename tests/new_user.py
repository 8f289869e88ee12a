"""``make new-user``: somebody with a clone of HEAD and nothing else follows the README word by word and stops at the first surprise.

First at this machine with an empty HOME, then in a bare ``debian:trixie-slim``, where the README's docker commands are followed too.
``python -m tests.new_user [--here | --container] [--all]``: only one of the two; also ``make test``, which takes as long as it takes.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests import new_user_machines as machines
from tests.conftest import ROOT
from tests.docs import outputs, pages
from tests.e2e import engine

if TYPE_CHECKING:
    from tests.docs.pages import Block
    from tests.new_user_machines import Machine

PLACES = {"--here": f"Python {sys.version.split()[0]}, an empty HOME", "--container": "a bare debian:trixie-slim"}
DEBIAN, INSTALLS, DOCKER = "check: Debian", "check: installs", "check: docker"
_DOCKER = """\
docker() {{
  what=$1; shift
  if test "$what" = run; then set -- -v '{database}:/db:ro' -e SECURITY_SCAN_DB=/db/advisories.db "$@"; fi
  command docker "$what" --network=host "$@"
}}
"""


class Surprise(RuntimeError):
    """The README says one thing and the machine another."""


class Newcomer(NamedTuple):
    """A person at a machine; ``clone`` is theirs, ``readme`` the clone's page as read here, ``remembers`` what their terminal keeps."""

    machine: Machine
    readme: Path
    remembers: list[str]

    @property
    def clone(self) -> str:
        return f"{self.machine.home}/clone"

    def does(self, script: str, *, cwd: str, code: int = 0, environment: dict[str, str] | None = None) -> str:
        """What a script prints. Raises Surprise for another exit code than the README's."""
        done = self.machine.run("\n".join([*self.remembers, script]), cwd=cwd, environment=environment or {})
        if done.returncode != code:
            raise Surprise(f"exit {done.returncode} and not {code}:\n{script}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout + done.stderr

    def has(self, program: str) -> bool:
        """Whether a program is on the machine."""
        return self.machine.run(f"command -v {program}", cwd=self.machine.home, environment={}).returncode == 0


def main(arguments: list[str]) -> int:
    """Exit code 0 when nothing surprised, else 1 and what did."""
    places = [place for place in PLACES if place in arguments] or [*PLACES]
    for place in places:
        _say(f"== {PLACES[place]}")
        if place == "--container" and not (engine.reachable() or engine.startable()):
            _say("left out: no container engine")
            continue
        try:
            _story(place, everything="--all" in arguments)
        except Surprise as surprise:
            _say(f"SURPRISE: {surprise}")
            return 1
        _say("no surprise")
    return 0


def _story(place: str, *, everything: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="new-user-") as scratch, contextlib.ExitStack() as stack:
        home = Path(scratch) / "home"
        home.mkdir()
        machine: Machine = stack.enter_context(machines.container()) if place == "--container" else machines.Here(str(home))
        subprocess.run(["git", "clone", "-q", str(ROOT), f"{scratch}/clone"], check=True)
        machine.bring(Path(scratch) / "clone", f"{machine.home}/clone")
        newcomer = Newcomer(machine, Path(scratch) / "clone" / "README.md", [])
        _first_screen(newcomer, everything=everything)
        _the_rest(newcomer)


def _first_screen(newcomer: Newcomer, *, everything: bool) -> None:
    page = newcomer.readme.read_text("utf-8")
    for block in (one for one in pages.blocks_of(newcomer.readme, "sh") if one.note == DEBIAN and newcomer.machine.bare):
        _say(f"line {block.line}: {_one_line(block)}")
        newcomer.does(block.body, cwd=newcomer.clone)
    for command in page.partition("```\n")[2].partition("```")[0].splitlines():
        if command == "make test" and not everything:
            _say("left out: make test (--all runs it)")
            continue
        _say(command)
        said = newcomer.does(command, cwd=newcomer.clone)
        if command == "make scan":
            _compare(page, said)


def _compare(page: str, said: str) -> None:
    shown = page.partition("<!-- output: make scan -->")[2].partition("<!-- end -->")[0]
    lines = {line for line in shown.splitlines() if line.strip() and not line.startswith("```") and "more lines" not in line}
    missing = lines - set(outputs.steady(said).splitlines())
    if missing:
        raise Surprise("`make scan` does not print what the README shows:\n" + "\n".join(sorted(missing)) + f"\nbut:\n{said[-3000:]}")


def _the_rest(newcomer: Newcomer) -> None:
    for block in pages.blocks_of(newcomer.readme, "sh"):
        said = dict(re.findall(r"(\w+)=(\S+)", block.note))
        if block.note == DEBIAN:
            continue
        if block.note.startswith(DOCKER):
            _with_docker(newcomer, block, said)
        elif "needs" in said and not newcomer.has(said["needs"]):
            _say(f"left out: line {block.line} (no {said['needs']} here)")
        elif block.note == INSTALLS:
            _say(f"line {block.line}: {_one_line(block)}")
            _installs(newcomer, block)
        else:
            _say(f"line {block.line}: {_one_line(block)}")
            database = {} if "--osv-url" in block.body else {"SECURITY_SCAN_DB": f"{newcomer.machine.home}/advisories.db"}
            project = _project(newcomer, said.get("in", "clean-app"), str(block.line))
            newcomer.does(block.body, cwd=project, code=int(said.get("exit", "0")), environment=database)


def _installs(newcomer: Newcomer, block: Block) -> None:
    """The terminal goes on in the environment that the block activates; the advisories of the examples stand in for the service."""
    newcomer.does(block.body, cwd=newcomer.clone)
    kept = [line for line in block.body.splitlines() if line.startswith(". ")]
    newcomer.remembers.extend(f"cd {newcomer.clone}\n{line}\ncd - > /dev/null" for line in kept)
    database = f"{newcomer.machine.home}/advisories.db"
    newcomer.does(f"security-scan db import examples/advisories --db {database}", cwd=newcomer.clone)


def _project(newcomer: Newcomer, example: str, name: str) -> str:
    project = f"{newcomer.machine.home}/work/{name}/project"
    newcomer.does(f"mkdir -p {project} && cp -r examples/{example}/. {project}", cwd=newcomer.clone)
    newcomer.does("git init -q . && git add . && git -c user.name=x -c user.email=x@x.example commit -q -m x", cwd=project)
    return project


def _with_docker(newcomer: Newcomer, block: Block, said: dict[str, str]) -> None:
    """Outside of the container, on its engine. Such an engine has no network of its own, and no way to the advisory service."""
    if not isinstance(newcomer.machine, machines.Container):
        _say(f"left out: line {block.line} (--container runs it)")
        return
    _say(f"line {block.line}: {_one_line(block)}")
    clone = newcomer.readme.parent
    database = clone.parent / "database"
    if not database.is_dir():
        command = [sys.executable, "entrypoint.py", "db", "import", "examples/advisories", "--db", str(database / "advisories.db")]
        subprocess.run(command, cwd=clone, check=True, capture_output=True)
    cwd = clone
    if "in" in said:
        cwd = clone.parent / str(block.line)
        shutil.copytree(clone / "examples" / said["in"], cwd)
    script = _DOCKER.format(database=database) + block.body
    environment = newcomer.machine.engine.environment
    done = subprocess.run(["sh", "-e", "-c", script], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != int(said.get("exit", "0")):
        raise Surprise(f"exit {done.returncode}:\n{block.body}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def _one_line(block: Block) -> str:
    return " ".join(block.body.split())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
