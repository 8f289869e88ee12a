"""Whatever the text: a parser of this room answers with a Lockfile or a ParseError, and its places lie in the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import lockfiles
from scanner.errors import ParseError
from scanner.lockfiles.inventory import read_all
from scanner.models import Lockfile
from tests.unit.lockfiles import test_python_locks as locks
from tests.unit.lockfiles import test_python_manifests as manifests
from tests.unit.lockfiles.tree import reader

SAMPLES = {
    "poetry": locks.POETRY_11,
    "uv": locks.UV,
    "pdm": locks.PDM,
    "pylock": locks.PYLOCK,
    "pipfile": locks.PIPFILE_LOCK,
    "pipfile_manifest": manifests.PIPFILE,
    "pyproject": manifests.PEP621 + manifests.POETRY,
    "setup_cfg": manifests.SETUP_CFG,
    "requirements": (
        "-r base.txt\n-c pins.txt\nflask[x]==1.0 ; python_version < '3' \\\n  --hash=sha256:00\n# via a\n"
        "-e git+https://h.example/x#egg=y\nz @ https://h.example/z\n"
    ),
}
PIECES = st.sampled_from(
    ['"', "'", '"""', "[", "]", "{", "}", "=", "==", "\n", "\r", "\u2028", ",", ";", "\\", "#", "*", "1", "/", "é"]
) | st.sampled_from(["", "-r ", "\0", "\ud800", "[[package]]", " @ ", "${X}"])
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), max_size=4)


def mutated(text: str, edits: list[tuple[float, int, str]]) -> str:
    """``text`` with pieces cut out and put in."""
    for place, cut, piece in edits:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + cut :]
    return text


def check(name: str, text: str) -> None:
    """Parse and look at every place."""
    tree = {"dir/file": text, "dir/base.txt": "a==1\n-r file\n", "dir/pins.txt": "flask==1\n", "dir/pyproject.toml": manifests.PEP621}
    try:
        lock = lockfiles.formats()[name].parse(text, "dir/file", reader(tree))
    except ParseError:
        return
    assert lock.ecosystem == "PyPI"
    places = [one.location for one in (*lock.packages, *lock.direct, *lock.unpinned, *lock.unaudited)]
    for place in places:
        row = tree[place.path].split("\n")[place.line - 1]
        assert 1 <= place.column <= len(row) + 1


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=150, deadline=None)
@given(edits=EDITS)
def test_real_shaped_text_with_damage(name: str, edits: list[tuple[float, int, str]]) -> None:
    check(name, mutated(SAMPLES[name], edits))


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_arbitrary_text(name: str, text: str) -> None:
    check(name, text)


@settings(max_examples=60, deadline=None)
@given(edits=EDITS)
def test_a_damaged_tree_never_raises(edits: list[tuple[float, int, str]]) -> None:
    names = {
        "poetry": "poetry.lock",
        "uv": "uv.lock",
        "pipfile": "Pipfile.lock",
        "requirements": "requirements.txt",
        "pyproject": "pyproject.toml",
    }
    files = {path: mutated(SAMPLES[name], edits) for name, path in names.items()}
    found = list(read_all(list(files), reader(files)))
    assert {one.path if isinstance(one, Lockfile) else one.subject for one in found} <= set(files)
    assert found
