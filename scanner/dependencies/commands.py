"""How to install a version: lockfile, package and version in; the command or the line to change, for its package manager, out, in pieces
(``Step``) that know their paths.
"""

from __future__ import annotations

import re
import shlex
from itertools import chain
from posixpath import dirname, relpath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.dependencies import remedy
from scanner.dependencies.admits import admits
from scanner.dependencies.remedy import said
from scanner.dependencies.upgrade import branch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scanner.dependencies.remedy import Fix
    from scanner.dependencies.upgrade import Upgrade
    from scanner.models import Requirement


RESOLVED = "resolved:"
"""How the key of a package begins that stands in no lockfile but was resolved (see ``resolve``)."""
_SPEC = re.compile(r"\s*(\[[^\]]*\])?\s*(===?)?")


def advise(upgrade: Upgrade) -> Fix:
    """What to run or to write; empty where no version is known."""
    if not upgrade.version:
        return ()
    say = _BY_FORMAT.get(upgrade.lockfile.format) or _BY_AUDIT.get(upgrade.lockfile.audit, _python)
    folders = upgrade.around.copied
    lines = [one for one in upgrade.requirements if dirname(one.location.path) in folders]
    if not lines:
        return say(upgrade)
    rest = tuple(one for one in upgrade.requirements if one not in lines)
    names = dict.fromkeys(folders[dirname(one.location.path)] for one in lines)
    again = _in_place(upgrade, _AGAIN.get(upgrade.lockfile.format, "yarn upgrade " + " ".join(map(_quote, names))))
    return (*_as_written(upgrade, lines), *said(", then "), *(say(replace(upgrade, requirements=rest)) if rest else again))


def _as_written(upgrade: Upgrade, lines: Sequence[Requirement]) -> Fix:
    """The lines to change in manifests that no command changes."""
    name, version = upgrade.package.name, upgrade.version
    texts = (f'"{one.name}": "{version if one.name == name else f"npm:{name}@{version}"}"' for one in lines)
    changed = ((*said(" and "), *remedy.line(one.location), *said(f" to {text}")) for one, text in zip(lines, texts, strict=True))
    return tuple(chain.from_iterable(changed))[1:]


def _parents_admit(upgrade: Upgrade) -> bool:
    """Whether every parent's range lets the version in; where the lockfile does not say, whether ``^installed`` would."""
    package = upgrade.package
    edges = (edge for parent in upgrade.parents for edge in zip(parent.requires, parent.wants, strict=False))
    wanted = [want for key, want in edges if key == package.key]
    if not wanted:
        return bool(admits("npm", f"^{package.version}", upgrade.version))
    return all(admits(package.ecosystem, want, upgrade.version) is not False for want in wanted)


def _npm(upgrade: Upgrade) -> Fix:
    if upgrade.requirements:
        return _in_place(upgrade, f"npm install {_specs(upgrade)}{_workspaces(upgrade)}")
    if _parents_admit(upgrade):
        return _in_place(upgrade, f"npm update {_quote(upgrade.package.name)}")
    return _override(upgrade, "overrides in package.json", "npm install")


def _pnpm(upgrade: Upgrade) -> Fix:
    if upgrade.requirements:
        filters = "".join(f" --filter {_quote('./' + place)}" for place in _places(upgrade) if place)
        return _in_place(upgrade, f"pnpm{filters} update {_specs(upgrade)}")
    return _override(upgrade, "overrides in pnpm-workspace.yaml (before pnpm 10: pnpm.overrides in package.json)", "pnpm install")


def _yarn(upgrade: Upgrade) -> Fix:
    verb = "up" if upgrade.lockfile.format == "berry" else "upgrade"
    if upgrade.requirements:
        return _in_place(upgrade, f"yarn {verb} {_specs(upgrade)}", *(place for place in _places(upgrade)[:1] if place))
    return _override(upgrade, "resolutions in package.json", "yarn install")


def _bun(upgrade: Upgrade) -> Fix:
    if upgrade.requirements:
        return _in_place(upgrade, f"bun add {_specs(upgrade)}", *(place for place in _places(upgrade)[:1] if place))
    one_branch = _selector(upgrade) != upgrade.package.name
    return _override(upgrade, f"overrides in package.json{' (for Bun 1.4 or newer)' if one_branch else ''}", "bun install")


def _specs(upgrade: Upgrade) -> str:
    """``name@version``, or ``alias@npm:name@version`` where the manifest calls it by another name."""
    names = dict.fromkeys(requirement.name for requirement in upgrade.requirements)
    return " ".join(_quote(upgrade.pin if name in ("", upgrade.package.name) else f"{name}@npm:{upgrade.pin}") for name in names)


def _places(upgrade: Upgrade) -> list[str]:
    """The folders of the manifests that require the package, as seen from the lockfile; empty for its own."""
    here = dirname(upgrade.lockfile.path)
    folders = dict.fromkeys(dirname(requirement.location.path) for requirement in upgrade.requirements)
    return ["" if folder == here else relpath(folder or ".", here or ".") for folder in folders]


