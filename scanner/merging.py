"""The verdicts of all shards in, the verdict that one machine reaches out; shards that do not belong together are a ConfigError."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.dependencies import coverage
from scanner.errors import ConfigError
from scanner.models import Scanned, Share, Unchecked, Verdict
from scanner.policy import end, told, worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scanner.models import Audited, Judged, Problem, Run, Suppression

_IDENTITY = ("version", "target", "commit", "base", "number of shards", "policy", "tree")
AGAIN = "scan again with the same options in every job"


class Shard(Struct, frozen=True, kw_only=True):
    """One shard's verdict, what part it is, and the name of its report for messages."""

    name: str
    share: Share
    verdict: Verdict


def merge(shards: Sequence[Shard]) -> Verdict:
    """One verdict. Raises ConfigError where one is missing, there twice, or of another scan."""
    _check(shards)
    parts = tuple(one.verdict for one in sorted(shards, key=lambda one: one.share.index))
    judged = tuple(sorted(_judged(parts), key=worst_first))
    problems = told(_problems(shards))
    code, outcome = end([one for one in judged if one.blocking], problems, incomplete_fails=shards[0].share.incomplete_fails)
    return Verdict(
        outcome=outcome, exit_code=code, judged=judged, problems=problems,
        notices=told(one for part in parts for one in part.notices), stale=_stale(parts),
        expired=tuple(dict.fromkeys(one for part in parts for one in part.expired)),
        expiring=tuple(dict.fromkeys(one for part in parts for one in part.expiring)),
        loosened=tuple(dict.fromkeys(one for part in parts for one in part.loosened)),
        audited=_audited(one for part in parts for one in part.audited),
        scanned=_scanned([part.scanned for part in parts]),
        packages=tuple(dict.fromkeys(one for part in parts for one in part.packages)),
        rejected=tuple(one for part in parts for one in part.rejected),
        run=_run([part.run for part in parts]),
    )  # fmt: skip


def _check(shards: Sequence[Shard]) -> None:
    first = shards[0]
    for other in shards[1:]:
        for what, mine, theirs in zip(_IDENTITY, _identity(first), _identity(other), strict=True):
            if mine != theirs:
                reason = f"is of another {what} than {first.name} ({theirs or 'none'}, not {mine or 'none'})"
                raise ConfigError(reason, subject=other.name, hint=AGAIN)
    names: dict[int, str] = {}
    for one in shards:
        if one.share.index in names:
            raise ConfigError(f"is shard {_called(one)}, as {names[one.share.index]} is", subject=one.name, hint="give each shard once")
        names[one.share.index] = one.name
    if missing := [str(index) for index in range(1, first.share.count + 1) if index not in names]:
        which = f"shard {missing[0]} is" if len(missing) == 1 else f"shards {', '.join(missing)} are"
        raise ConfigError(f"{which} missing of {first.share.count}", subject="merge", hint="give the report of every shard")


def _identity(one: Shard) -> tuple[str, ...]:
    run, share = one.verdict.run, one.share
    return run.version, run.target, run.commit, run.base, str(share.count), share.policy, share.tree


def _called(one: Shard) -> str:
    return f"{one.share.index}/{one.share.count}"


def _judged(parts: Sequence[Verdict]) -> Iterable[Judged]:
    """Each once; a secret that one shard saw in a commit and another in the tree is the tree's."""
    every = dict.fromkeys(one for part in parts for one in part.judged)
    tree = {one.finding.id for one in every if not (one.finding.secret and one.finding.secret.commit)}
    return (one for one in every if not (one.finding.secret and one.finding.secret.commit and one.finding.id in tree))


def _problems(shards: Sequence[Shard]) -> Iterable[Problem]:
    """Each once; those that count packages with the numbers of all shards."""
    for shard in shards:
        counted = {(one.manifest, coverage.counted(one)) for one in shard.share.unchecked}
        for problem in shard.verdict.problems:
            if not any(problem.subject == manifest and problem.reason.startswith(words) for manifest, words in counted):
                yield problem
    asked = Counter[str]()
    for one in (audited for shard in shards for audited in shard.verdict.audited):
        asked[one.manifest] += one.packages
    ordered = sorted((one.service, one.manifest, one.reason, shard.share.index, one) for shard in shards for one in shard.share.unchecked)
    for _, same in groupby(ordered, key=lambda row: row[:3]):
        yield coverage.unchecked(_together([row[-1] for row in same], asked))


def _together(same: Sequence[Unchecked], asked: Counter[str]) -> Unchecked:
    names = tuple(name for one in same for name in one.names)[: coverage.SHOWN]
    return replace(same[0], missing=sum(one.missing for one in same), asked=asked[same[0].manifest], names=names)


def _stale(parts: Sequence[Verdict]) -> tuple[Suppression, ...]:
    """What matches nothing anywhere."""
    return tuple(one for one in parts[0].stale if all(one in part.stale for part in parts))


def _audited(entries: Iterable[Audited]) -> tuple[Audited, ...]:
    """One entry for each manifest: packages added up, every source named, the oldest date."""
    groups: dict[tuple[str, str], list[Audited]] = {}
    for entry in entries:
        groups.setdefault((entry.manifest, entry.format), []).append(entry)
    return tuple(
        replace(
            group[0],
            packages=sum(one.packages for one in group),
            source=", ".join(sorted({name for one in group for name in one.source.split(", ") if name})),
            source_date=min((one.source_date for one in group if one.source_date), default=""),
            complete=all(one.complete for one in group),
        )
        for group in groups.values()
    )


def _scanned(parts: Sequence[Scanned]) -> Scanned:
    skipped = sorted({one for part in parts for one in part.skipped}, key=lambda one: (one.path, one.reason))
    return Scanned(files=sum(part.files for part in parts), bytes=sum(part.bytes for part in parts), skipped=tuple(skipped))


def _run(runs: Sequence[Run]) -> Run:
    """From the first start to the last end."""
    starts = [dt.datetime.fromisoformat(run.started_at) for run in runs]
    last = max(start + dt.timedelta(seconds=run.duration_s) for start, run in zip(starts, runs, strict=True))
    return replace(
        runs[0], started_at=min(run.started_at for run in runs), duration_s=round((last - min(starts)).total_seconds(), 3), shard=""
    )
