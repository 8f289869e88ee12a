"""Unpinned requirements in, the versions that would be installed today out: pip's own dry run, wheels only, nothing of them executed.

pip asks the index that the job's environment configures, in a folder of its own: no file and no setting of the scanned tree reaches it.
https://pip.pypa.io/en/stable/reference/installation-report/
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from scanner.dependencies.commands import RESOLVED
from scanner.dependencies.coverage import unresolved
from scanner.dependencies.findings import BY_NEED
from scanner.dependencies.pins import constraints
from scanner.dependencies.versions import same_name
from scanner.models import Lockfile, Package, Problem, Requirement

_KEPT = (
    *("LANG", "LC_ALL", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_TRUSTED_HOST"),
    *("PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY"),
)
_PIP = (
    *(sys.executable, "-I", "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary=:all:", "--no-input", "--quiet"),
    *("--disable-pip-version-check", "--no-cache-dir", "--retries=2", "--report=report.json"),
    *("--requirement=wanted.txt", "--constraint=pinned.txt"),
)
_MAX_ALONE = 20
_CREDENTIALS = re.compile(r"//[^/@\s]+@")


class Resolution(Struct, frozen=True, kw_only=True):
    """The lockfile with what was resolved among its packages, and a Problem for each requirement that was not."""

    lockfile: Lockfile
    problems: tuple[Problem, ...] = ()


class Report(Struct, frozen=True, kw_only=True):
    """What pip would install, or (``failure``) why it cannot: one line."""

    install: tuple[Item, ...] = ()
    failure: str = ""


class Item(Struct, frozen=True):
    """One entry of pip's installation report."""

    metadata: Metadata


class Metadata(Struct, frozen=True):
    """The part of a package's metadata that is read here."""

    name: str
    version: str
    requires_dist: tuple[str, ...] = ()


class _Installed(Struct, frozen=True, kw_only=True):
    key: str
    metadata: Metadata


Reported = tuple[tuple[Requirement, ...], Report]
Resolver = Callable[[Lockfile], Resolution]
Pip = Callable[[Sequence[str], Sequence[str], float], Report]
"""Requirements, constraints (one text each) and seconds in, a Report out. Never raises for what pip says."""


def never(why: str) -> Resolver:
    """Resolves nothing: each unpinned requirement is a Problem that says why (``resolve is off``, ``this scan is offline``)."""

    def leave(lockfile: Lockfile) -> Resolution:
        return Resolution(lockfile=lockfile, problems=tuple(unresolved(lockfile.unpinned, why)))

    return leave


def with_pip(pip: Pip, timeout_s: float, deadline: float = float("inf")) -> Resolver:
    """Resolves PyPI requirements with pip: all of one lockfile together, and where that fails each by itself.

    Each lockfile has ``timeout_s``, all of them together until ``deadline`` (``time.monotonic()`` seconds).
    """

    def resolve(lockfile: Lockfile) -> Resolution:
        if lockfile.ecosystem != "PyPI":
            return never("it names no exact version and there is no lockfile")(lockfile)
        wanted = sorted(lockfile.unpinned, key=lambda one: BY_NEED.index(one.scope))  # what both bring in is of the first one's scope
        texts = {one: text for one in wanted if (text := _text(one))}
        odd = unresolved((one for one in lockfile.unpinned if one not in texts), "it is no requirement that an index could answer")
        if time.monotonic() >= deadline:
            return never("the time for the scan was up")(lockfile)
        reports = _ask(pip, texts, constraints(lockfile), min(time.monotonic() + timeout_s, deadline))
        resolution = _add(lockfile, reports)
        return Resolution(lockfile=resolution.lockfile, problems=(*odd, *resolution.problems))

    return resolve


def run_pip(environ: Mapping[str, str]) -> Pip:
    """The real pip of this environment. Of ``environ`` only what names an index, a proxy or certificates reaches it.

    Its PATH is its own empty folder: pip describes the machine to the index by running lsb_release, uname and rustc where it finds them.
    """
    kept = {name: environ[name] for name in _KEPT if name in environ}

    def pip(wanted: Sequence[str], pinned: Sequence[str], timeout_s: float) -> Report:
        import subprocess  # ten milliseconds with what it brings, which most scans need not wait for
        import tempfile

        with tempfile.TemporaryDirectory(prefix="security-scan-") as folder:
            home = Path(folder)
            (home / "wanted.txt").write_text("\n".join(wanted), encoding="utf-8")
            (home / "pinned.txt").write_text("\n".join(pinned), encoding="utf-8")
            env, limit = {**kept, "HOME": folder, "PATH": folder}, max(timeout_s, 0.1)
            try:
                done = subprocess.run(_PIP, cwd=folder, env=env, capture_output=True, text=True, timeout=limit, check=False)
            except subprocess.TimeoutExpired:
                return Report(failure="pip did not finish in time")
            return _read(home / "report.json") if done.returncode == 0 else Report(failure=_last_line(done.stderr))

    return pip


