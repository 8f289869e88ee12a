"""Every parser of foreign text under hypothesis: its small corpus damaged in every way, and no end but a value or its own error.

Inputs that once crashed a parser stay in the corpus as ``crash-NAME.N``.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import seeds, targets

TARGETS = targets()
EXAMPLES = 3000 if os.environ.get("ROBUSTNESS") == "full" else 80
PIECES = st.one_of(
    st.sampled_from(
        [b'"', b"'", b"[", b"]", b"{", b"}", b":", b"\n", b"\0", b"\\", b"#", b"*", b"/", b"..", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80"]
    ),
    st.sampled_from(
        [
            b"9" * 400,
            b"-1",
            b"1e999",
            b"null",
            b"true",
            b"NaN",
            b"[[package]]",
            b"<<: *a",
            b"&a",
            b"!!python/name:os",
            b"${X}",
            b"\r",
            b"\x1b",
        ]
    ),
    st.binary(max_size=8),
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 24), PIECES), max_size=5)


def damaged(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for place, cut, piece in edits:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + cut :]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_damage(name: str, count: Callable[..., None]) -> None:
    corpus = seeds(name)
    assert corpus, f"tests/fuzz/corpus has nothing for {name}"
    for crash in seeds(f"crash-{name}"):
        TARGETS[name](crash)
    tried = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(which=st.integers(0, len(corpus) - 1), edits=EDITS, whole=st.none() | st.binary(max_size=60))
    def run(which: int, edits: list[tuple[float, int, bytes]], whole: bytes | None) -> None:
        nonlocal tried
        tried += 1
        TARGETS[name](damaged(corpus[which], edits) if whole is None else whole)

    run()
    count(f"inputs tried: {name}", tried)
