"""The action's image, built from a copy of exactly the files that a release ships."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e import base_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.engine import Engine

PROJECT = Path(__file__).resolve().parents[2]
TAG = "security-scan-gate:e2e"
_STAGE = "security-scan-gate:e2e-stage"
_SHIPPED = ("action.yml", "Dockerfile", ".dockerignore", "LICENSE", "entrypoint.py", "requirements.lock", "scanner")
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def copy_action(target: Path) -> Path:
    """The shipped files alone, so that a later build of ``target`` finds every layer in the engine's cache."""
    target.mkdir(parents=True)
    for name in _SHIPPED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "compiled"))
        else:
            shutil.copy(source, target / name)
    return target


@contextlib.contextmanager
def built_image(engine: Engine, action: Path) -> Iterator[str]:
    """The tag of the image for as long as the block lasts."""
    with base_image.provided(engine):
        _build(engine, action, "--target=build", f"--tag={_STAGE}")  # named, so that it can be removed from somebody else's engine
        _build(engine, action, f"--tag={TAG}")
        try:
            yield TAG
        finally:
            if not engine.ours:
                engine.attempt("image", "rm", TAG, _STAGE)


def proxies() -> list[str]:
    """What a build is told of this machine's way to the outside."""
    return [f"--build-arg={name}={os.environ[name]}" for name in _PROXIES if name in os.environ]


def _build(engine: Engine, action: Path, *options: str) -> None:
    engine.docker("build", "--network=host", *options, *proxies(), str(action))
