"""One line of a requirements file in, what it asks for out: a requirement, or a URL, repository or path that nobody can audit."""

from __future__ import annotations

import re
from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from scanner.lockfiles._declared import Declared, canonical, declared
from scanner.models import Location, Requirement, Scope

if TYPE_CHECKING:
    from scanner.lockfiles import Reader

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)
_ARCHIVE = (".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz")
_MANIFESTS = ("pyproject.toml", "setup.cfg")


def entry(text: str, where: Location, scope: Scope) -> Declared:
    """A line that is no option, without its comment. Raises ParseError."""
    url = URL.match(text)
    if url and "@" not in text[: url.end()]:
        return _unknown(text, where, scope, "installed from version control" if "+" in url[0] else "installed from a URL")
    first = re.split(r"[\s;@\[<>=!~]", text, maxsplit=1)[0]
    if first.startswith((".", "/", "\\")) or "/" in first or first.lower().endswith(_ARCHIVE):
        return _unknown(text, where, scope, "installed from a local path")
    return declared(text, where, scope)


def editable(value: str, where: Location, scope: Scope, read: Reader) -> Declared | None:
    """An editable install; None for a project of this tree whose own manifest is audited in its own right."""
    if URL.match(value):
        return _unknown(value, where, scope, "installed from version control" if "+" in value else "installed from a URL")
    folder = normpath(join(dirname(where.path), value.split("[")[0].split(";")[0].strip() or "."))
    inside = not folder.startswith(("../", "/")) and folder != ".."
    if inside and any(read(normpath(join(folder, name))) is not None for name in _MANIFESTS):
        return None
    return _unknown(value, where, scope, "installed from a local path")


def _unknown(text: str, where: Location, scope: Scope, reason: str) -> Declared:
    return Declared(requirement=Requirement(name=named(text), location=where, scope=scope), reason=reason)


def named(text: str) -> str:
    """The name by which ``allow-unaudited`` accepts a URL or path: its egg, its wheel's name or its last part; never its user or token."""
    egg = next((_NAME.match(part[4:]) for part in text.partition("#")[2].split("&") if part.startswith("egg=")), None)
    if egg:
        return canonical(egg[0])
    last = _last_part(re.split(r"[?#;\s]", text, maxsplit=1)[0].replace("\\", "/"))
    if not last.endswith(".whl"):
        return last.removesuffix(".git") or "."
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename
    from packaging.version import InvalidVersion

    try:
        return str(parse_wheel_filename(last)[0])
    except (InvalidWheelFilename, InvalidVersion):
        return last.removesuffix(".git") or "."


def _last_part(address: str) -> str:
    """The last part of a path or a URL's path, without the revision; the host of a URL without a path, the part of which may be a token."""
    if not URL.match(address):
        last = unquote(basename(address.rstrip("/")))
        return last.rpartition("@")[0] or last
    try:
        url = urlsplit(address)
        host, last = url.hostname or "", unquote(basename(url.path.rstrip("/")))
    except ValueError:
        return ""
    if host or url.scheme.endswith("file"):
        return (last.rpartition("@")[0] if "@" in last else last) or host
    return last.rpartition("@")[2]  # no host where one belongs: what stands before the sign may be a user
