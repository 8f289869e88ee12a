"""The commands of a page: a shell block in; each command's words out, checked against the program's own parser, or run in a sandbox."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pygit2

from scanner import settings
from scanner.cli import program
from scanner.errors import ConfigError
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = ("security-scan", "python -m scanner", "python entrypoint.py", ".venv/bin/python entrypoint.py", ".venv/bin/security-scan")
IMAGE = "security-scan-gate"
OTHERS = frozenset({
    ".", "apt-get", "audit-ci", "cat", "cd", "cosign", "cp", "curl", "detect-secrets", "docker", "export", "gh", "git", "gitleaks", "jq",
    "mkdir", "npm", "pip", "pip-audit", "pipx", "pnpm", "poetry", "pre-commit", "python", "python3", "sh", "trivy", "uv", "yarn",
})
_PROGRAM = """\
#!{python}
import os, sys
sys.path.insert(0, {root!r})
from scanner.cli import main
args = sys.argv[1:]
scans = not args or args[0] in ("scan", "staged") or args[0] not in {commands!r} and args[0] not in ("--help", "--version")
sys.exit(main([*args, *(["--osv-url", os.environ["OSV"]] if scans and "--osv-url" not in args and "--help" not in args else [])]))
"""


def commands(body: str) -> Iterator[list[str]]:
    """The words of each command of a block: comments out, continued lines joined, pipes and ``&&`` taken apart."""
    for line in body.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in lexer:
            if set(word) <= set(";&|"):
                yield words
                words = []
            else:
                words.append(word)
        if words:
            yield words


def check(words: list[str]) -> None:
    """Raise AssertionError for a command that this project does not have or that nobody expects on a page."""
    words = [word for index, word in enumerate(words) if not (index == 0 and "=" in word)]
    line = " ".join(words)
    for ours in OURS:
        if line == ours or line.startswith(f"{ours} "):
            return parse(words[len(ours.split()) :])
    if words[0] == "docker" and IMAGE in words:
        return parse(words[words.index(IMAGE) + 1 :])
    if words[0] == "make":
        targets = (ROOT / "Makefile").read_text("utf-8")
        assert all(f"\n{word}:" in targets for word in words[1:] if "=" not in word), f"no such target: {line}"
        return None
    assert words[0] in OTHERS, f"not a command this project knows: {line}"
    return None


def parse(args: list[str]) -> None:
    """Let the program's own parser read the arguments and, for a scan, its values; what files exist does not matter here."""
    args = [word for word in args if not word.startswith((">", "<")) and word != "$?"]
    try:
        context = program.make_context("security-scan", list(args))
        while isinstance(context.command, click.Group):
            name, command, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
            assert command is not None
            context = command.make_context(name, rest, parent=context)
    except click.exceptions.Exit:
        return
    except click.ClickException as error:
        raise AssertionError(f"security-scan {' '.join(args)}: {error.format_message()}") from None
    if context.command.name == "scan":
        _values(context.params)


def sandbox(folder: Path, example: str) -> Path:
    """A git checkout of an example below ``folder``, and beside it ``bin`` with the program."""
    project = folder / "project"
    if example == "repository":
        shutil.copytree(ROOT / "examples", project / "examples")
        shutil.copytree(ROOT / "docs", project / "docs")
    elif example == "source":
        for part in ("scanner", "tests/docs"):
            shutil.copytree(ROOT / part, project / part, ignore=shutil.ignore_patterns("__pycache__", "compiled"))
        shutil.copy(ROOT / "README.md", project / "README.md")
    else:
        shutil.copytree(ROOT / "examples" / example, project)
    repo = pygit2.init_repository(project, initial_head="main")
    repo.index.add_all()
    repo.index.write()
    someone = pygit2.Signature("Example", "example@shop.example", 1_780_000_000, 0)
    first = repo.create_commit("HEAD", someone, someone, "An example", repo.index.write_tree(), [])
    repo.references.create("refs/remotes/origin/main", first)
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    ours = bin_folder / "security-scan"
    ours.write_text(_PROGRAM.format(python=sys.executable, root=str(ROOT), commands=tuple(program.commands)))
    ours.chmod(0o755)
    (bin_folder / "python").symlink_to(sys.executable)
    return project


def run(body: str, project: Path, osv: str) -> subprocess.CompletedProcess[str]:
    """Run a block as one script that stops at the first failure; the advisory service is the loopback's."""
    env = {
        "PATH": f"{project.parent / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(project.parent), "OSV": osv,
        "GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x.example", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x.example",
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")),
    }
    return subprocess.run(["sh", "-e", "-c", body], cwd=project, env=env, capture_output=True, text=True, check=False, timeout=120)


def _values(said: dict[str, object]) -> None:
    fields = set(settings.Options.__struct_fields__) - {"path", "config", "only"}
    known = {name: value for name, value in said.items() if name in fields and not _from_outside(value)}
    try:
        settings.build(settings.Options(**known))  # type: ignore[arg-type]
    except ConfigError as error:
        if "no such" not in str(error):
            raise AssertionError(str(error)) from None


def _from_outside(value: object) -> bool:
    return isinstance(value, str) and "$" in value
