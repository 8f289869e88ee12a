"""package.json as the manifest that a person edits: text in, what it asks for out. Read only where no lockfile answers for it."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from scanner.lockfiles import _npm_manifest
from scanner.lockfiles._npm_specs import Source, source_of
from scanner.models import Lockfile, Requirement, Unaudited

if TYPE_CHECKING:
    from scanner.lockfiles import Reader


class _PackageJson:
    audit = "npm"
    role = "manifest"

    def claims(self, path: str) -> bool:
        return basename(path) == "package.json"

    def parse(self, text: str, path: str, read: Reader) -> Lockfile:  # noqa: ARG002 -- the protocol
        """``unpinned`` is what a lockfile would have to answer; parts of the project itself (``workspace:``, ``link:``) are left out."""
        manifest = _npm_manifest.parse(text, path)
        wanted = [one for one in manifest.wanted if source_of(one.spec) is not Source.OURS]
        return Lockfile(
            path=path,
            format="package_json",
            ecosystem="npm",
            audit=self.audit,
            direct=tuple(wanted),
            unpinned=tuple(one for one in wanted if source_of(one.spec) is Source.REGISTRY),
            unaudited=tuple(_unaudited(one) for one in wanted if source_of(one.spec) is not Source.REGISTRY),
            problems=manifest.problems,
        )


def _unaudited(one: Requirement) -> Unaudited:
    reason = f"comes from {source_of(one.spec).value}, no advisory source knows it"
    return Unaudited(name=one.name, location=one.location, reason=reason)


FORMAT = _PackageJson()
