"""Tasks and a function -> results by task number, worked out in forked processes. A task whose process died has no result."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import tempfile
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import msgspec

from scanner.forked import forked
from scanner.secrets import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Task = TypeVar("Task")
_HEADER = 12


class Shared(NamedTuple, Generic[Item]):
    """Results in the order of the batches; the items for which the time was not enough, and those that killed their process."""

    results: list[Result]
    late: list[Item]
    killed: list[Item]


def share(
    batches: Sequence[Sequence[Item]], work: Callable[[Sequence[Item]], Result], jobs: int, deadline: float, weigh: Callable[[Item], int],
    progress: Callable[[float], None] | None = None,
) -> Shared[Item]:
    """Work on all batches, the heaviest first. A process that dies costs one batch, whose items are then tried one by one.

    ``progress`` is told after each batch what part of the whole weight is done (0 to 1).
    """
    weights = [sum(map(weigh, batch)) for batch in batches]
    order = sorted(range(len(batches)), key=lambda number: -weights[number])
    told = _teller([weights[number] for number in order], progress)
    results = run([batches[number] for number in order], work, jobs, deadline, told)
    done = {(order[place], 0): result for place, result in results.items()}
    lost = [(number, place) for number in range(len(batches)) if (number, 0) not in done for place in range(len(batches[number]))]
    if lost and time.monotonic() < deadline:
        again = run([(batches[number][place],) for number, place in lost], work, jobs, deadline)
        done |= {lost[number]: result for number, result in again.items()}
    undone = [batches[number][place] for number, place in lost if (number, place) not in done]
    late = time.monotonic() >= deadline
    return Shared([done[where] for where in sorted(done)], undone if late else [], [] if late else undone)


def _teller(weights: Sequence[int], progress: Callable[[float], None] | None) -> Callable[[int], None]:
    total, done = sum(weights) or 1, 0

    def told(number: int) -> None:
        nonlocal done
        done += weights[number]
        if progress is not None:
            progress(done / total)

    return told


def run(
    tasks: Sequence[Task], work: Callable[[Task], Result], jobs: int, deadline: float, told: Callable[[int], None] | None = None
) -> dict[int, Result]:
    """Work on ``tasks`` in their order, in ``jobs`` processes, until ``deadline`` (``time.monotonic()`` seconds).

    ``told`` hears the number of each task that is done.
    """
    results: dict[int, Result] = {}
    with tempfile.TemporaryFile() as queue, selectors.DefaultSelector() as selector:
        queue.write(b"".join(number.to_bytes(4, "big") for number in range(len(tasks))))
        queue.flush()
        os.lseek(queue.fileno(), 0, os.SEEK_SET)
        gc.freeze()
        children: list[int] = []
        try:
            for _ in range(min(jobs, len(tasks))):
                child, stream = forked(lambda writing: _serve(tasks, work, queue.fileno(), writing))
                children.append(child)
                selector.register(stream, selectors.EVENT_READ, bytearray())
            _collect(selector, results, deadline, told)
        finally:
            end(children, selector)
            gc.unfreeze()
    return results


def _serve(tasks: Sequence[Task], work: Callable[[Task], Result], queue: int, writing: int) -> None:
    """Take numbers off the queue until it is empty: the processes share its file offset, so each number is read once."""
    while number := os.read(queue, 4):
        send(writing, int.from_bytes(number, "big"), msgspec.msgpack.encode(work(tasks[int.from_bytes(number, "big")])))


def _collect(selector: selectors.BaseSelector, results: dict[int, Result], deadline: float, told: Callable[[int], None] | None) -> None:
    decoder = msgspec.msgpack.Decoder(Result)
    while selector.get_map() and (left := deadline - time.monotonic()) > 0:
        for key, _ in selector.select(min(left, 3600)):
            piece = os.read(key.fd, 1 << 20)
            if not piece:
                selector.unregister(key.fd)
                os.close(key.fd)
                continue
            key.data.extend(piece)
            for number, body in messages(key.data):
                results[number] = decoder.decode(body)
                if told is not None:
                    told(number)


def send(writing: int, number: int, body: bytes) -> None:
    """Write a message: a task's number, the length of the body, the body."""
    message = memoryview(number.to_bytes(4, "big") + len(body).to_bytes(8, "big") + body)
    while message:
        message = message[os.write(writing, message) :]


def messages(buffer: bytearray) -> list[tuple[int, bytes]]:
    """Take the whole messages off the front of a buffer: the tasks' numbers and bodies."""
    whole: list[tuple[int, bytes]] = []
    at = 0
    while len(buffer) - at >= _HEADER:
        end = at + _HEADER + int.from_bytes(buffer[at + 4 : at + _HEADER], "big")
        if end > len(buffer):
            break
        whole.append((int.from_bytes(buffer[at : at + 4], "big"), bytes(buffer[at + _HEADER : end])))
        at = end
    del buffer[:at]
    return whole


def end(children: list[int], selector: selectors.BaseSelector) -> None:
    """No child outlives the scan, however it ends."""
    for key in list(selector.get_map().values()):
        selector.unregister(key.fd)
        os.close(key.fd)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
