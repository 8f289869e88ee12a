"""The rule set ready to run: compiled once, kept as a file, loaded in milliseconds. ``python -m scanner.secrets.compile DIR`` fills DIR.

A kept file that is damaged, or was made by another engine, CPU or rule set, is made anew; it is never an error.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scanner.secrets import Examples, Rule, matcher, proposals

if TYPE_CHECKING:
    from collections.abc import Iterator

SETS = ("default", "detect-secrets")
FOLDER = "compiled"
_FORMAT = b"1"


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A rule set and its database: ids below ``len(rules)`` are rules, those from there on ``proposals.ALL``."""

    rules: tuple[Rule, ...]
    matcher: matcher.Matcher


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    rules: tuple[Rule, ...]
    database: bytes


def ready(name: str) -> Compiled:
    """The rule set ``default`` or ``detect-secrets`` from the image, else from the user's cache, else compiled now and kept there."""
    key = _key(name)
    for folder in _folders():
        found = _read(folder / f"{name}-{key}.hs")
        if found:
            return found
    rules, database = _build(name)
    _keep(_folders()[-1] / f"{name}-{key}.hs", rules, database)
    return Compiled(rules=rules, matcher=database)


def main(arguments: list[str]) -> int:
    """Compile every rule set into the folder named by the only argument."""
    folder = Path(arguments[0]) if arguments else _folders()[0]
    for name in SETS:
        rules, database = _build(name)
        _keep(folder / f"{name}-{_key(name)}.hs", rules, database, strict=True)
    return 0


def _folders() -> list[Path]:
    """Where compiled sets are looked for; the last one is where they are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return [Path(__file__).with_name(FOLDER), Path(cache) / "security-scan-gate"]


def _key(name: str) -> str:
    digest = sha256(_FORMAT)
    for part in _ingredients(name):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:32]


def _ingredients(name: str) -> Iterator[bytes]:
    yield matcher.engine().encode()
    yield repr(proposals.ALL).encode()
    if name == "default":
        folder = files("scanner.secrets").joinpath("rules")
        packs = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
        yield from (pack.read_bytes() for pack in packs)


def _build(name: str) -> tuple[tuple[Rule, ...], matcher.Matcher]:
    from scanner.secrets import rules

    chosen = tuple(msgspec.structs.replace(rule, examples=Examples()) for rule in rules.builtin()) if name == "default" else ()
    regexes = [rule.regex.encode() for rule in chosen] + [regex.encode() for _, regex in proposals.ALL]
    return chosen, matcher.build(regexes, spans=False)


def _read(path: Path) -> Compiled | None:
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
    database = matcher.load(kept.database)
    return Compiled(rules=kept.rules, matcher=database) if database else None


def _keep(path: Path, rules: tuple[Rule, ...], database: matcher.Matcher, *, strict: bool = False) -> None:
    """Write beside the target and rename: whoever reads finds a whole file or none. A cache that cannot be written is done without."""
    content = msgspec.msgpack.encode(_Kept(rules=rules, database=database.dump()))
    with suppress(*(() if strict else (OSError,))):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755 if strict else 0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with open(handle, "wb") as stream:
                stream.write(content)
                os.fchmod(stream.fileno(), 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
