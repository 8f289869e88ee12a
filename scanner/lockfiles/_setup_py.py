"""setup.py in, what the ``setup()`` calls in it ask for out; its syntax tree is read, nothing of it is executed."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from typing import TYPE_CHECKING

from scanner.errors import ParseError
from scanner.lockfiles._declared import Declared, declared
from scanner.models import Location, Problem, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MAX_TEXT = 1_000_000
_SCOPES = {"install_requires": Scope.RUNTIME, "tests_require": Scope.DEVELOPMENT, "extras_require": Scope.OPTIONAL}
_HINT = "write the list out in pyproject.toml or setup.cfg, or lock it; what is computed was not audited"


def read_setup_py(text: str, path: str) -> list[Declared | Problem]:
    """What every ``setup(...)`` call asks for. Raises ParseError for what is no Python 3."""
    if len(text) > _MAX_TEXT:
        raise ParseError("is too large for a setup script", hint=_HINT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (RecursionError, MemoryError):  # the parser's own stack; nothing of the machine's memory was short
        raise ParseError("nested too deeply", hint=_HINT) from None
    except (SyntaxError, ValueError) as error:
        raise ParseError("is no Python 3", line=getattr(error, "lineno", 0) or 0, hint=_HINT) from None
    constants = _constants(tree)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node.func))
    return [one for call in calls for keyword in call.keywords for one in _keyword(keyword, path, constants)]


def _is_setup(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "setup") or (isinstance(function, ast.Attribute) and function.attr == "setup")


def _constants(tree: ast.Module) -> Mapping[str, ast.expr]:
    """Names that are assigned once, at the top, and used once: nothing can have changed them in between."""
    uses = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {
        statement.targets[0].id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
        and uses[statement.targets[0].id] == 2
    }  # fmt: skip


def _keyword(keyword: ast.keyword, path: str, constants: Mapping[str, ast.expr]) -> Iterator[Declared | Problem]:
    if keyword.arg is None:
        yield _computed("hands setup() options that are computed", keyword.value, path)
    elif keyword.arg in _SCOPES:
        value = constants.get(keyword.value.id, keyword.value) if isinstance(keyword.value, ast.Name) else keyword.value
        yield from _extras(value, path) if keyword.arg == "extras_require" else _texts(value, path, _SCOPES[keyword.arg], keyword.arg)


def _extras(value: ast.expr, path: str) -> Iterator[Declared | Problem]:
    if not isinstance(value, ast.Dict):
        yield _computed("computes extras_require", value, path)
        return
    for key, texts in zip(value.keys, value.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield from _texts(texts, path, Scope.RUNTIME if key.value.startswith(":") else Scope.OPTIONAL, "extras_require")
        else:
            yield _computed("computes extras_require", key or texts, path)


def _texts(value: ast.expr, path: str, scope: Scope, name: str) -> Iterator[Declared | Problem]:
    """A list of requirements, or a text with one a line."""
    for item in value.elts if isinstance(value, ast.List | ast.Tuple | ast.Set) else (value,):
        if not isinstance(item, ast.Constant) or not isinstance(item.value, str | None):
            yield _computed(f"computes {name}", item, path)
            continue
        for line in filter(None, (part.strip() for part in (item.value or "").split("\n"))):
            yield _requirement(line, _place(item, path), scope)


def _requirement(text: str, where: Location, scope: Scope) -> Declared | Problem:
    try:
        return declared(text, where, scope)
    except ParseError as error:
        return Problem(subject=where.path, reason=error.reason, hint=error.hint, location=where)


def _computed(what: str, node: ast.expr, path: str) -> Problem:
    return Problem(subject=path, reason=what, hint=_HINT, location=_place(node, path))


def _place(node: ast.expr, path: str) -> Location:
    return Location(path=path, line=node.lineno, column=node.col_offset + 1)
