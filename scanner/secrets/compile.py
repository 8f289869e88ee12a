"""The rule set ready to run: compiled once, kept as a file, loaded in milliseconds. ``python -m scanner.secrets.compile DIR`` fills DIR.

A kept file that is damaged, that others can write, or that was made by another engine, CPU or rule set, is made anew; it is never an error.
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

from scanner import __version__
from scanner.secrets import Examples, Rule, decode, literals, matcher, proposals, spans, trusted, wider
from scanner.secrets.measures import Measures, measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SETS = ("default", "detect-secrets")
FOLDER = "compiled"
TELLING = 4
_FORMAT = b"8"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One database: ``numbers[id]`` is the place in the rules of the regex with that id (in ``strings``: in ``proposals.STRINGS``); ids
    from there on mean something else."""

    matcher: matcher.Matcher
    numbers: tuple[int, ...]


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A rule set, ready. ``hot`` runs over every byte: rules first, then ``proposed`` (places in ``proposals.ALL``), then ``wrapped``
    (kinds of ``decode.triggers``), then keywords. The rules stand there by length: in the order of the rule files, where relatives are
    neighbours, the engine makes of them what runs a quarter slower; by length or shuffled, it does not.

    Rules without a telling literal would slow it down, as do those of seldom seen forms whose literals are frequent. They are in ``weak``,
    each by itself, for files in which one of their keywords stands (``words[id]`` are the places in ``weak`` of the rules that the keyword
    with that id, counted from the first one, belongs to). Rules for certain paths are in ``placed``, for these files (with detect-secrets'
    rules: ``RUNS`` and ``KEPT``). ``strings`` are the random-looking ones in quotes: run with the rules they cost thrice what they cost
    alone, and tests and documentation are spared them.
    """

    rules: tuple[Rule, ...]
    hot: Part
    wrapped: tuple[str, ...] = ()
    weak: tuple[Part, ...] = ()
    words: tuple[tuple[int, ...], ...] = ()
    placed: Part | None = None
    strings: Part | None = None
    proposed: tuple[int, ...] = ()


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    rules: tuple[Rule, ...]
    measures: tuple[Measures, ...]
    proposed: tuple[int, ...]
    wrapped: tuple[str, ...]
    words: tuple[tuple[int, ...], ...]
    parts: tuple[tuple[bytes, tuple[int, ...]], ...]
    weak: tuple[tuple[bytes, tuple[int, ...]], ...]


def ready(name: str) -> Compiled:
    """The rule set ``default`` or ``detect-secrets`` from the image, else from the user's cache, else compiled now and kept there."""
    key = _key(name)
    for folder in _folders():
        found = _read(folder / f"{name}-{key}.hs")
        if found:
            return found
    built = _build(name)
    _keep(_folders()[-1] / f"{name}-{key}.hs", built)
    return built


def main(arguments: list[str]) -> int:
    """Compile every rule set into the folder named by the only argument."""
    folder = Path(arguments[0]) if arguments else _folders()[0]
    for name in SETS:
        _keep(folder / f"{name}-{_key(name)}.hs", _build(name), strict=True)
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
    yield __version__.encode()
    yield repr((proposals.ALL, proposals.RUNS, proposals.KEPT, proposals.STRINGS, decode.triggers(), TELLING, wider.LONG)).encode()
    if name == "default":
        folder = files("scanner.secrets").joinpath("rules")
        packs = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
        yield from (pack.read_bytes() for pack in packs)


