"""Lockfiles of any size and the advisories that hit some of their packages: numbers in, files out; the same ones every time."""

from __future__ import annotations

import ensurepip
import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.peers import PROGRAM
from tests.bench.places import environment, made, made_repository

if TYPE_CHECKING:
    from collections.abc import Iterator

HIT = 40
_LETTERS = "23456789cfghjmpqrvwx"
_DETAILS = "An attacker who controls the input of this function can make it do more work than its caller expects. " * 8


def npm(size: int, *, clean: bool = False) -> Path:
    """A project with a package-lock.json of ``size`` packages; one in ``HIT`` has an advisory, or none where it is ``clean``."""
    names = [_name(number, clean=clean) for number in range(size)]

    def write(folder: Path) -> None:
        direct = {names[number]: f"^{_version(number)}" for number in range(0, size, 10)}
        root = {"name": "app", "version": "1.0.0", "dependencies": direct}
        packages: dict[str, Any] = {"": root}
        for number, name in enumerate(names):
            entry: dict[str, Any] = {"version": _version(number), "integrity": f"sha512-{number:086d}=="}
            if number % 10 != 9 and number + 1 < size:
                entry["dependencies"] = {names[other]: f"^{_version(other)}" for other in _needs(number, size)}
            packages[f"node_modules/{name}"] = entry
        lock = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
        (folder / "package.json").write_text(json.dumps(root, indent=2))
        (folder / "package-lock.json").write_text(json.dumps(lock, indent=2))

    return made_repository(f"lock-npm-{size}{'-clean' if clean else ''}", write)


def pnpm(size: int) -> Path:
    """A project with a pnpm-lock.yaml of ``size`` packages."""

    def write(folder: Path) -> None:
        direct = range(0, size, 10)
        keys = [f"{_name(number)}@{_version(number)}" for number in range(size)]
        importer = "".join(f"      {_name(n)}:\n        specifier: ^{_version(n)}\n        version: {_version(n)}\n" for n in direct)
        packages = "".join(f"\n  {key}:\n    resolution: {{integrity: sha512-{n:086d}==}}\n" for n, key in enumerate(keys))
        snapshots = "".join(f"\n  {key}:{_snapshot(n, size)}\n" for n, key in enumerate(keys))
        head = "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\nimporters:\n\n  .:\n"
        text = f"{head}    dependencies:\n{importer}\npackages:\n{packages}\nsnapshots:\n{snapshots}"
        (folder / "pnpm-lock.yaml").write_text(text)
        manifest = {"name": "app", "version": "1.0.0", "dependencies": {_name(n): f"^{_version(n)}" for n in direct}}
        (folder / "package.json").write_text(json.dumps(manifest, indent=2))

    return made_repository(f"lock-pnpm-{size}", write)


def pins(size: int) -> Path:
    """A folder with a requirements.txt of ``size`` pins."""

    def write(folder: Path) -> None:
        (folder / "requirements.txt").write_text("".join(f"{_name(number)}=={_version(number)}\n" for number in range(size)))

    return made_repository(f"pins-{size}", write)


def index(size: int) -> Path:
    """A package index (PEP 503, 658, 714) of those pins and of what pip-audit installs first: pip and setuptools as Python brings them."""

    def write(folder: Path) -> None:
        for number in range(size):
            _publish(folder / "simple" / _name(number), _name(number).replace("-", "_"), _version(number))
        _publish(folder / "simple" / "wheel", "wheel", "1.0.0")
        for wheel in Path(ensurepip.__file__).with_name("_bundled").glob("*.whl"):
            home = folder / "simple" / wheel.name.partition("-")[0]
            home.mkdir(parents=True)
            shutil.copy(wheel, home)
            _list(home)

    return made(f"index-{size}", write)


def records(count: int) -> Path:
    """A folder with ``count`` OSV records, one file each: half of them npm's, half PyPI's."""

    def write(folder: Path) -> None:
        for record in _records(count):
            (folder / f"{record['id']}.json").write_text(json.dumps(record))

    return made(f"records-{count}", write)


def archive(count: int) -> Path:
    """The same as one zip."""

    def write(folder: Path) -> None:
        with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
            for record in _records(count):
                pack.writestr(f"{record['id']}.json", json.dumps(record))

    return made(f"archive-{count}", write) / "all.zip"


def database(count: int) -> Path:
    """The local advisory database made from them."""

    def build(folder: Path) -> None:
        command = [*PROGRAM, "db", "import", str(archive(count)), "--db", str(folder / "advisories.db")]
        subprocess.run(command, env=environment(), check=True, capture_output=True, timeout=900)

    return made(f"database-{count}", build) / "advisories.db"


def _publish(home: Path, name: str, version: str) -> None:
    """The smallest wheel that pip accepts, its metadata beside it."""
    home.mkdir(parents=True)
    info, file = f"{name}-{version}.dist-info", home / f"{name}-{version}-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr(f"{info}/METADATA", metadata)
        pack.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        pack.writestr(f"{info}/RECORD", "")
    file.with_name(f"{file.name}.metadata").write_text(metadata)
    _list(home)


def _list(home: Path) -> None:
    links = ""
    for wheel in sorted(home.glob("*.whl")):
        beside = wheel.with_name(f"{wheel.name}.metadata")
        digest = f'="sha256={_digest(beside)}"' if beside.exists() else ""
        told = f" data-core-metadata{digest} data-dist-info-metadata{digest}" if digest else ""
        links += f'<a href="{wheel.name}#sha256={_digest(wheel)}"{told}>{wheel.name}</a>'
    (home / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _records(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        package, ecosystem = divmod(number, 2)
        fixed = "99.0.0" if package % HIT == 0 else "0.5.0"
        yield {
            "schema_version": "1.6.0", "id": f"GHSA-{_quad(number)}-{_quad(number // 160_000)}-{_quad(number * 7)}",
            "modified": "2025-06-01T00:00:00Z", "published": "2025-05-01T00:00:00Z", "aliases": [f"CVE-2025-{100000 + number}"],
            "summary": "Uncontrolled resource consumption", "details": _DETAILS,
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
            "affected": [{
                "package": {"ecosystem": ("npm", "PyPI")[ecosystem], "name": _name(package)},
                "ranges": [{"type": ("SEMVER", "ECOSYSTEM")[ecosystem], "events": [{"introduced": "0"}, {"fixed": fixed}]}],
            }],
            "references": [{"type": "WEB", "url": f"https://advisories.example/{number}"}],
            "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-400"]},
        }


def _quad(number: int) -> str:
    return "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(4))


def _name(number: int, *, clean: bool = False) -> str:
    return f"{'calm' if clean else 'made'}-package-{number:05d}"


def _version(number: int) -> str:
    return f"{1 + number % 9}.{number % 13}.{number % 7}"


def _needs(number: int, size: int) -> list[int]:
    """What a package requires: the next one, and one that is further on."""
    return [number + 1, *([number * 2 + 3] if number * 2 + 3 < size else [])]


def _snapshot(number: int, size: int) -> str:
    if number % 10 == 9 or number + 1 >= size:
        return " {}"
    return "\n    dependencies:" + "".join(f"\n      {_name(n)}: {_version(n)}" for n in _needs(number, size))
