"""Files, options and a directory -> Result: what an earlier scan with the same rules found to hold nothing is not read again.

Kept are truncated hashes of path, blob id and size, of files without a finding, a problem or a note of any kind: nothing of what they say.
For a folder of nothing but such files one hash of all of them: most folders are as they were.
A damaged file of them, one of other rules, or one that others can write, counts as none.
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

from scanner import __version__, globs
from scanner.models import Scanned
from scanner.secrets import Options, Result, trusted, workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from scanner.models import File
    from scanner.secrets import Opener

MOST_KEYS = 4_000_000
_MAGIC = b"security-scan-gate clean 1\n"
_KEY = 16
_SUM = 32


def scan(
    files: Sequence[File], open_file: Opener, options: Options, folder: Path, sure: Set[str], *, owner: int | None = None
) -> Result:
    """As ``workers.scan``. ``sure`` are the paths whose content is what ``File.blob`` names: only they are looked up and kept. ``owner`` is
    the user whose files they are: what is kept may be theirs, too, as it is where a container's root scans what the runner checked out."""
    if options.entries or options.explain:
        return workers.scan(files, open_file, options)
    path = folder / "secrets" / f"{_rules(options)}.clean"
    known = _read(path, owner)
    folders = {key: held for key, held in _folders(files, sure) if key not in known}
    keys = {file.path: _key(file) for held in folders.values() for file in held if file.path in sure}
    asked = {file.path for held in folders.values() for file in held if keys.get(file.path) not in known}
    fresh = [file for file in files if file.path in asked] if asked else []
    result = workers.scan(fresh, open_file, options)
    if time.monotonic() < options.deadline:
        clean = {file.path for file in _clean(fresh, result)} | (keys.keys() - asked)
        whole = {key for key, held in folders.items() if all(file.path in clean and file.path in keys for file in held)}
        _write(path, known, whole | {keys[name] for name in clean & keys.keys()})
    return replace(result, scanned=_with(result.scanned, len(files) - len(fresh), _bytes(files) - _bytes(fresh)))


def _with(scanned: Scanned, files: int, size: int) -> Scanned:
    return Scanned(files=scanned.files + files, bytes=scanned.bytes + size, skipped=scanned.skipped)


def _bytes(files: Iterable[File]) -> int:
    return sum(file.size for file in files)


def _folders(files: Iterable[File], sure: Set[str]) -> Iterator[tuple[bytes, list[File]]]:
    """The files of each folder and a hash of all of them; one that no other has where some of them are not sure."""
    folders: dict[str, list[File]] = {}
    for file in files:
        folders.setdefault(file.path.rpartition("/")[0], []).append(file)
    for name, held in folders.items():
        words = "\0".join([f"{file.path}\0{file.blob}\0{file.size}" if file.path in sure else "\0\0" for file in held])
        yield blake2b(f"{name}\0{words}".encode(), digest_size=_KEY, person=b"folder").digest(), held


def _clean(files: Iterable[File], result: Result) -> Iterable[File]:
    """The files of which nothing at all is said, and whose text is as long as they are."""
    said = {*result.odd, *result.entries, *(one.path for one in result.scanned.skipped)}
    said |= {problem.subject for problem in result.problems} | {notice.subject for notice in result.notices}
    said |= {finding.location.path for finding in result.findings} | {word.location.path for word in result.suppressions if word.location}
    return (file for file in files if file.path not in said)


def _key(file: File) -> bytes:
    return blake2b(f"{file.path}\0{file.blob}\0{file.size}".encode(), digest_size=_KEY).digest()


def _rules(options: Options) -> str:
    """A name for everything that decides whether a file holds a secret: this release, the code and data of this room and of globs, the
    engines, the options."""
    from importlib.metadata import version

    from scanner.secrets import matcher

    room = Path(__file__).parent
    accepted = sorted((path, sorted(entries)) for path, entries in options.baseline.items())
    chosen = (options.rules, sorted(options.disable), options.patterns, accepted)
    digest = sha256(msgspec.json.encode((__version__, matcher.engine(), version("detect-secrets"), chosen)))
    digest.update(Path(globs.__file__).read_bytes())
    for path in sorted(path for path in room.rglob("*") if path.is_file() and not {"__pycache__", "compiled"} & set(path.parts)):
        digest.update(str(path.relative_to(room)).encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _read(path: Path, owner: int | None) -> frozenset[bytes]:
    try:
        content = trusted.read(path, owner)
    except OSError:
        return frozenset()
    start = len(_MAGIC) + _SUM
    body = content[start:]
    whole = content.startswith(_MAGIC) and len(body) % _KEY == 0 and sha256(body).digest() == content[len(_MAGIC) : start]
    return frozenset(body[at : at + _KEY] for at in range(0, len(body), _KEY)) if whole else frozenset()


def _write(path: Path, known: Set[bytes], new: Set[bytes]) -> None:
    """Replace the file in one step; older rule sets go. A directory that cannot be used is done without. Everybody may read it: in a job
    the runner's user packs what a container's root has written.
    """
    if new <= known:
        return
    keys = known | new if len(known) + len(new) <= MOST_KEYS else new
    body = b"".join(sorted(keys))
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(handle, 0o644)
            stream.write(_MAGIC + sha256(body).digest() + body)
        os.replace(name, path)
        for other in path.parent.glob("*.clean"):
            if other != path:
                other.unlink(missing_ok=True)
