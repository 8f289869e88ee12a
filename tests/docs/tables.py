"""The sections that are made from the code: name in, Markdown out. ``make docs`` writes them, a test compares them."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from importlib import metadata
from typing import TYPE_CHECKING, Any

import click
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scanner import config, lockfiles, policy, reporters
from scanner.cli import program
from tests.conftest import ROOT
from tests.docs import measured, rules_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MEANINGS = {
    policy.CLEAN: ("clean", "everything asked for was checked, nothing at or above the threshold blocks"),
    policy.FINDINGS: ("findings", "at least one finding blocks (also where something could not be checked; the report says so)"),
    policy.USAGE: ("usage", "a bad option, config file or rule: one line says which key, where, and what would be right"),
    policy.INCOMPLETE: ("incomplete", "something that was asked for could not be checked: a service down, a file unreadable, no file"),
}
REASONS = {
    "click": "the command line",
    "cvss": "scores from CVSS 2, 3 and 4 vectors, where an advisory has only these",
    "cyclonedx-python-lib": "the CycloneDX bill of materials",
    "detect-secrets": "its detectors, its baseline's format, and exactly its findings with `rules: detect-secrets`",
    "hyperscan": "every secret rule at once over each file, in linear time: no pattern can hang the job; from 0.7.23 on it misses matches",
    "jinja2": "the HTML report, with everything foreign escaped",
    "msgspec": "JSON and config into typed values, their errors, and the JSON Schemas",
    "packaging": "PEP 440 versions, PEP 508 requirements and markers",
    "pathspec": "gitignore patterns of `exclude`, with git's own rules",
    "pip-audit": "the audit of Python packages, behind our sources",
    "pygit2": "git without a git binary, so that no hook or setting of the scanned repository runs",
    "pyyaml": "pnpm's and Yarn's lockfiles, the config and the rule files",
    "requests": "HTTP, with urllib3's retries",
    "rich": "the console report and the progress bar",
    "tomli": "TOML lockfiles: compiled, and it bounds nesting and the parts of a key, which `tomllib` does not in every Python",
}


def make() -> dict[str, str]:
    """Every generated section by its marker."""
    tables = {
        "inputs": inputs(), "outputs": outputs(), "options": options(), "commands": commands(), "exit codes": exit_codes(),
        "config": config_keys(), "lockfiles": plugins(lockfiles.__name__, lockfiles.formats()), "reports": reports(),
        "dependencies": dependencies(), "brought-in": brought_in(), "rooms": rooms(), "layers": layers(), "rules": rules_page.rules(),
        "families": rules_page.families(), "pages": index(),
        "measured": table(("work", "seconds", "processor seconds", "MB of memory"), measured.rows()),
    }
    return {f"generated: {name}": text for name, text in tables.items()}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |\n" for line in lines)


def inputs() -> str:
    """The action's inputs. Nearly all default to nothing said; the description names what then holds."""
    rows = ((f"`{name}`", one["description"], f"`{one['default']}`" if one["default"] else "") for name, one in _action()["inputs"].items())
    return table(("input", "meaning", "default"), rows)


def outputs() -> str:
    """The action's outputs."""
    return table(("output", "meaning"), ((f"`{name}`", one["description"]) for name, one in _action()["outputs"].items()))


def options() -> str:
    """Every command with its options: a heading, what it does, a table."""
    return "\n".join(_sections(program, ""))


def commands() -> str:
    """Every command and subcommand."""
    return table(("command", "what it does"), _commands(program, "security-scan"))


def exit_codes() -> str:
    """The four ends of the program."""
    return table(("code", "name", "meaning"), ((f"`{code}`", *words) for code, words in sorted(MEANINGS.items())))


def config_keys() -> str:
    """Every key of the config file."""
    schema = config.schema()
    return table(("key", "values", "meaning"), _keys(schema["$defs"]["ConfigFile"], schema["$defs"], ""))


def plugins(package: str, found: Iterable[str]) -> str:
    """The modules of a room that each add one thing, in the words of their docstrings."""
    folder = ROOT.joinpath(*package.split("."))
    rows = ((f"`{name}`", _summary(folder / f"{name}.py")) for name in found)
    return table(("module", "what it does"), rows)


def reports() -> str:
    """The report formats."""
    return plugins(reporters.__name__, reporters.formats())


