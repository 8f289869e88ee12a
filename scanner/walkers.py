"""A tree in, what is in it out: one process reads the folders of a small one, two share those of a large one.

What the other process has not answered for, this one reads itself: there is no way to lose a folder.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from scanner.forked import forked, heard
from scanner.walk import Seen, below, one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scanner.checkout import Tree

ENOUGH = 2000
"""Fewer files than this are listed in less time than it takes to share the work."""

MOST_TURNS = 1024
_NUMBER = 4


def walk(root: str, tree: Tree | None) -> Seen:
    """Everything below ``root`` that git does not ignore."""
    seen = Seen()
    pending = deque(("",))
    while pending and len(seen.files) < ENOUGH:
        pending.extend(one(root, tree, pending.popleft(), seen))
    for part in _shared(root, tree, list(pending)) if len(pending) > 1 else (below(root, tree, pending),):
        seen.add(part)
    return seen


def _shared(root: str, tree: Tree | None, folders: Sequence[str]) -> Iterator[Seen]:
    """What is below ``folders``, in their order: two processes take them by turns."""
    count = min(len(folders), MOST_TURNS)
    turns = [folders[turn * len(folders) // count : (turn + 1) * len(folders) // count] for turn in range(count)]
    queue = _queue(count)
    try:
        child = _other(root, tree, turns, queue)
        seen = dict(_taken(root, tree, turns, queue))
    finally:
        os.close(queue)
    if child:
        seen |= _heard(*child)
    for turn, part in enumerate(turns):
        yield seen[turn] if turn in seen else below(root, tree, part)


def _queue(count: int) -> int:
    """A pipe from which each number below ``count`` can be read once, whoever reads."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(number.to_bytes(_NUMBER, "big") for number in range(count)))
    os.close(writing)
    return reading


def _taken(root: str, tree: Tree | None, turns: Sequence[Sequence[str]], queue: int) -> Iterator[tuple[int, Seen]]:
    while number := os.read(queue, _NUMBER):
        turn = int.from_bytes(number, "big")
        yield turn, below(root, tree, turns[turn])


def _other(root: str, tree: Tree | None, turns: Sequence[Sequence[str]], queue: int) -> tuple[int, int] | None:
    """Start the other process; None where there is no room for one."""
    with suppress(OSError):
        return forked(partial(_tell, root, tree, turns, queue))
    return None


def _tell(root: str, tree: Tree | None, turns: Sequence[Sequence[str]], queue: int, writing: int) -> None:
    seen = dict(_taken(root, tree, turns, queue))
    with open(writing, "wb") as stream:
        stream.write(msgspec.msgpack.encode(seen))


def _heard(child: int, answer: int) -> dict[int, Seen]:
    """What the other process says; nothing where it did not come to its end or met a name that is no text."""
    said = heard(child, answer)
    try:
        return msgspec.msgpack.decode(said, type=dict[int, Seen]) if said is not None else {}
    except msgspec.DecodeError:
        return {}
