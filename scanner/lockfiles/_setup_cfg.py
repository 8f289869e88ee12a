"""setup.cfg in, what ``install_requires``, ``extras_require`` and ``tests_require`` ask for out, each with its place."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, NamedTuple

from scanner.errors import ParseError
from scanner.lockfiles._declared import Declared, declared
from scanner.lockfiles._requirements import read_requirements
from scanner.models import Location, Problem, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles import Reader

_SECTION = re.compile(r"\[([^\]\n]+)\]")
_OPTION = re.compile(r"([^\s:=#;][^:=]*)[:=]\s*")
_EXTRA = "options.extras_require"
_SCOPES = {("options", "install_requires"): Scope.RUNTIME, ("options", "tests_require"): Scope.DEVELOPMENT}


class _Value(NamedTuple):
    section: str
    option: str
    text: str
    line: int
    column: int


def read_setup_cfg(text: str, path: str, read: Reader) -> list[Declared | Problem]:
    """What a setup.cfg asks for."""
    return [one for value in _values(text) for one in _requirements(value, path, read)]


def setup_cfg_python(text: str) -> str:
    """The versions of Python that it admits; empty where it does not say."""
    return next((one.text for one in _values(text) if (one.section, one.option) == ("options", "python_requires")), "")


def declares(text: str, kind: str) -> bool:
    """Whether a setup.cfg holds a project's ``dependencies`` or ``optional-dependencies``: a comment, or an empty option, does not."""
    if kind == "dependencies":
        return any((one.section, one.option) == ("options", "install_requires") for one in _values(text))
    return any(one.section == _EXTRA for one in _values(text))


def _requirements(value: _Value, path: str, read: Reader) -> Iterator[Declared | Problem]:
    scope = Scope.OPTIONAL if value.section == _EXTRA else _SCOPES.get((value.section, value.option))
    if scope is None:
        return
    where = Location(path=path, line=value.line, column=value.column)
    if value.text.startswith("file:"):
        for name in value.text[5:].split(","):
            yield from _file(name.strip(), where, read, scope)
        return
    yield from _texts(value.text, where, scope)


def _texts(text: str, where: Location, scope: Scope) -> Iterator[Declared | Problem]:
    """One requirement, or several that stand on one line with semicolons between them (which markers have too)."""
    try:
        yield declared(text, where, scope)
    except ParseError as error:
        first, semicolon, rest = text.partition(";")
        if semicolon:
            yield from _texts(first.strip(), where, scope)
            yield from _texts(rest.strip(), where, scope) if rest.strip() else ()
        else:
            yield Problem(subject=where.path, reason=error.reason, hint=error.hint, location=where)


def _file(name: str, where: Location, read: Reader, scope: Scope) -> Iterator[Declared | Problem]:
    target = normpath(join(dirname(where.path), name))
    text = None if target.startswith(("../", "/")) else read(target)
    if text is None:
        hint = "correct the path; what it holds was not audited"
        yield Problem(subject=where.path, reason=f"takes requirements from {target}, which does not exist", hint=hint, location=where)
        return
    yield from read_requirements(text, target, read, scope)


def _values(text: str) -> Iterator[_Value]:
    """Each line of each option, as configparser joins them: indented lines belong to the option above."""
    section = option = ""
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip()
        if not content or content[0] in "#;":
            continue
        header = _SECTION.match(line)
        start = _OPTION.match(line)
        if header:
            section, option = header[1].strip(), ""
        elif start and not line[0].isspace():
            option = start[1].strip().lower().replace("-", "_")
            if line[start.end() :].strip():
                yield _value(section, option, line[start.end() :], number, start.end())
        elif option:
            yield _value(section, option, line, number, 0)


def _value(section: str, option: str, text: str, line: int, offset: int) -> _Value:
    return _Value(section, option, text.strip(), line, offset + len(text) - len(text.lstrip()) + 1)
