"""What a pull request loosens: the base's policy and the head's in, one notice for each loosening at its line out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from scanner.config_file import Allow, AuditEntry, ConfigFile, Gate, Level, OnIncomplete
from scanner.gates import severity
from scanner.models import Location, Mode, Notice
from scanner.words import either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.config import Document

NEVER = 99
MODES = {Mode.BLOCK: 2, Mode.WARN: 1, Mode.OFF: 0}


def loosened(base: Document, head: Document) -> tuple[Notice, ...]:
    """Every place where ``head`` lets more through than ``base``."""
    old, new = base.config, head.config
    found = [*_switches(old, new), *_levels(old, new), *_longer_lists(old, new), *_allowed(old, new), *_patterns(old, new)]
    path = head.path or base.path
    return tuple(
        Notice(subject=key, reason=reason, location=Location(path=path, line=head.line(key))) for key, reason in found
    )


def _switches(old: ConfigFile, new: ConfigFile) -> Iterator[tuple[str, str]]:
    if new.unknown_severity is Gate.WARN and old.unknown_severity is not Gate.WARN:
        yield "unknown-severity", "advisories without a score no longer block"
    if new.unfixed is Gate.WARN and old.unfixed is not Gate.WARN:
        yield "unfixed", "advisories without a fix no longer block"
    if new.on_incomplete is OnIncomplete.WARN and old.on_incomplete is not OnIncomplete.WARN:
        yield "on-incomplete", "an incomplete scan no longer fails"
    if new.block_existing is False and old.block_existing is not False:
        yield "block-existing", "findings that the base already has no longer block"
    if new.dependencies.include_dev is False and old.dependencies.include_dev is not False:
        yield "dependencies.include-dev", "development dependencies are no longer audited"


def _levels(old: ConfigFile, new: ConfigFile) -> Iterator[tuple[str, str]]:
    if _rank(new.fail_on) > _rank(old.fail_on):
        yield "fail-on", f"blocks from {_word(new.fail_on)} instead of {_word(old.fail_on)}"
    for name in ("python", "npm", "pnpm", "yarn"):
        yield from _audit(f"audits.{name}", getattr(old.audits, name), getattr(new.audits, name), old, new)
    if _mode(new.secrets.mode) < _mode(old.secrets.mode):
        yield "secrets.mode", "secrets weigh less than before"
    if new.secrets.rules != old.secrets.rules:
        yield "secrets.rules", "another set of secret rules is in force"


def _audit(
    key: str, old: Mode | AuditEntry | UnsetType, new: Mode | AuditEntry | UnsetType, before: ConfigFile, after: ConfigFile
) -> Iterator[tuple[str, str]]:
    if _mode(new) < _mode(old):
        yield key, "this audit weighs less than before"
    elif _rank(_level(new, after)) > _rank(_level(old, before)) and (_own_level(new) or _own_level(old)):
        yield key, f"blocks from {_word(_level(new, after))} instead of {_word(_level(old, before))}"


def _longer_lists(old: ConfigFile, new: ConfigFile) -> Iterator[tuple[str, str]]:
    for key, before, after, reason in (
        ("exclude", old.exclude, new.exclude, "is no longer scanned"),
        ("dependencies.allow-unaudited", old.dependencies.allow_unaudited, new.dependencies.allow_unaudited, "may stay unaudited"),
        ("secrets.disable", old.secrets.disable, new.secrets.disable, "is switched off"),
    ):
        known = () if isinstance(before, UnsetType) else before
        for index, word in enumerate(() if isinstance(after, UnsetType) else after):
            if word not in known and not (key == "exclude" and word.startswith("!")):
                yield f"{key}[{index}]", f"{word} {reason}"
    yield from _exceptions(either(old.exclude, ()), either(new.exclude, ()))


def _exceptions(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """In gitignore's language ``!`` takes a file back in, and the last pattern that matches decides."""
    gone = [word for word in old if word.startswith("!") and word not in new]
    for word in gone:
        yield "exclude", f"{word} is gone: what it kept may no longer be scanned"
    kept, now = [word for word in old if word in new], [word for word in new if word in old]
    if kept != now and any(word.startswith("!") for word in kept):
        yield "exclude", "the order of the patterns is another one: what an exception kept may no longer be scanned"


def _allowed(old: ConfigFile, new: ConfigFile) -> Iterator[tuple[str, str]]:
    known = {_what(entry): entry for entry in old.allow}
    for index, entry in enumerate(new.allow):
        before = known.get(_what(entry))
        if before is None:
            yield f"allow[{index}]", f"accepts {entry.id}: {entry.reason}"
        elif before.expires and (entry.expires is None or entry.expires > before.expires):
            yield f"allow[{index}]", f"accepts {entry.id} for longer, until {entry.expires or 'ever'}"


def _patterns(old: ConfigFile, new: ConfigFile) -> Iterator[tuple[str, str]]:
    now = {pattern.id: (index, pattern) for index, pattern in enumerate(new.secrets.patterns)}
    for pattern in old.secrets.patterns:
        index, after = now.get(pattern.id, (0, None))
        if after is None:
            yield "secrets.patterns", f"the pattern {pattern.id} is gone"
        elif msgspec.structs.replace(after, description="") != msgspec.structs.replace(pattern, description=""):
            yield f"secrets.patterns[{index}]", f"the pattern {pattern.id} is another one"


def _what(entry: Allow) -> tuple[str, ...]:
    return (entry.id, entry.package, entry.version, entry.path, entry.fingerprint)


def _mode(entry: Mode | AuditEntry | UnsetType) -> int:
    mode = entry.mode if isinstance(entry, AuditEntry) else entry
    return MODES[Mode.BLOCK if isinstance(mode, UnsetType) else mode]


def _level(entry: Mode | AuditEntry | UnsetType, file: ConfigFile) -> Level | UnsetType:
    level = entry.level if isinstance(entry, AuditEntry) else UNSET
    return file.fail_on if isinstance(level, UnsetType) else level


def _own_level(entry: Mode | AuditEntry | UnsetType) -> bool:
    """Whether it has a level that ``fail-on`` does not speak for."""
    return isinstance(entry, AuditEntry) and not isinstance(entry.level, UnsetType)


def _rank(level: Level | UnsetType) -> int:
    threshold = severity(Level.HIGH if isinstance(level, UnsetType) else level)
    return NEVER if threshold is None else int(threshold)


def _word(level: Level | UnsetType) -> str:
    return "high" if isinstance(level, UnsetType) else level.value

