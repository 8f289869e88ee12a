"""What a requirement or a ``resolved`` address of the npm world points to: text in, its source, the real name and the release out."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote

_RELEASE = re.compile(r"/((?:@[^/]+/)?[^/@]+)/-/(?:@[^/]+/)?([^/]+)\.tgz(?:[?#].*)?$")
_GIT = re.compile(r"(?:git[+:@]|ssh:|github:|gitlab:|bitbucket:|gist:)|https?://[^#?]+\.git(?:[#?]|$)", re.IGNORECASE)
_FORGE = re.compile(r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/[^/]+/[^/#]+/?(?:#.*)?$", re.IGNORECASE)
_SHORT_GIT = re.compile(r"[\w-][\w.-]*/[\w.-]+(?:#.*)?$")
_PATH = re.compile(r"(?:file:|\.{0,2}/|~/|\.{1,2}$|[A-Za-z]:[\\/])")
_FOLDER = re.compile(r"[\w.@-]")
MAX_ADDRESS = 4096
"""Longer addresses are no release of a registry."""


class Source(Enum):
    """Where a dependency comes from; ``OURS`` is part of the scanned tree itself (workspace, link)."""

    REGISTRY = "the registry"
    OURS = "this project"
    GIT = "a git repository"
    TARBALL = "a URL"
    FILE = "a local file"
    RUNTIME = "a runtime download"


class Release(NamedTuple):
    """A version of a package as a registry publishes it."""

    name: str
    version: str


def source_of(spec: str) -> Source:
    """The source that a requirement (``^1.0.0``, ``npm:a@1``, ``owner/repo``, ``file:../x``) or a ``resolved`` address names.

    Follows the "dependencies" chapter of npm's package.json manual, and the protocols that pnpm, Yarn and Bun add.
    """
    if spec.startswith(("workspace:", "link:", "portal:")):
        return Source.OURS
    if spec.startswith("runtime:"):
        return Source.RUNTIME
    if _PATH.match(spec) or spec.startswith("exec:"):
        return Source.FILE
    if _GIT.match(spec) or _FORGE.match(spec) or _SHORT_GIT.match(spec):
        return Source.GIT
    return Source.TARBALL if spec.startswith(("http:", "https:")) else Source.REGISTRY


def is_tarball(spec: str) -> bool:
    """Whether a path or address is that of a packed package (a path that is not one is a directory)."""
    return re.split(r"[#?]", spec, maxsplit=1)[0].lower().endswith((".tgz", ".tar.gz", ".tar"))


def folder_of(spec: str) -> str:
    """The folder that ``file:./x`` means, empty for any other spec; what Yarn binds it to behind ``#`` or ``::`` is left out."""
    path = re.split(r"[#?]|::", spec.removeprefix("file:"), maxsplit=1)[0]
    return path if source_of(spec) is Source.FILE and _FOLDER.match(path) and not is_tarball(path) else ""


def split_spec(text: str) -> tuple[str, str]:
    """``@scope/name@range`` in two; the range is empty where there is none."""
    name, _, wanted = text[1:].partition("@")
    return text[:1] + name, wanted


def alias(spec: str) -> Release | None:
    """``npm:real@^1`` as (real, ^1); None for anything that is no alias: ``npm:^1`` keeps its own name."""
    if not spec.startswith("npm:"):
        return None
    target = spec[4:]
    name, wanted = split_spec(target)
    named = bool(wanted) or target.startswith("@") or not re.match(r"[\d^~<>=*|]|v\d|[xX](?:\.|$)|latest$|next$", target)
    return Release(name, wanted) if named else None


def range_text(spec: str) -> str:
    """The range of a requirement: ``^1`` of ``npm:real@^1``."""
    if not spec.startswith("npm:"):
        return spec
    other = alias(spec)
    return other.version if other else spec[4:]


def release(address: str) -> Release | None:
    """The package and version of a registry's tarball address (``…/name/-/name-1.0.0.tgz``); None for any other address."""
    is_address = address.startswith(("http:", "https:")) and len(address) <= MAX_ADDRESS
    match = _RELEASE.search(unquote(address)) if is_address else None
    if match is None:
        return None
    name, file = match[1], match[2]
    prefix = name.rpartition("/")[2] + "-"
    return Release(name, file.removeprefix(prefix)) if file.startswith(prefix) else None


def version_text(version: str) -> str:
    """A version as the registry writes it: npm publishes ``v1.0.0`` and ``=1.0.0`` as ``1.0.0``."""
    return re.sub(r"^[v=\s]+(?=\d)", "", version)


def published(address: str) -> tuple[Source, Release | None]:
    """The source of an address, and the release where it is the tarball of one: such a dependency is a registry's, whatever the host."""
    source = source_of(address)
    found = release(address) if source is Source.TARBALL else None
    return (Source.REGISTRY if found else source), found
