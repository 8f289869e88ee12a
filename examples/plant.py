"""Copy an example and plant fake keys in the copy: ``python examples/plant.py examples/vulnerable-app /tmp/app``.

Prints each planted place as ``path:line``. The keys are drawn at run time, so that no committed file of this repository holds one.
"""

from __future__ import annotations

import random
import shutil
import string
import sys
from pathlib import Path
from typing import NamedTuple


class Planted(NamedTuple):
    """A place in the copy that now holds a fake key: POSIX path relative to the copy's root, 1-based line."""

    path: str
    line: int


def plant(example: Path, target: Path) -> list[Planted]:
    """Copy ``example`` to ``target`` (which must not exist) and write the fake keys. Same keys at every call."""
    shutil.copytree(example, target)
    return [place for path, lines in _files(random.Random(7)).items() for place in _write(target, path, lines)]


def main(arguments: list[str]) -> int:
    """Exit code 0, or 2 where the arguments are not an example and a place that does not exist yet."""
    if len(arguments) != 2 or not Path(arguments[0]).is_dir() or Path(arguments[1]).exists():
        sys.stderr.write("usage: plant.py EXAMPLE TARGET  (an example's directory, and a path that does not exist yet)\n")
        return 2
    for place in plant(Path(arguments[0]), Path(arguments[1])):
        sys.stdout.write(f"{place.path}:{place.line}\n")
    return 0


def _files(chance: random.Random) -> dict[str, list[str]]:
    """New files by path; the lines that hold a key contain the mark of its kind."""
    openai = "sk-" + _draw(chance, 20) + "T3Blbk" + "FJ" + _draw(chance, 20)
    role = ".".join(("eyJhbGciOiJIUzI1NiIsInR5cCI6" + "IkpXVCJ9", "eyJyb2xlIjoic2VydmljZV9yb2xlIn0", _draw(chance, 43)))
    identity = "AK" + "IA" + _draw(chance, 16, string.ascii_uppercase + "234567")
    return {
        "apps/web/src/lib/assistant.ts": [
            "// Asks a language model from the browser, with the key in the bundle.",
            f'export const assistant = connect("{openai}");',
        ],
        "apps/web/src/lib/admin.ts": [
            f'export const SUPABASE_SERVICE_ROLE_KEY = "{role}";',
        ],
        "services/api/.env": [
            "AWS_REGION=eu-central-1",
            f"AWS_ACCESS_KEY_ID={identity}",
            f"AWS_SECRET_ACCESS_KEY={_draw(chance, 40)}",
        ],
    }


def _draw(chance: random.Random, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(chance.choice(alphabet) for _ in range(length))


def _write(target: Path, path: str, lines: list[str]) -> list[Planted]:
    file = target / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [Planted(path, number) for number, line in enumerate(lines, start=1) if _holds_key(line)]


def _holds_key(line: str) -> bool:
    return "KEY" in line or '("' in line


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