def _workspaces(upgrade: Upgrade) -> str:
    places = _places(upgrade)
    named = "".join(f" -w {_quote(place)}" for place in places if place)
    return f"{named} --include-workspace-root" if named and "" in places else named


def _override(upgrade: Upgrade, key: str, then: str) -> Fix:
    return said(f'add "{_selector(upgrade)}": "{upgrade.version}" to {key}, then {then}', remedy.beside(upgrade.lockfile.path))


def _selector(upgrade: Upgrade) -> str:
    """The package's name, narrowed where the lockfile has it in other branches too that must stay as they are."""
    package = upgrade.package
    if len(upgrade.around.branches.get(package.name, ())) < 2:
        return package.name
    if upgrade.lockfile.audit == "yarn":
        return next((f"{parent.name}/{package.name}" for parent in upgrade.parents), package.name)
    return f"{package.name}@{branch(package.version)}"


def _python(upgrade: Upgrade) -> Fix:
    name, version = upgrade.package.name, upgrade.version
    if not upgrade.requirements:
        return said(f"lock again with {name}>={version}")
    return (*_line(upgrade), *said(f" to {name}=={version}"))


def _requirements(upgrade: Upgrade) -> Fix:
    name, version = upgrade.package.name, upgrade.version
    if upgrade.lockfile.covers:
        return _compiled(upgrade)
    if upgrade.package.key.startswith(RESOLVED) and not upgrade.requirements:
        return said(f"add {name}>={version} to ", remedy.file(upgrade.lockfile.path))
    spec, _, marker = (upgrade.requirements[0].spec if upgrade.requirements else "==").partition(";")
    found = _SPEC.match(spec)
    extras, operator = found.groups() if found else ("", "")
    if upgrade.lockfile.hashed:
        return _hashed(upgrade, f"{name}{extras or ''}=={version}")
    condition = f"; {marker.strip()}" if marker else ""
    return (*_line(upgrade), *said(f" to {name}{extras or ''}{'==' if operator else '>='}{version}{condition}"))


def _hashed(upgrade: Upgrade, pin: str) -> Fix:
    """pip wants a hash of every file it may choose, so the line's new text, hashes included, is what a tool prints."""
    printed = f"echo {_quote(pin)} | uv pip compile - --no-deps --no-header --generate-hashes"
    return (*_line(upgrade), *said(f" to what this prints: {printed}"))


def _compiled(upgrade: Upgrade) -> Fix:
    """What pip-compile or ``uv pip compile`` writes: their option, and the line of the source that stands in the way."""
    beyond = [r for r in upgrade.requirements if admits("PyPI", r.spec, upgrade.version) is False]
    hashes = "--generate-hashes " if upgrade.lockfile.hashed else ""
    again = f" again with {hashes}--upgrade-package {upgrade.package.name}=={upgrade.version}"
    return (*_allowing(upgrade, beyond), *said("compile ", remedy.file(upgrade.lockfile.path), again))


def _allowing(upgrade: Upgrade, beyond: Sequence[Requirement]) -> Fix:
    """The line of the manifest that stands in the way, where one does, and what it has to let in before the rest can be done."""
    if not beyond:
        return ()
    where = beyond[0].location
    return said(remedy.file(where.path), f":{where.line}: allow {upgrade.package.name}>={upgrade.version}, then ")


def _line(upgrade: Upgrade) -> Fix:
    where = upgrade.requirements[0].location if upgrade.requirements else upgrade.package.location
    return remedy.line(where)


def _locked(update: str, join: str = " ") -> Callable[[Upgrade], Fix]:
    """A manager that upgrades within the ranges of the manifest: ``update`` and names; beyond them the manifest's line first."""

    def say(upgrade: Upgrade) -> Fix:
        name, version = upgrade.package.name, upgrade.version
        beyond = [r for r in upgrade.requirements if admits("PyPI", r.spec, version) is False]
        if beyond:
            return (*_allowing(upgrade, beyond), *_in_place(upgrade, update + join + name))
        names = [name] if upgrade.requirements or _parents_admit(upgrade) else [name, *(parent.name for parent in upgrade.parents[:3])]
        return _in_place(upgrade, update + "".join(join + each for each in names))

    return say


def _in_place(upgrade: Upgrade, command: str, *inside: str) -> Fix:
    folder = "/".join(part for part in (dirname(upgrade.lockfile.path), *inside) if part)
    return remedy.run(command, folder)


def _quote(text: str) -> str:
    return shlex.quote(text)


_BY_AUDIT: Mapping[str, Callable[[Upgrade], Fix]] = {"npm": _npm, "pnpm": _pnpm, "yarn": _yarn}
_BY_FORMAT: Mapping[str, Callable[[Upgrade], Fix]] = {
    "bun": _bun,
    "requirements": _requirements,
    "uv": _locked("uv lock", " --upgrade-package "),
    "poetry": _locked("poetry update"),
    "pdm": _locked("pdm update"),
    "pipfile": _locked("pipenv update"),
}
_AGAIN: Mapping[str, str] = {"npm": "npm install", "pnpm": "pnpm install", "berry": "yarn install", "bun": "bun install"}
"""What reads the manifest of a copied folder again; Yarn 1 does where it is told to upgrade that folder."""
