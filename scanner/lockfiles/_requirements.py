"""A requirements file and what it includes in, its requirements and problems out: the format that pip's documentation describes.

``-r`` files are read with it, ``-c`` files pin what it leaves open; each file once. Index options say nothing about packages.
"""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.errors import ParseError, ScannerError
from scanner.lockfiles._declared import Declared, allows, pin
from scanner.lockfiles._lines import Line, logical
from scanner.lockfiles._places import MAX_REQUIREMENTS, refuse_too_many
from scanner.lockfiles._requirement_line import URL, editable, entry
from scanner.lockfiles._requirement_options import included, refuse_unknown
from scanner.models import Location, Problem, Scope

if TYPE_CHECKING:
    from scanner.lockfiles import Reader

_PER_REQUIREMENT = re.compile(r"(?<=\s)--?[A-Za-z].*$")


def read_requirements(text: str, path: str, read: Reader, scope: Scope, *, constraint: bool = False) -> list[Declared | Problem]:
    """All requirements of a file and of the files it includes, constraints applied; lines that are not understood as Problems."""
    reading = _Reading(read, scope)
    reading.file(text, path, constraint=constraint)
    return reading.result()


class _Reading:
    """What has been read so far, over all included files."""

    def __init__(self, read: Reader, scope: Scope) -> None:
        self._read = read
        self._scope = scope
        self._found: list[Declared | Problem] = []
        self._constraints: list[Declared] = []
        self._seen: set[tuple[str, bool]] = set()

    def file(self, text: str, path: str, *, constraint: bool) -> None:
        """Take one file's lines."""
        self._seen.add((path, constraint))
        for line in logical(text):
            if line.text:
                self._line(line, Location(path=path, line=line.line, column=line.column), constraint=constraint)
                refuse_too_many(len(self._found) + len(self._constraints), path, MAX_REQUIREMENTS)

    def result(self) -> list[Declared | Problem]:
        """Requirements with the pins of the constraints, then the constraints' own pins."""
        pins = {one.requirement.name: one for one in self._constraints if one.version}
        wanted = [_constrained(one, pins) if isinstance(one, Declared) else one for one in self._found]
        return [*wanted, *(replace(one, constraint=True) for one in self._constraints if one.version)]

    def _line(self, line: Line, where: Location, *, constraint: bool) -> None:
        try:
            if line.text.startswith("-"):
                self._option(line.text, where, constraint=constraint)
                return
            options = _PER_REQUIREMENT.search(line.text)
            refuse_unknown(options[0] if options else "")
            one = entry(line.text[: options.start()].rstrip() if options else line.text, where, self._scope)
            (self._constraints if constraint else self._found).append(one)
        except ScannerError as error:
            self._found.append(Problem(subject=where.path, reason=error.reason, hint=error.hint, location=where))

    def _option(self, text: str, where: Location, *, constraint: bool) -> None:
        for kind, value in included(text):
            if kind == "editable":
                one = editable(value, where, self._scope, self._read)
                self._found += [one] if one else []
            else:
                self._include(value, where, constraint=constraint or kind == "constraint")

    def _include(self, value: str, where: Location, *, constraint: bool) -> None:
        path = normpath(join(dirname(where.path), value))
        if (path, constraint) in self._seen:
            return
        if not value or URL.match(value) or path.startswith(("../", "/")) or path == "..":
            raise ParseError("includes a file outside of the scanned tree", hint="put the file into the tree; it was not audited")
        text = self._read(path)
        if text is None:
            raise ParseError(f"includes {path}, which does not exist", hint="correct the path; what it holds was not audited")
        self.file(text, path, constraint=constraint)


def _constrained(one: Declared, pins: dict[str, Declared]) -> Declared:
    found = pins.get(one.requirement.name)
    if one.version or one.reason or found is None or not allows(one.requirement.spec, found.version):
        return one
    wanted = one.requirement
    return pin(wanted.name, found.version, wanted.location, wanted.scope, spec=wanted.spec)
