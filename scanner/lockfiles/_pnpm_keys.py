"""The keys of a pnpm-lock.yaml, all its generations: text in, name, version and source out; which key a reference of a dependency means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scanner.lockfiles._npm_specs import Release, Source, release, source_of, split_spec, version_text
from scanner.lockfiles._yaml import Map

if TYPE_CHECKING:
    from collections.abc import Container

_VERSION = re.compile(r"v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.+-]+)?$")
_OLD_KEY = re.compile(r"(?:[^/@][^/]*)?/(?P<name>(?:@[^/]+/)?[^/@]+)/(?P<rest>[^/]+)$")
_ADDRESS = re.compile(r"[a-z][a-z+.-]*:|@?[^/@]+/[^@]*$")
"""With a scheme, or as 5.x and 6 write those of forges: ``github.com/owner/repo/commit``, ``@codeload.github.com/…``."""


class Identity(NamedTuple):
    """What a key stands for; ``version`` is empty where the key does not say it."""

    name: str
    version: str
    source: Source


def identify(key: str, entry: Map) -> Identity:
    """``/a/1.0.0_peer`` (5.x), ``/a@1.0.0(peer@2)`` (6), ``a@1.0.0`` (9), and what stands for git, tarballs, directories and runtimes.

    The entry's own ``name`` and ``version`` tell more where the key is an address; its ``resolution`` says what the address is of.
    """
    name, rest = _parts(without_peers(key))
    name = _text(entry, "name") or name
    resolution = entry.get("resolution")
    source = _source(rest, resolution if isinstance(resolution, Map) else Map())
    known = release(_text(resolution, "tarball") or rest) if source is Source.TARBALL else None
    if known:
        return Identity(known.name, known.version, Source.REGISTRY)
    version = rest if _VERSION.match(rest) else _text(entry, "version")
    return Identity(name, version_text(version), source)


def fetched(entry: Map) -> Release | None:
    """The release whose address an entry gives (``resolution: {tarball: …}``)."""
    return release(_text(entry.get("resolution"), "tarball"))


def without_peers(key: str) -> str:
    """A key without the peers (``(react@18.0.0)``) that tell two installations of one version apart; 5.x: see ``_parts``."""
    return key.partition("(")[0]


def key_of(name: str, reference: str, keys: Container[str]) -> str:
    """The key that ``name: reference`` of a dependency means; empty for ``link:`` and for what is not there."""
    for candidate in (f"{name}@{reference}", f"/{name}@{reference}", f"/{name}/{reference}", reference, f"/{reference}"):
        if candidate in keys:
            return candidate
    return ""


def _parts(key: str) -> tuple[str, str]:
    """Name and version or address of a key without its peers; a key that is a bare address has no name."""
    old = _OLD_KEY.match(key)
    if old and _VERSION.match(_without_suffix(old["rest"])):
        return old["name"], _without_suffix(old["rest"])
    if _ADDRESS.match(key):
        return "", key
    name, rest = split_spec(key.removeprefix("/"))
    return name, _without_suffix(rest) if _VERSION.match(_without_suffix(rest)) else rest


def _without_suffix(rest: str) -> str:
    """A version of 5.x without its peers, ``1.0.0_react@18.0.0``."""
    return rest.partition("_")[0]


def _source(rest: str, resolution: Map) -> Source:
    kind = _text(resolution, "type")
    if kind == "git" or "repo" in resolution:
        return Source.GIT
    if kind == "directory" or "directory" in resolution:
        return Source.FILE
    if kind in ("variations", "binary") or rest.startswith("runtime:"):
        return Source.RUNTIME
    if _VERSION.match(rest):
        return Source.REGISTRY
    tarball = _text(resolution, "tarball")
    if tarball.startswith("file:") or rest.startswith("file:"):
        return Source.FILE
    return Source.TARBALL if tarball or source_of(rest) is Source.TARBALL else source_of(rest)


def _text(of: object, key: str) -> str:
    value = of.get(key) if isinstance(of, Map) else ""
    return value if isinstance(value, str) else ""
