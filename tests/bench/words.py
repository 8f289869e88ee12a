"""Python's own library in; ``words.json`` and ``letters.json`` of the judge out: which words and letter sequences code is made of."""

from __future__ import annotations

import json
import re
import sysconfig
from collections import Counter
from math import log2
from pathlib import Path
from string import ascii_lowercase

JUDGE = Path(__file__).parents[2] / "scanner/secrets/judge"
RUNS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
WORST = 22


def main() -> None:
    files, uses = count()
    words = sorted(word for word in files if common(word, files[word], uses[word]))
    rows = {letter: " ".join(word for word in words if word[0] == letter) for letter in ascii_lowercase}
    write("words.json", rows)
    write("letters.json", letters(Counter({word: uses[word] for word in words})))
    print(f"{len(words)} words")


def count() -> tuple[Counter[str], Counter[str]]:
    """In how many files each word occurs, and how often."""
    files: Counter[str] = Counter()
    uses: Counter[str] = Counter()
    library = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(library.rglob("*.py")):
        if "site-packages" not in path.parts:
            found = Counter(run.lower() for run in RUNS.findall(path.read_text("utf-8", "replace")))
            files.update(found.keys())
            uses.update(found)
    return files, uses


def common(word: str, files: int, uses: int) -> bool:
    """Short letter groups must be very common to count as words; longer ones must occur in several files."""
    if len(word) < 3 or not re.search("[aeiouy]", word):
        return False
    return files >= {3: 60, 4: 12}.get(len(word), 5) and uses >= 6


def letters(uses: Counter[str]) -> dict[str, str]:
    """Half bits of surprise at each letter after each two letters, smoothed; words weigh by the logarithm of their use."""
    seen: dict[str, Counter[str]] = {}
    for word, times in uses.items():
        padded = "^^" + word
        for at in range(len(word)):
            seen.setdefault(padded[at : at + 2], Counter())[padded[at + 2]] += log2(1 + times)  # type: ignore[assignment]
    return {pair: "".join(digit(after, letter) for letter in ascii_lowercase) for pair, after in sorted(seen.items())}


def digit(after: Counter[str], letter: str) -> str:
    share = (after[letter] + 0.5) / (sum(after.values()) + 13)
    return "0123456789abcdefghijklmnopqrstuvwxyz"[min(WORST, round(-2 * log2(share)))]


def write(name: str, rows: dict[str, str]) -> None:
    (JUDGE / name).write_text(json.dumps(rows, indent=0, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