def dependencies() -> str:
    """The runtime dependencies and what each is for."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return table(("package", "for"), ((f"`{name}`", REASONS[name]) for name in (Requirement(text).name for text in wanted)))


def brought_in() -> str:
    """What those need in turn: everything else that is locked, and by whom it comes."""
    locked = re.findall(r"^([a-z0-9][a-z0-9.-]*)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    needed: dict[str, list[str]] = {name: [] for name in locked if name not in REASONS}
    for parent in locked:
        for text in metadata.requires(parent) or ():
            wanted = Requirement(text)
            name = canonicalize_name(wanted.name)
            if name in needed and "extra ==" not in str(wanted.marker) and f"`{parent}`" not in needed[name]:
                needed[name].append(f"`{parent}`")
    rows = ((f"`{name}`", ", ".join(parents) or "an extra that one of these asks for") for name, parents in needed.items())
    return table(("package", "needed by"), rows)


def rooms() -> str:
    """The modules and packages of ``scanner`` in the words of their docstrings."""
    folder = ROOT / "scanner"
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    found = sorted([*modules, *(path.parent for path in folder.glob("*/__init__.py"))])
    return table(("room", "what goes in, what comes out"), ((_room(path), _summary(path)) for path in found))


def layers() -> str:
    """Who may import whom, highest first, as import-linter checks it."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    lines = parser["importlinter:contract:layers"]["layers"].split("\n")
    return "```\n" + "".join(f"{line.strip().replace('scanner.', '')}\n" for line in lines if line.strip()) + "```\n"


def index() -> str:
    """The pages in ``docs``: title and first sentence."""
    rows = []
    for page in sorted((ROOT / "docs").glob("*.md")):
        title, _, rest = page.read_text("utf-8").removeprefix("# ").partition("\n")
        first = " ".join(rest.strip().partition("\n\n")[0].split())
        rows.append((f"[{title}](docs/{page.name})", re.split(r"(?<=[.:;]) ", first)[0].rstrip(":;")))
    return table(("page", "what it says"), rows)


def _action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return loaded


def _sections(group: click.Group, above: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _sections(command, f"{above}{name} ")
        else:
            rows = [(_option(one), one.help or "") for one in command.params if isinstance(one, click.Option)]
            said = (command.help or "").partition("\n")[0]
            yield f"### {above}{name}\n\n`{command_line(command, f'security-scan {above}{name}')}`: {said}\n" + (
                f"\n{table(('option', 'meaning'), rows)}" if rows else ""
            )


def command_line(command: click.Command, name: str) -> str:
    """``name`` and its arguments."""
    return " ".join([name, *(_argument(one) for one in command.params if isinstance(one, click.Argument))])


def _argument(argument: click.Argument) -> str:
    choices = argument.type.choices if isinstance(argument.type, click.Choice) else ()
    return ("|".join(choices) if choices else argument.human_readable_name) if argument.required else f"[{argument.human_readable_name}]"


def _option(option: click.Option) -> str:
    metavar = option.metavar or ("|".join(option.type.choices) if isinstance(option.type, click.Choice) else "")
    return f"`{', '.join([*option.opts, *option.secondary_opts])}{f' {metavar}' if metavar and not option.is_flag else ''}`"


def _commands(group: click.Group, above: str) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{above} {name}")
        else:
            yield f"`{command_line(command, f'{above} {name}')}`", (command.help or "").partition("\n")[0]


def _keys(shape: dict[str, Any], known: dict[str, Any], above: str) -> Iterator[tuple[str, str, str]]:
    for name, one in shape["properties"].items():
        key = f"{above}{name}"
        meaning = one.get("description", "")
        inner = _shape(one.get("items", one), known)
        if inner and "properties" in inner:
            yield f"`{key}`", "a list" if "items" in one else "a mapping", meaning or inner.get("description", "")
            yield from _keys(inner, known, f"{key}[]." if "items" in one else f"{key}.")
        else:
            yield f"`{key}`", _values(one, known), meaning


def _shape(one: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    name = one.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = known.get(name, {})
    return found


def _values(one: dict[str, Any], known: dict[str, Any]) -> str:
    if "anyOf" in one:
        return " or ".join(_values(choice, known) for choice in one["anyOf"] if choice.get("type") != "null")
    shape = _shape(one, known)
    if "enum" in shape:
        return ", ".join(f"`{word}`" for word in shape["enum"])
    if "properties" in shape:
        return "`{" + ", ".join(shape["properties"]) + "}`"
    words = {"boolean": "`true`, `false`", "array": "a list", "integer": "a number", "number": "a number"}
    return words.get(one.get("type", ""), one.get("format", "text"))


def _room(path: Path) -> str:
    return f"`{path.name}/`" if path.is_dir() else f"`{path.name}`"


def _summary(path: Path) -> str:
    """The first paragraph of a module's docstring."""
    source = path / "__init__.py" if path.is_dir() else path
    said = ast.get_docstring(ast.parse(source.read_text("utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split()).replace("``", "`")
