"""File names that would be commands if they were printed as they are."""

from pathlib import Path

NAMES = ["::error::x", "a\n::set-output name=verdict::pass", "##[error]b", "%0A::warning::c", "d\x1b[31m"]


def plant(tree: Path) -> None:
    """A lockfile nobody can read in each of them."""
    for name in NAMES:
        (tree / name).mkdir()
        (tree / name / "package-lock.json").write_text("{")