def _text(requirement: Requirement) -> str:
    """The requirement in pip's words; empty where it is none, or names a place instead of a version."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    try:
        parsed = Parsed(f"{requirement.name}{requirement.spec}")
    except InvalidRequirement:
        return ""
    return "" if parsed.url else str(parsed)


def _ask(pip: Pip, texts: Mapping[Requirement, str], pins: Sequence[str], deadline: float) -> Iterator[Reported]:
    """Requirements and the report on them, in groups that were asked about together."""
    everything = tuple(texts)
    if not everything:
        return
    report = pip(tuple(texts.values()), pins, deadline - time.monotonic())
    if not report.failure or len(everything) == 1 or len(everything) > _MAX_ALONE:
        yield everything, report
        return
    for one, text in texts.items():
        left = deadline - time.monotonic()
        yield (one,), pip((text,), pins, left) if left > 0 else Report(failure="no time was left to resolve it")


def _add(lockfile: Lockfile, reports: Iterator[Reported]) -> Resolution:
    pinned = {(same_name("PyPI", package.name), package.version): package.key for package in lockfile.packages}
    packages: dict[str, Package] = {}
    keys: dict[Requirement, str] = {}
    problems: list[Problem] = []
    for requirements, report in reports:
        if report.failure:
            problems.extend(unresolved(requirements, f"pip could not resolve it: {report.failure}"))
            continue
        items = _installed(report, pinned)
        for one in requirements:
            name = same_name("PyPI", one.name)
            if name not in items:
                problems.extend(unresolved((one,), "pip would not install it on this platform"))
                continue
            keys[one] = items[name].key
            packages = {**_reached(name, items, one), **packages}
    known = frozenset(pinned.values())
    added = {key: package for key, package in packages.items() if key not in known}
    return Resolution(lockfile=_with(lockfile, added, keys), problems=tuple(problems))


def _installed(report: Report, pinned: Mapping[tuple[str, str], str]) -> Mapping[str, _Installed]:
    """By name; what the lockfile pins anyway keeps its key."""
    found: dict[str, _Installed] = {}
    for item in report.install:
        name = same_name("PyPI", item.metadata.name)
        key = pinned.get((name, item.metadata.version)) or f"{RESOLVED}{name}@{item.metadata.version}"
        found[name] = _Installed(key=key, metadata=item.metadata)
    return found


def _reached(name: str, items: Mapping[str, _Installed], requirement: Requirement) -> dict[str, Package]:
    """The package and all that it brings in, at the line of its requirement."""
    found: dict[str, Package] = {}
    todo = [name]
    while todo:
        item = items[todo.pop()]
        if item.key in found:
            continue
        children = [child for child in _children(item.metadata) if child in items]
        found[item.key] = Package(
            ecosystem="PyPI",
            name=item.metadata.name,
            version=item.metadata.version,
            location=requirement.location,
            scope=requirement.scope,
            key=item.key,
            requires=tuple(items[child].key for child in children),
        )
        todo.extend(children)
    return found


def _children(item: Metadata) -> Iterator[str]:
    from packaging.requirements import InvalidRequirement, Requirement

    for text in item.requires_dist:
        try:
            yield same_name("PyPI", Requirement(text).name)
        except InvalidRequirement:
            continue


def _with(lockfile: Lockfile, packages: Mapping[str, Package], keys: Mapping[Requirement, str]) -> Lockfile:
    others = tuple(one for one in lockfile.direct if one not in keys)
    return replace(
        lockfile,
        packages=(*lockfile.packages, *packages.values()),
        direct=(*others, *(replace(one, key=keys[one]) for one in lockfile.unpinned if one in keys)),
        unpinned=tuple(one for one in lockfile.unpinned if one not in keys),
    )


def _read(report: Path) -> Report:
    try:
        return msgspec.json.decode(report.read_bytes(), type=Report)
    except (OSError, msgspec.MsgspecError) as error:
        return Report(failure=f"its report cannot be read: {error}")


def _last_line(stderr: str) -> str:
    lines = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if line.startswith("ERROR: ")] or stderr.splitlines()
    return _CREDENTIALS.sub("//", lines[-1][:300]) if lines else "pip failed without a word"
