"""Files, options and a directory -> Result: what an earlier scan with the same rules found to hold nothing is not read again.

Kept are truncated hashes of path, blob id and size, of files without a finding, a problem or a note of any kind: nothing of what they say.
A damaged file of them, or one of other rules, counts as none.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from scanner.models import Scanned
from scanner.secrets import Options, Result, workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from scanner.models import File
    from scanner.secrets import Opener

MOST_KEYS = 4_000_000
_MAGIC = b"security-scan-gate clean 1\n"
_KEY = 16
_SUM = 32


def scan(files: Sequence[File], open_file: Opener, options: Options, folder: Path, sure: Set[str]) -> Result:
    """As ``workers.scan``. ``sure`` are the paths whose content is what ``File.blob`` names: only they are looked up and kept."""
    if options.entries or options.explain:
        return workers.scan(files, open_file, options)
    path = folder / "secrets" / f"{_rules(options)}.clean"
    keys = {file.path: _key(file) for file in files if file.path in sure}
    known = _read(path)
    fresh = [file for file in files if keys.get(file.path) not in known]
    result = workers.scan(fresh, open_file, options)
    if time.monotonic() < options.deadline:
        _write(path, known, {keys[file.path] for file in _clean(fresh, result) if file.path in keys})
    spared = [file.size for file in files if keys.get(file.path) in known]
    scanned = result.scanned
    return replace(
        result, scanned=Scanned(files=scanned.files + len(spared), bytes=scanned.bytes + sum(spared), skipped=scanned.skipped)
    )


def _clean(files: Iterable[File], result: Result) -> Iterable[File]:
    """The files of which nothing at all is said, and whose text is as long as they are."""
    said = {*result.odd, *result.entries, *(one.path for one in result.scanned.skipped)}
    said |= {problem.subject for problem in result.problems} | {notice.subject for notice in result.notices}
    said |= {finding.location.path for finding in result.findings} | {word.location.path for word in result.suppressions if word.location}
    return (file for file in files if file.path not in said)


def _key(file: File) -> bytes:
    return blake2b(f"{file.path}\0{file.blob}\0{file.size}".encode(), digest_size=_KEY).digest()


def _rules(options: Options) -> str:
    """A name for everything that decides whether a file holds a secret: the code and data of this room, the engines, the options."""
    from importlib.metadata import version

    from scanner.secrets import matcher

    room = Path(__file__).parent
    accepted = sorted((path, sorted(entries)) for path, entries in options.baseline.items())
    chosen = (options.rules, sorted(options.disable), options.patterns, accepted)
    digest = sha256(msgspec.json.encode((matcher.engine(), version("detect-secrets"), chosen)))
    for path in sorted(path for path in room.rglob("*") if path.is_file() and not {"__pycache__", "compiled"} & set(path.parts)):
        digest.update(str(path.relative_to(room)).encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _read(path: Path) -> frozenset[bytes]:
    try:
        content = path.read_bytes()
    except OSError:
        return frozenset()
    start = len(_MAGIC) + _SUM
    body = content[start:]
    whole = content.startswith(_MAGIC) and len(body) % _KEY == 0 and sha256(body).digest() == content[len(_MAGIC) : start]
    return frozenset(body[at : at + _KEY] for at in range(0, len(body), _KEY)) if whole else frozenset()


def _write(path: Path, known: Set[bytes], new: Set[bytes]) -> None:
    """Replace the file in one step; older rule sets go. A directory that cannot be used is done without."""
    if new <= known:
        return
    keys = known | new if len(known) + len(new) <= MOST_KEYS else new
    body = b"".join(sorted(keys))
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
        with os.fdopen(handle, "wb") as stream:
            stream.write(_MAGIC + sha256(body).digest() + body)
        os.replace(name, path)
        for other in path.parent.glob("*.clean"):
            if other != path:
                other.unlink(missing_ok=True)
