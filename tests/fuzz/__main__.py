"""``python -m tests.fuzz [NAME...] [--seconds N]``: fuzz each parser with atheris; a crash is printed as the bytes that make it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import seeds, targets


def main() -> int:
    """Every target in a process of its own (libFuzzer ends the process)."""
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--one", action="store_true")
    options = parser.parse_args()
    if options.one:
        return _one(options.names[0], options.seconds)
    crashed = []
    for name in options.names or targets():
        command = [sys.executable, "-m", "tests.fuzz", name, "--one", "--seconds", str(options.seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        runs = next((line.split()[1] for line in reversed(done.stderr.splitlines()) if line.startswith("Done ")), "?")
        print(f"{name:.<40} {runs:>10} inputs {'ok' if done.returncode == 0 else 'CRASH'}", flush=True)
        if done.returncode:
            crashed.append(name)
            print(done.stdout[-2000:], done.stderr[-3000:])
    return 1 if crashed else 0


def _one(name: str, seconds: int) -> int:
    import atheris

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(name)):
            (Path(folder) / str(number)).write_bytes(seed)
        with atheris.instrument_imports(include=["scanner"]):
            target = targets()[name]
        arguments = [
            sys.argv[0],
            f"-max_total_time={seconds}",
            "-max_len=4096",
            "-timeout=10",
            "-rss_limit_mb=1500",
            "-print_final_stats=0",
            folder,
        ]
        atheris.Setup(arguments, target)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
