"""Dependencies written as ``name = "^1.2"`` or ``name = {version = …, git = …}`` (poetry, pipenv) in, requirements out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.errors import ParseError
from scanner.lockfiles._declared import Declared, allows, canonical, declared
from scanner.models import Location, Requirement, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.lockfiles._declared import Home

_CARET = re.compile(r"\^\s*(\d+(?:\.\d+)*)([\w.+-]*)$")
_TILDE = re.compile(r"~\s*(\d+(?:\.\d+)*)([\w.+-]*)$")
_WILDCARD = re.compile(r"(?:={1,2}\s*)?(\d+(?:\.\d+)*)(?:\.[*xX])+$")
_BARE = re.compile(r"v?\d[\w.+!-]*$")
_EQUALS, _DIFFERS = re.compile(r"^=(?!=)"), re.compile(r"^<>")
_BETWEEN = re.compile(r" ?, ?|(?<=[\w*]) (?=[<>=!~^])")


class Wish(Struct, frozen=True, rename="kebab"):
    """The keys of a dependency table that decide what is installed."""

    version: str = ""
    git: str = ""
    hg: str = ""
    svn: str = ""
    bzr: str = ""
    url: str = ""
    path: str = ""
    file: str = ""
    optional: bool = False
    extras: list[str] = []
    markers: str = ""
    python: object = None
    platform: object = None

    @property
    def reason(self) -> str:
        """Why no advisory source can know it; empty for a registry's package."""
        if self.git or self.hg or self.svn or self.bzr:
            return "installed from version control"
        if self.url or "://" in self.file:
            return "installed from a URL"
        return "installed from a local path" if self.path or self.file else ""


def wished(name: str, value: Wish, location: Location, scope: Scope, home: Home = ()) -> Declared:
    """The requirement that ``name = value`` makes in the table ``home``.

    Raises ParseError for a version that neither poetry nor pip understands.
    """
    if value.optional and scope is Scope.RUNTIME:
        scope = Scope.OPTIONAL
    if value.reason:
        return Declared(requirement=Requirement(name=canonical(name), location=location, scope=scope), reason=value.reason)
    home = () if value.python or value.platform else home  # poetry's own words for a marker
    extras = f"[{','.join(value.extras)}]" if value.extras else ""
    marker = f" ; {value.markers}" if value.markers else ""
    if "||" in value.version or "|" in value.version:
        wanted = Requirement(name=canonical(name), location=location, spec=extras + value.version + marker, scope=scope)
        return Declared(requirement=wanted, home=home)
    one = declared(f"{name}{extras}{pep440(value.version, location.line)}{marker}", location, scope)
    return replace(one, requirement=replace(one.requirement, name=canonical(name)), home=home)


def pep440(constraint: str, line: int) -> str:
    """poetry's constraint in PEP 440: ``^1.2.3`` is ``>=1.2.3,<2.0.0``. Raises ParseError."""
    text = " ".join(constraint.split())
    if text in ("", "*"):
        return ""
    return ",".join(_clauses(text, line))


def admits(spec: str, version: str) -> bool:
    """Whether a constraint of poetry's or pip's lets a version in, extras and marker left out; False where it cannot be read."""
    wanted = spec.split(";")[0].rpartition("]")[2].strip(" ()")
    try:
        return allows(wanted, version) or any(allows(pep440(one, 0), version) for one in re.split(r"\|\|?", wanted))
    except ParseError:
        return False


def _clauses(text: str, line: int) -> Iterator[str]:
    for clause in _BETWEEN.split(text):
        caret, tilde, wildcard = _CARET.match(clause), _TILDE.match(clause), _WILDCARD.match(clause)
        if caret:
            yield f">={caret[1]}{caret[2]},<{_next(caret[1], _caret_place(caret[1]))}"
        elif tilde and not clause.startswith("~="):
            yield f">={tilde[1]}{tilde[2]},<{_next(tilde[1], min(1, tilde[1].count('.')))}"
        elif wildcard:
            yield f"=={wildcard[1]}.*"
        elif _BARE.match(clause):
            yield f"=={clause}"
        elif clause[:1] in "<>=!~":
            yield _EQUALS.sub("==", _DIFFERS.sub("!=", clause))
        else:
            raise ParseError("a version that cannot be read", line=line, hint="what is not understood is not audited")


def _caret_place(release: str) -> int:
    parts = release.split(".")
    return next((index for index, part in enumerate(parts) if int(part)), len(parts) - 1)


def _next(release: str, place: int) -> str:
    parts = [int(part) for part in release.split(".")]
    return ".".join(str(part) for part in [*parts[:place], parts[place] + 1] + [0] * (len(parts) - place - 1))
