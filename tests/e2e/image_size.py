"""``python -m tests.e2e.image_size [--update]``: what the action's image adds to its base, against the committed figure."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from tests.e2e import base_image
from tests.e2e import engine as engines
from tests.e2e import image as images

if TYPE_CHECKING:
    from tests.e2e.engine import Engine

COMMITTED = Path(__file__).with_name("image_size.json")
TARGET_COMPRESSED_MB, TARGET_UNPACKED_MB = 40.0, 130.0
_GROWTH = 1.1  # how much above the committed figure is still the same image: Debian's and our packages move
_GZIP = 31  # zlib's name for a gzip stream


class Size(Struct, frozen=True, kw_only=True):
    """Millions of bytes on top of the base."""

    compressed_mb: float
    unpacked_mb: float

    def __str__(self) -> str:
        return f"{self.compressed_mb:.1f} MB compressed, {self.unpacked_mb:.1f} MB unpacked"


def measure(engine: Engine, tag: str) -> Size:
    """``docker save | gzip`` and the engine's own figure, each minus that of the base."""
    compressed = _compressed(engine, tag) - _compressed(engine, base_image.TAG)
    unpacked = _unpacked(engine, tag) - _unpacked(engine, base_image.TAG)
    return Size(compressed_mb=round(compressed / 1e6, 1), unpacked_mb=round(unpacked / 1e6, 1))


def committed() -> Size:
    """The figure that the last ``--update`` wrote."""
    return Size(**json.loads(COMMITTED.read_text()))


def too_large(size: Size, before: Size) -> bool:
    """Above a target, or clearly above the committed figure."""
    within_targets = size.compressed_mb <= TARGET_COMPRESSED_MB and size.unpacked_mb <= TARGET_UNPACKED_MB
    grown = size.compressed_mb > before.compressed_mb * _GROWTH or size.unpacked_mb > before.unpacked_mb * _GROWTH
    return grown or not within_targets


def main(arguments: list[str]) -> int:
    """0 within the limits, 1 above them, 77 without an engine."""
    if engines.reachable() is None and not engines.startable():
        print("skipped: no container engine")
        return 77
    size = _measure_a_build()
    if "--update" in arguments:
        COMMITTED.write_text(json.dumps({"compressed_mb": size.compressed_mb, "unpacked_mb": size.unpacked_mb}) + "\n")
    print(f"image on top of its base: {size}")
    print(f"committed:                {committed()}")
    print(f"targets:                  {TARGET_COMPRESSED_MB:.1f} MB compressed, {TARGET_UNPACKED_MB:.1f} MB unpacked")
    return int(too_large(size, committed()))


def _measure_a_build() -> Size:
    with tempfile.TemporaryDirectory(prefix=engines.PREFIX) as scratch, engines.running_engine() as engine:
        action = images.copy_action(Path(scratch) / "action")
        with images.built_image(engine, action) as tag:
            return measure(engine, tag)


def _compressed(engine: Engine, tag: str) -> int:
    gzip = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    total = 0
    with subprocess.Popen(["docker", "save", tag], env=engine.environment, stdout=subprocess.PIPE) as save:
        assert save.stdout is not None
        while block := save.stdout.read(1 << 20):
            total += len(gzip.compress(block))
    if save.returncode:
        raise engines.EngineError(f"docker save {tag}: exit {save.returncode}")
    return total + len(gzip.flush())


def _unpacked(engine: Engine, tag: str) -> int:
    return int(engine.docker("image", "inspect", "--format", "{{.Size}}", tag))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
