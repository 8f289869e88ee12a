"""Batches of versions in, while they are still being made; what forked processes say of them out, in the batches' order. None is ever lost.

Batches of one lane go to one process, as long as it keeps up: it then still holds what it read last.
"""

from __future__ import annotations

import gc
import os
import selectors
import time
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import msgspec

from scanner.forked import forked
from scanner.secrets import Result, pool
from scanner.secrets.versions import Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Work = Callable[[list[Version]], Result]

_IDS = 100
MOST_BYTES = 16 * 1024
MOST_HELD = 3
"""So many batches of so many bytes fit into a pipe: who gives work out never waits for who has an answer to give."""


class Batch(NamedTuple):
    """Versions, the lane they belong to, and what part of the whole is done with them (0 to 1)."""

    lane: int
    versions: list[Version]
    reached: float = 0.0


class _Process:
    """One of the forked: where it is spoken to, what it said so far, and the batches it holds, by their numbers."""

    def __init__(self, work: Work) -> None:
        asking, self.asks = os.pipe()
        self.id, self.answers = forked(lambda writing: _serve(asking, writing, work))
        os.close(asking)
        self.heard = bytearray()
        self.holds: dict[int, Batch] = {}

    def give(self, number: int, batch: Batch, body: bytes) -> bool:
        """Whether it took it."""
        try:
            pool.send(self.asks, number, body)
        except BrokenPipeError:
            return False
        self.holds[number] = batch
        return True


class _Crew:
    def __init__(self, work: Work, jobs: int, deadline: float, told: Callable[[float], None] | None) -> None:
        self.results: dict[tuple[int, int], Result] = {}
        self.lost: dict[int, Batch] = {}
        self._deadline = deadline
        self._told = told
        self._reached = 0.0
        self._decoder = msgspec.msgpack.Decoder(Result)
        self._selector = selectors.DefaultSelector()
        self._everyone: list[_Process] = []
        try:
            for _ in range(jobs):
                self._everyone.append(_Process(work))
                self._selector.register(self._everyone[-1].answers, selectors.EVENT_READ, self._everyone[-1])
        except OSError:
            self.end()
            raise
        self._alive = list(self._everyone)

    def give(self, number: int, batch: Batch) -> None:
        """Hand a batch to a process that has room for it; where none is left alive it is lost."""
        body = msgspec.msgpack.encode(batch.versions)
        process = self._with_room(batch.lane) if len(body) <= 2 * MOST_BYTES else None
        if process is None or not process.give(number, batch, body):
            self.lost[number] = batch

    def finish(self) -> None:
        """Until every process has said everything, or the time is up."""
        while any(process.holds for process in self._alive) and self._listen(self._left()):
            pass

    def end(self) -> None:
        """No process outlives the scan, however it ends; what one still holds is lost."""
        for process in self._everyone:
            self.lost |= process.holds
            os.close(process.asks)
        pool.end([process.id for process in self._everyone], self._selector)
        self._selector.close()

    def _with_room(self, lane: int) -> _Process | None:
        """The lane's own process; another one that has nothing to do where it is busy."""
        self._listen(0)
        while self._alive:
            own = self._alive[lane % len(self._alive)]
            if len(own.holds) < MOST_HELD:
                return own
            if idle := next((process for process in self._alive if not process.holds), None):
                return idle
            if not self._listen(self._left()):
                return None
        return None

    def _left(self) -> float:
        return min(max(self._deadline - time.monotonic(), 0), 3600)

    def _listen(self, seconds: float) -> bool:
        """Take note of what the processes have to say. Whether the time is not up."""
        for key, _ in self._selector.select(seconds):
            process: _Process = key.data
            piece = os.read(process.answers, 1 << 20)
            process.heard += piece
            for number, body in pool.messages(process.heard):
                self.results[number, 0] = self._decoder.decode(body)
                self._reached = max(self._reached, process.holds.pop(number).reached)
                if self._told is not None:
                    self._told(self._reached)
            if not piece:
                self._selector.unregister(process.answers)
                os.close(process.answers)
                self._alive.remove(process)
                self.lost |= process.holds
                process.holds = {}
        return time.monotonic() < self._deadline


def batches(versions: Iterable[tuple[Version, float]], lanes: int) -> Iterator[Batch]:
    """Versions, each with what part of the whole is done by then, in batches: those of one path in one lane, in their order."""
    waiting: list[list[Version]] = [[] for _ in range(lanes)]
    sizes = [0] * lanes
    for version, reached in versions:
        lane = crc32(version.path.encode()) % lanes
        waiting[lane].append(version)
        sizes[lane] += len(version.path) + _IDS
        if sizes[lane] > MOST_BYTES:
            yield Batch(lane, waiting[lane], reached)
            waiting[lane], sizes[lane] = [], 0
    yield from (Batch(lane, held, 1.0) for lane, held in enumerate(waiting) if held)


def share(
    batches: Iterable[Batch], work: Work, jobs: int, deadline: float, told: Callable[[float], None] | None = None
) -> pool.Shared[Version]:
    """Work on all batches, in ``jobs`` processes, until ``deadline`` (``time.monotonic()`` seconds). A process that dies costs the batches
    that it holds, whose versions are then tried one by one.
    """
    gc.freeze()
    crew = _Crew(work, jobs, deadline, told)
    late: list[Version] = []
    try:
        for number, batch in enumerate(batches):
            if time.monotonic() >= deadline:
                late += batch.versions
                break
            crew.give(number, batch)
        crew.finish()
    finally:
        crew.end()
        gc.unfreeze()
    return _retried(crew, work, jobs, deadline, late)


def _retried(crew: _Crew, work: Work, jobs: int, deadline: float, late: list[Version]) -> pool.Shared[Version]:
    lost = [(number, place) for number, batch in sorted(crew.lost.items()) for place in range(len(batch.versions))]
    single = [crew.lost[number].versions[place] for number, place in lost]
    done: dict[int, Result] = {}
    if lost and time.monotonic() < deadline:
        done = pool.run([[version] for version in single], work, jobs, deadline)
    results = crew.results | {lost[place]: result for place, result in done.items()}
    undone = [version for place, version in enumerate(single) if place not in done]
    up = time.monotonic() >= deadline
    return pool.Shared([results[where] for where in sorted(results)], late + undone if up else late, [] if up else undone)


def _serve(asking: int, writing: int, work: Work) -> None:
    for number, body in _asked(asking):
        pool.send(writing, number, msgspec.msgpack.encode(work(msgspec.msgpack.decode(body, type=list[Version]))))


def _asked(asking: int) -> Iterator[tuple[int, bytes]]:
    buffer = bytearray()
    while piece := os.read(asking, 1 << 16):
        buffer += piece
        yield from pool.messages(buffer)
