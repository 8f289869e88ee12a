"""Text that tries to get out of where it is put, and verdicts full of it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner.models import (
    Audited,
    Finding,
    Judged,
    Location,
    Notice,
    Outcome,
    Problem,
    Scanned,
    Severity,
    Skipped,
    Step,
    Suppression,
    Verdict,
)
from tests.unit.reporters import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAGMENTS = (
    *("::", "##[", "]", "::error::x", "##[error]x", "::set-output name=verdict::pass", "::stop-commands::t", "::add-mask::e"),
    "::endgroup::",
    *("##[set-env name=PATH;]x", "###[", "##", "#", "[", ":", ",", "=", ";", "%", "%25", "%0A", "%0D", "%3A", "%2C", "%2525", "%%0A"),
    *("\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\x1b[31m", "\x1b]8;;", "\x08", "\x7f"),
    *("\x9b2J", "\t"),
    *("\u202e", "\u2066", "\u200f", "\ufeff", "é", "漢字", "🔑", "e\u0301", " ", "   ", "a", "name", "file=x", "title=y", "line=9"),
    *("a.c:3:1: error: ", "a.ts(3,1): error TS1: ", 'File "x.py", line 3, in f', ": line 3, col 4, Error - x (y)", " 3:1  error  "),
    *("|", "`", "``", "\\", "\\|", "*", "_", "~~", "<script>alert(1)</script>", "<!--", "-->", "</details>", "&lt;", "@someone"),
    "<img src=x>",
    *("#1", "GH-2", "https://evil.example/x", "www.evil.example", "[x](https://evil.example)", "![x](x)", "$x$", "</script>", "]]>"),
    "{{ 7*7 }}",
    *("EOF", "verdict=pass", "verdict<<EOF", "'", '"', "\\u0000", "\\x1b"),
)


def strings(random: Random, count: int) -> list[str]:
    """``count`` strings of one to eight fragments."""
    return ["".join(random.choices(FRAGMENTS, k=random.randint(1, 8))) for _ in range(count)]


def verdict(texts: list[str]) -> Verdict:
    """A verdict with every field that foreign text can reach taken from ``texts``, over and over."""
    words = _cycle(texts)
    judged = tuple(_judged(words, number) for number in range(max(4, len(texts) // 8)))
    base = sample.verdict()
    return replace(
        base,
        outcome=Outcome.FAIL,
        judged=judged,
        problems=tuple(Problem(subject=next(words), reason=next(words), hint=next(words), location=_location(words)) for _ in range(3)),
        notices=tuple(Notice(subject=next(words), reason=next(words), location=_location(words)) for _ in range(3)),
        loosened=(Notice(subject=next(words), reason=next(words), location=_location(words)),),
        stale=(_entry(words),),
        expired=(_entry(words),),
        expiring=(_entry(words),),
        audited=(Audited(manifest=next(words), format="npm", ecosystem="npm", packages=1, source=next(words), source_date=next(words)),),
        scanned=Scanned(files=1, bytes=2, skipped=(Skipped(path=next(words), reason=next(words)),)),
        run=replace(base.run, target=next(words), base=next(words), shard=next(words)),
    )


def _cycle(texts: list[str]) -> Iterator[str]:
    while True:
        yield from texts


def _judged(words: Iterator[str], number: int) -> Judged:
    found = _secret(words) if number % 2 else _vulnerability(words)
    accepted = _entry(words) if number % 4 == 3 else None
    return Judged(finding=found, blocking=accepted is None and number % 3 > 0, suppression=accepted)


def _vulnerability(words: Iterator[str]) -> Finding:
    found = sample.vulnerability(next(words), next(words), next(words), Severity.HIGH, path=next(words), line=3)
    assert found.vulnerable is not None
    record = replace(found.vulnerable.advisory, aliases=(next(words),), published=next(words), url=next(words))
    vulnerable = replace(
        found.vulnerable,
        advisory=record,
        paths=((next(words), next(words), next(words)),),
        fixed_versions=(next(words),),
        recommended_version=next(words),
        fix=(Step(text=next(words)), Step(text=next(words), said="cd"), Step(text=next(words), said="in")),
    )
    return replace(found, message=next(words), title=next(words), help_url=next(words), vulnerable=vulnerable, aliases=(next(words),))


def _secret(words: Iterator[str]) -> Finding:
    found = sample.token(path=next(words))
    assert found.secret is not None
    secret = replace(found.secret, detector=next(words), commit=next(words), author_date=next(words))
    return replace(found, rule_id=next(words), message=next(words), title=next(words), help_url=next(words), secret=secret)


def _entry(words: Iterator[str]) -> Suppression:
    return Suppression(by="config", id=next(words), reason=next(words), package=next(words), path=next(words), location=_location(words))


def _location(words: Iterator[str]) -> Location:
    return Location(path=next(words), line=2)
