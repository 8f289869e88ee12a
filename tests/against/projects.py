"""One small tree of packages with well-known advisories, written as the lockfile of each package manager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Node(NamedTuple):
    """A package of the tree: version, what it requires, whether only development needs it."""

    version: str
    requires: dict[str, str]
    dev: bool = False


TREE = {
    "ansi-regex": Node("5.0.0", {}),
    "axios": Node("0.21.1", {"follow-redirects": "^1.10.0"}),
    "follow-redirects": Node("1.14.0", {}),
    "json5": Node("2.2.1", {}, dev=True),
    "lodash": Node("4.17.15", {}),
    "minimist": Node("1.2.5", {}, dev=True),
    "mkdirp": Node("0.5.5", {"minimist": "^1.2.5"}, dev=True),
    "ms": Node("2.1.3", {}),
    "strip-ansi": Node("6.0.0", {"ansi-regex": "^5.0.0"}),
}
DIRECT = {"axios": "0.21.1", "lodash": "4.17.15", "ms": "2.1.3", "strip-ansi": "6.0.0"}
DEVELOPMENT = {"json5": "2.2.1", "mkdirp": "0.5.5"}
HASH = "sha512-" + "A" * 86 + "=="


def manifest(folder: Path) -> None:
    """package.json."""
    told = {"name": "project", "version": "1.0.0", "dependencies": DIRECT, "devDependencies": DEVELOPMENT}
    (folder / "package.json").write_text(json.dumps(told, indent=2))


def npm(version: int, name: str = "package-lock.json") -> Callable[[Path], None]:
    """package-lock.json or npm-shrinkwrap.json, lockfileVersion 1, 2 or 3."""

    def write(folder: Path) -> None:
        lock: dict[str, object] = {"name": "project", "version": "1.0.0", "lockfileVersion": version, "requires": True}
        if version > 1:
            root = {"name": "project", "version": "1.0.0", "dependencies": DIRECT, "devDependencies": DEVELOPMENT}
            entries = {f"node_modules/{one}": _npm_entry(node, "dependencies") for one, node in TREE.items()}
            lock["packages"] = {"": root, **entries}
        if version < 3:
            lock["dependencies"] = {one: _npm_entry(node, "requires") for one, node in TREE.items()}
        (folder / name).write_text(json.dumps(lock, indent=2))

    return write


def pnpm(version: str) -> Callable[[Path], None]:
    """pnpm-lock.yaml 5.4, 6.0 or 9.0."""

    def write(folder: Path) -> None:
        lines = [f"lockfileVersion: {version}" if version == "5.4" else f"lockfileVersion: '{version}'", ""]
        lines += _pnpm_importer(version)
        lines += ["packages:", ""]
        join = {"5.4": "/{}/{}", "6.0": "/{}@{}", "9.0": "{}@{}"}[version]
        for name, node in TREE.items():
            lines += [f"  {join.format(name, node.version)}:", f"    resolution: {{integrity: {HASH}}}"]
            if version != "9.0":
                lines += [*_pnpm_edges(node), f"    dev: {str(node.dev).lower()}"]
            lines.append("")
        if version == "9.0":
            lines += ["snapshots:", ""]
            for name, node in TREE.items():
                edges = _pnpm_edges(node)
                lines += [f"  {name}@{node.version}:" + ("" if edges else " {}"), *edges, ""]
        (folder / "pnpm-lock.yaml").write_text("\n".join(lines))

    return write


def yarn(folder: Path) -> None:
    """yarn.lock v1."""
    lines = ["# yarn lockfile v1", "", ""]
    for name, node in TREE.items():
        lines += [f"{name}@{_spec(name)}:", f'  version "{node.version}"']
        lines += [f'  resolved "https://registry.example/{name}/-/{name}-{node.version}.tgz#{"0" * 40}"']
        lines += ["  dependencies:"] * bool(node.requires) + [f'    {one} "{spec}"' for one, spec in node.requires.items()] + [""]
    (folder / "yarn.lock").write_text("\n".join(lines))


def berry(version: int) -> Callable[[Path], None]:
    """yarn.lock of Yarn 2 and later, metadata 6 or 8."""

    def write(folder: Path) -> None:
        lines = ["__metadata:", f"  version: {version}", f"  cacheKey: {10 if version == 8 else 8}{'c0' if version == 8 else ''}", ""]
        for name, node in TREE.items():
            prefix = "npm:" if version == 8 else ""
            edges = [f'    {one}: "{prefix}{spec}"' for one, spec in node.requires.items()]
            lines += [f'"{name}@npm:{_spec(name)}":', f"  version: {node.version}", f'  resolution: "{name}@npm:{node.version}"']
            lines += ["  dependencies:", *edges] if edges else []
            lines += ["  languageName: node", "  linkType: hard", ""]
        prefix = "npm:" if version == 8 else ""
        lines += ['"project@workspace:.":', "  version: 0.0.0-use.local", '  resolution: "project@workspace:."', "  dependencies:"]
        lines += [f'    {one}: "{prefix}{spec}"' for one, spec in sorted({**DIRECT, **DEVELOPMENT}.items())]
        lines += ["  languageName: unknown", "  linkType: soft", ""]
        (folder / "yarn.lock").write_text("\n".join(lines))

    return write


def _spec(name: str) -> str:
    wanted = {one: spec for node in TREE.values() for one, spec in node.requires.items()}
    return {**wanted, **DIRECT, **DEVELOPMENT}[name]


def _npm_entry(node: Node, edges: str) -> dict[str, object]:
    entry: dict[str, object] = {"version": node.version, "integrity": HASH}
    if node.dev:
        entry["dev"] = True
    if node.requires:
        entry[edges] = node.requires
    return entry


def _pnpm_importer(version: str) -> list[str]:
    groups = (("dependencies", DIRECT), ("devDependencies", DEVELOPMENT))
    if version == "5.4":
        specifiers = [f"  {one}: {spec}" for one, spec in sorted({**DIRECT, **DEVELOPMENT}.items())]
        return ["specifiers:", *specifiers, "", *(line for key, group in groups for line in (f"{key}:", *_pairs(group), ""))]
    told = [line for key, group in groups for line in (f"{key}:", *_described(group))]
    if version == "6.0":
        return [*told, ""]
    return ["importers:", "", "  .:", *(f"    {line}" for line in told), ""]


def _pairs(group: dict[str, str]) -> list[str]:
    return [f"  {one}: {spec}" for one, spec in group.items()]


def _described(group: dict[str, str]) -> list[str]:
    return [line for one, spec in group.items() for line in (f"  {one}:", f"    specifier: {spec}", f"    version: {spec}")]


def _pnpm_edges(node: Node) -> list[str]:
    return ["    dependencies:", *(f"      {one}: {TREE[one].version}" for one in node.requires)] if node.requires else []