def _build(name: str) -> Compiled:
    from scanner.secrets import rules

    if name != "default":
        runs, once = ([regex.encode() for _, regex in regexes] for regexes in (proposals.RUNS, proposals.KEPT))
        every = _part((), (), [regex for _, regex in proposals.ALL], ())
        kept = Part(matcher=matcher.build(runs, once=once), numbers=())
        return Compiled(rules=(), hot=every, placed=kept, proposed=tuple(range(len(proposals.ALL))))
    chosen = tuple(msgspec.structs.replace(rule, examples=Examples()) for rule in rules.builtin())
    weak, placed = _slow(chosen)
    hot = tuple(sorted({*range(len(chosen))} - {*weak, *placed}, key=lambda number: len(chosen[number].regex)))
    words = sorted({matcher.folded(word) for number in weak for word in chosen[number].keywords})
    more = [regex for _, regex in decode.triggers()]
    return Compiled(
        rules=chosen, wrapped=tuple(kind for kind, _ in decode.triggers()), hot=_part(chosen, hot, more, words), strings=_strings(),
        weak=tuple(_part(chosen, (number,), (), ()) for number in weak), placed=_part(chosen, placed, (), ()) if placed else None,
        words=tuple(tuple(place for place, number in enumerate(weak) if _asks(chosen[number], word)) for word in words),
    )


def _strings() -> Part:
    regexes = [regex.encode() for _, regex in proposals.STRINGS]
    return Part(matcher=matcher.build(regexes), numbers=tuple(range(len(regexes))))


def _slow(chosen: tuple[Rule, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The rules that go into ``weak`` and into ``placed``."""
    placed = tuple(number for number, rule in enumerate(chosen) if rule.paths)
    weak = (number for number, rule in enumerate(chosen) if not rule.paths and (rule.rare or _vague(rule)))
    return tuple(weak), placed


def _vague(rule: Rule) -> bool:
    """Whether its regex holds no literal that must stand in every match, and its keywords make up for that."""
    return _telling(rule.keywords) and not literals.required(rule.regex)


def _telling(keywords: tuple[str, ...]) -> bool:
    return bool(keywords) and min(map(len, keywords)) >= TELLING


def _asks(rule: Rule, word: str) -> bool:
    return any(matcher.folded(keyword) == word for keyword in rule.keywords)


def _part(chosen: tuple[Rule, ...], numbers: tuple[int, ...], more: Sequence[str], words: Sequence[str]) -> Part:
    regexes = [wider.proposal(chosen[number].regex).encode() for number in numbers] + [regex.encode() for regex in more]
    return Part(matcher=matcher.build(regexes, once=[matcher.literal(word.encode()) for word in words]), numbers=numbers)


def _read(path: Path) -> Compiled | None:
    """A kept set; what the engine loads is as good as code, so it is read where others cannot have written it only."""
    try:
        kept = msgspec.msgpack.decode(trusted.read(path), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
    hot, placed, strings = (_loaded(*part) for part in kept.parts)
    weak = tuple(part for part in (_loaded(*part) for part in kept.weak) if part)
    whole = all(bool(dump) == bool(part) for (dump, _), part in zip(kept.parts, (hot, placed, strings), strict=True))
    if hot is None or not whole or len(weak) < len(kept.weak) or len(kept.measures) < len(kept.rules):
        return None
    spans.remember(dict(zip((rule.regex for rule in kept.rules), kept.measures, strict=False)))
    return Compiled(
        rules=kept.rules, proposed=kept.proposed, wrapped=kept.wrapped, hot=hot, weak=weak, words=kept.words, placed=placed, strings=strings
    )


def _loaded(dump: bytes, numbers: tuple[int, ...]) -> Part | None:
    database = matcher.load(dump) if dump else None
    return Part(matcher=database, numbers=numbers) if database else None


def _keep(path: Path, built: Compiled, *, strict: bool = False) -> None:
    """Write beside the target and rename: whoever reads finds a whole file or none. A cache that cannot be written is done without."""
    parts = tuple(map(_dumped, (built.hot, built.placed, built.strings)))
    kept = _Kept(
        rules=built.rules, measures=tuple(measured(rule.regex) for rule in built.rules), proposed=built.proposed,
        wrapped=built.wrapped, words=built.words, parts=parts, weak=tuple(map(_dumped, built.weak)),
    )
    content = msgspec.msgpack.encode(kept)
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


def _dumped(part: Part | None) -> tuple[bytes, tuple[int, ...]]:
    return (part.matcher.dump(), part.numbers) if part else (b"", ())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
