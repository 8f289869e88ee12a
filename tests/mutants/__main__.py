"""``python -m tests.mutants COSMIC_RAY``: mutate a copy of the project, test every mutant, write docs/mutants.md.

COSMIC_RAY is the tool in an environment of its own; the tests run in this one. What no test can kill is explained in equivalent.json.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "mutants.md"
EXPLAINED = Path(__file__).with_name("equivalent.json")
MODULES = {
    "scanner/policy.py": ["tests/unit/test_policy.py"],
    "scanner/loosened.py": ["tests/unit/test_loosened.py"],
    "scanner/secrets/inline.py": ["tests/unit/secrets/test_inline.py"],
    "scanner/secrets/baseline.py": ["tests/unit/secrets/test_baseline.py"],
    "scanner/secrets/found.py": ["tests/unit/secrets/test_found.py"],
}
SECONDS = 60  # tests of one module take one: what takes longer never ends


class Mutant(NamedTuple):
    """One change: ``text`` are the lines of its difference, ``line`` and ``column`` where it begins, ``killed`` whether a test noticed."""

    module: str
    operator: str
    line: int
    column: int
    text: str
    killed: bool


def main(arguments: list[str]) -> int:
    """Exit code 1 where a mutant survives that nobody has explained."""
    explained: dict[str, str] = json.loads(EXPLAINED.read_text())
    mutants = [mutant for module in MODULES for mutant in tried(module, arguments[0])]
    survivors = [one for one in mutants if not one.killed]
    PAGE.write_text(page(mutants, explained))
    unexplained = [one for one in survivors if not why(one, explained)]
    print(f"mutants {len(mutants)}, killed {len(mutants) - len(survivors)}, explained {len(survivors) - len(unexplained)}")
    for one in unexplained:
        print(f"survived: {one.module}:{one.line} {one.operator}\n{one.text}")
    return 1 if unexplained else 0


def tried(module: str, tool: str) -> list[Mutant]:
    """Every mutant of one module, in a copy of the project, whose tests pass while nothing is changed."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        for name in ("scanner", "tests"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "robustness", "e2e"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {' '.join(MODULES[module])}"
        (copy / "cr.toml").write_text(
            f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = {SECONDS}.0\nexcluded-modules = []\ntest-command = "{command}"\n'
            '[cosmic-ray.distributor]\nname = "local"\n'
        )
        for words in (["baseline", "cr.toml"], ["init", "cr.toml", "s.sqlite"], ["--verbosity=ERROR", "exec", "cr.toml", "s.sqlite"]):
            subprocess.run([tool, *words], cwd=copy, check=True)
        dump = subprocess.run([tool, "dump", "s.sqlite"], cwd=copy, check=True, capture_output=True, text=True).stdout
    return [_mutant(*json.loads(line)) for line in dump.splitlines()]


def _mutant(work: dict, result: dict) -> Mutant:
    [change] = work["mutations"]
    lines = [line for line in (result["diff"] or "").splitlines() if line[:1] in "+-" and not line.startswith(("+++", "---"))]
    text = "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines)
    killed = result["test_outcome"] == "killed" or result["worker_outcome"] != "normal"
    return Mutant(change["module_path"], change["operator_name"].removeprefix("core/"), *change["start_pos"], text, killed)


def why(mutant: Mutant, explained: dict[str, str]) -> str:
    """Why a survivor is no gap: what was written down for it, or that only a type or an import for types was changed."""
    if _is_type(mutant):
        return "the types of a signature are never evaluated."
    if mutant.text.startswith("- if TYPE_CHECKING"):
        return "the names are then imported at run time too, where nobody uses them."
    return explained.get(mutant.text, "")


def _is_type(mutant: Mutant) -> bool:
    return (mutant.line, mutant.column) in _types(mutant.module)


@cache
def _types(module: str) -> frozenset[tuple[int, int]]:
    """Every line and column that belongs to the type of an argument or of what is returned: text alone, by the import on top."""
    tree = ast.parse((ROOT / module).read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    types = [node.returns for node in functions] + [node.annotation for node in ast.walk(tree) if isinstance(node, ast.arg)]
    spans = [(one.lineno, one.col_offset, one.end_col_offset or 0) for one in types if one is not None]
    return frozenset((line, column) for line, start, end in spans for column in range(start, end))


def page(mutants: list[Mutant], explained: dict[str, str]) -> str:
    """The results as a page: survivors one by one, but for those that are a type in a signature."""
    rows = []
    for module in MODULES:
        own = [one for one in mutants if one.module == module]
        killed, types = sum(one.killed for one in own), sum(not one.killed and _is_type(one) for one in own)
        rows.append(f"| `{module}` | {len(own)} | {killed} | {types} | {len(own) - killed - types} |")
    shown = [one for one in mutants if not one.killed and not _is_type(one)]
    left = [f"```diff\n{one.text}\n```\n\n`{one.module}`: {why(one, explained) or 'not explained'}\n" for one in shown]
    return (
        "# Mutants\n\nThe modules that decide what blocks and what is accepted, each changed in every way cosmic-ray knows, one change at\n"
        "a time. A mutant is killed when a test fails on it. `make mutants` tries them all again and writes this page.\n\n"
        "| module | mutants | killed | change a type that is never evaluated | survived |\n| --- | ---: | ---: | ---: | ---: |\n"
        + "\n".join(rows)
        + "\n\n## Survivors\n\nEach changes nothing that anybody could notice:\n\n"
        + ("\n".join(dict.fromkeys(left)) if left else "None.\n")
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
