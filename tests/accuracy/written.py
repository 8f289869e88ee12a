"""Files of many kinds, written for this purpose: each line marked as a secret (``+``) or not (``-``), values made anew from a seed.

``files/*.txt`` holds them one after the other, each below ``== PATH``. Values are placeholders, so that no scanner trips over this
repository; ``python -m tests.accuracy.written`` prints what is missed and what is falsely reported.

``make train`` learns from these files, too: what they measure is that nothing known is lost. What the judge made of four of them when they
were new, written without looking at the rules (precision / recall / F1, all severities): ``idioms`` .993/.816/.896, ``second``
1.000/.777/.875, ``third`` 1.000/.938/.968 (everyday assignments), ``fourth`` .986/.890/.936 (look-alikes above all).
"""

from __future__ import annotations

import base64
import random
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scanner.models import Severity
from scanner.secrets.examples import CLASSES
from tests.accuracy.scanning import scan_tree

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).with_name("files")
SEEDS = 12

_PLACE = re.compile(r"\{(?:(human|uuid|b64pair)|(strong|salt|b64|colon|" + "|".join(CLASSES) + r"):(\d+))\}|\{\}(?=za)")
_NOUNS = (
    "tiger", "summer", "dragon", "orange", "monkey", "falcon", "winter", "coffee", "garden", "planet", "rocket", "silver", "thunder",
    "marble", "copper", "violet", "walnut", "harbor", "pepper", "saturn", "meadow", "tango", "ginger", "canyon", "bishop", "velvet",
    "cobalt", "maple",
)
_NAMES = ("Anna", "Lukas", "Maria", "Peter", "Sofia", "Tomas", "Elena", "Oscar", "Nadia", "Bruno", "Clara", "Viktor")


class Line(NamedTuple):
    """One line of a made file: its text, and whether it is a secret; None where nobody asks."""

    text: str
    secret: bool | None


class Tally(NamedTuple):
    """Of the marked lines: how many secrets there are and were found, how many others were reported, and which ones went wrong."""

    secrets: int
    found: int
    wrong: int
    missed: dict[tuple[str, str], int]
    false: dict[tuple[str, str], int]

    @property
    def recall(self) -> float:
        return self.found / max(1, self.secrets)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.wrong)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


def templates() -> dict[str, list[Line]]:
    """The marked lines of every file, by path, placeholders and all."""
    files: dict[str, list[Line]] = {}
    for source in sorted(FOLDER.glob("*.txt")):
        for line in source.read_text("utf-8").splitlines():
            if line.startswith("== "):
                files[line[3:]] = []
            else:
                files[next(reversed(files))].append(_marked(line))
    return files


def write(root: Path, seed: int) -> None:
    """All files below ``root``, with the values of this seed."""
    for path, lines in templates().items():
        source = random.Random(f"{seed} {path}")
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(fill(line.text, source) for line in lines) + "\n", "utf-8")


def fill(template: str, source: random.Random) -> str:
    """A line with values in the place of its placeholders."""
    return _PLACE.sub(lambda place: _value(place, source), template)


def measure(least: Severity, seeds: int = SEEDS) -> Tally:
    """Write, scan and count; a line counts as reported where a finding of at least this severity touches it."""
    known = templates()
    missed: dict[tuple[str, str], int] = {}
    false: dict[tuple[str, str], int] = {}
    secrets = 0
    for seed in range(seeds):
        reported = _reported(seed, least)
        for path, lines in known.items():
            for number, line in enumerate(lines, 1):
                secrets += line.secret is True
                if line.secret is not None and line.secret != ((path, number) in reported):
                    wrong = missed if line.secret else false
                    wrong[path, line.text.strip()] = wrong.get((path, line.text.strip()), 0) + 1
    return Tally(secrets, secrets - sum(missed.values()), sum(false.values()), missed, false)


def main(arguments: list[str]) -> int:
    for name, least in (("all severities", Severity.UNKNOWN), ("high and critical", Severity.HIGH)):
        tally = measure(least)
        print(f"{name:18} precision {tally.precision:.3f}  recall {tally.recall:.3f}  F1 {tally.f1:.3f}  {tally.secrets} secrets")
        if "-v" in arguments:
            wrongs = (("false", tally.false), *((("missed", tally.missed),) if least is Severity.UNKNOWN else ()))
            for word, lines in wrongs:
                for (path, text), times in lines.items():
                    print(f"  {word:6} {times:3}  {path}: {text}")
    return 0


def _reported(seed: int, least: Severity) -> set[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), seed)
        result = scan_tree(Path(folder))
    found = [finding for finding in result.findings if finding.severity >= least]
    spots = [spot for one in found for spot in (one.location, *(related.location for related in one.related))]
    return {(spot.path, line) for spot in spots for line in range(spot.line, (spot.end_line or spot.line) + 1)}


def _marked(line: str) -> Line:
    return Line(line[2:], line[0] == "+") if line[:2] in {"+ ", "- "} else Line(line, None)


def _value(place: re.Match[str], source: random.Random) -> str:
    kind, sized, size = place.groups()
    if kind or not sized:
        return _KINDS[kind](source) if kind else ""
    if sized in _SIZED:
        return _SIZED[sized](source, int(size))
    return "".join(source.choice(CLASSES[sized]) for _ in range(int(size)))


def _human(source: random.Random) -> str:
    """A password as people make them."""
    noun, name = source.choice(_NOUNS), source.choice(_NAMES)
    year, digits = source.randint(1965, 2024), source.randint(2, 9999)
    leet = noun.translate(str.maketrans("aeios", "43105"))
    return source.choice((
        f"{noun}{digits}", f"{noun.title()}{year}!", f"{name}{noun}{digits}", f"{leet}{year}", f"{noun.title()}#{digits}",
        f"{noun}.{source.choice(_NOUNS)}{digits}", f"{name}@{year}", f"{noun[:3]}{digits}{name[:3]}",
        _strong(source, source.randint(8, 14)), _letters(source, 8) + str(digits),
    ))


def _strong(source: random.Random, size: int) -> str:
    """Letters, digits and a sign or two, as a password manager makes them."""
    body = [source.choice(CLASSES["alnum"]) for _ in range(size - 2)] + [source.choice("!#@_-.%"), source.choice("123456789")]
    source.shuffle(body)
    return source.choice(CLASSES["letter"]) + "".join(body[1:])


def _letters(source: random.Random, size: int) -> str:
    return "".join(source.choice(CLASSES["letter"]) for _ in range(size))


def _salt(source: random.Random, size: int) -> str:
    return "".join(source.choice(CLASSES["alnum"] + "!#%&()*+,-./:;<=>?@[]^_{|}~ ") for _ in range(size))


def _wrapped(source: random.Random, size: int) -> str:
    return base64.b64encode("".join(source.choice(CLASSES["alnum"]) for _ in range(size)).encode()).decode()


def _pair(source: random.Random) -> str:
    return base64.b64encode(f"{source.choice(_NOUNS)}:{_strong(source, 12)}".encode()).decode()


def _colon(source: random.Random, size: int) -> str:
    return ":".join(f"{source.randrange(256):02X}" for _ in range(size))


def _uuid(source: random.Random) -> str:
    digits = "".join(source.choice(CLASSES["hex"]) for _ in range(30))
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-{digits[18:30]}"


_KINDS: dict[str, Callable[[random.Random], str]] = {"human": _human, "uuid": _uuid, "b64pair": _pair}
_SIZED: dict[str, Callable[[random.Random, int], str]] = {"strong": _strong, "salt": _salt, "b64": _wrapped, "colon": _colon}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
