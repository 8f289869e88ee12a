"""Files, options -> Result: shared out by bytes between processes that take the next batch when they are free; nothing is ever lost.

A process that dies costs one batch, whose files are tried again one by one: what kills again is a Problem, as is what the deadline cut off.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.errors import ScannerError
from scanner.models import File, Problem, Scanned
from scanner.secrets import Opener, Options, Result, pool
from scanner.secrets.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Scan = Callable[[File, Opener, Tally], None]

BATCH_BYTES = 2 * 1024 * 1024
BATCH_FILES = 400
ALONE_BYTES = 2 * 1024 * 1024


def scan(files: Sequence[File], open_file: Opener, options: Options) -> Result:
    """Scan in ``options.jobs`` processes, or in this one where there is little to do."""
    look = _look(options)
    jobs = min(options.jobs, 1 + sum(file.size for file in files) // ALONE_BYTES, 64)
    if jobs == 1 and not options.patterns:
        return _here(files, look, open_file, options)

    def work(batch: Sequence[File]) -> Result:
        tally = Tally(explain=options.explain, entries=options.entries)
        odd = [file.path for file in batch if not _one(file, look, open_file, tally)]
        return replace(tally.result(), odd=tuple(odd))

    shared = pool.share(list(_batches(files)), work, jobs, options.deadline, lambda file: file.size, options.progress)
    return merged([*shared.results, *map(_killed, shared.killed)], shared.late)


def _look(options: Options) -> Scan:
    if options.rules == "detect-secrets":
        from scanner.secrets.parity import Detectors

        return Detectors(options).scan
    from scanner.secrets.engine import Engine

    return Engine(options).scan


def _here(files: Sequence[File], look: Scan, open_file: Opener, options: Options) -> Result:
    tally = Tally(explain=options.explain, entries=options.entries)
    odd: list[str] = []
    done, total = 0, sum(file.size for file in files) or 1
    for number, file in enumerate(files):
        if time.monotonic() > options.deadline:
            return merged([tally.result()], list(files[number:]))
        if not _one(file, look, open_file, tally):
            odd.append(file.path)
        done += file.size
        if options.progress is not None:
            options.progress(done / total)
    return replace(tally.result(), odd=tuple(odd))


def _one(file: File, look: Scan, open_file: Opener, tally: Tally) -> bool:
    """One file is the unit of work: whatever goes wrong in it is told and the scan goes on. Whether as many bytes were read as it has."""
    before = tally.bytes
    try:
        look(file, open_file, tally)
    except Exception as error:  # noqa: BLE001
        hint = error.hint if isinstance(error, ScannerError) else "please report it, with the file if you can"
        reason = error.reason if isinstance(error, ScannerError) else f"the secret scan of this file failed: {type(error).__name__}"
        tally.problem(file.path, reason, hint)
    return tally.bytes - before == file.size


def _batches(files: Iterable[File]) -> Iterable[tuple[File, ...]]:
    batch: list[File] = []
    size = 0
    for file in files:
        if batch and (size + file.size > BATCH_BYTES or len(batch) >= BATCH_FILES):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield tuple(batch)


def _killed(file: File) -> Result:
    hint = "exclude the file, or give the job more memory"
    return Result(problems=(Problem(subject=file.path, reason="the process that scanned this file was killed", hint=hint),))


def merged(results: Sequence[Result], late: Sequence[File] = ()) -> Result:
    """Several results as one, in their order; ``late`` are the files that the deadline cut off."""
    problems = [problem for result in results for problem in result.problems]
    if late:
        more = f" and {len(late) - 1:,} more files" if len(late) > 1 else ""
        reason = f"not scanned for secrets{more}: the time was up"
        problems.append(Problem(subject=late[0].path, reason=reason, hint="raise timeout, or share the work out with shard"))
    return Result(
        findings=tuple(item for result in results for item in result.findings),
        suppressions=tuple(item for result in results for item in result.suppressions),
        notices=tuple(item for result in results for item in result.notices),
        rejected=tuple(item for result in results for item in result.rejected),
        entries={path: entries for result in results for path, entries in result.entries.items()},
        problems=tuple(problems), odd=tuple(item for result in results for item in result.odd),
        scanned=Scanned(
            files=sum(result.scanned.files for result in results),
            bytes=sum(result.scanned.bytes for result in results),
            skipped=tuple(item for result in results for item in result.scanned.skipped),
        ),
    )
