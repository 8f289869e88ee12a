"""Files in, findings out, with ``rules: detect-secrets``: lines, order and the once-per-file repetition are detect-secrets' own."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from scanner.errors import WorkspaceError
from scanner.secrets import detect_secrets, found, inline, kinds, place
from scanner.secrets.found import Found
from scanner.secrets.proposed import Proposer, cut
from scanner.secrets.sight import Sight
from scanner.secrets.team import Team

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from scanner.models import File
    from scanner.secrets import Opener, Options
    from scanner.secrets.detect_secrets import Reported
    from scanner.secrets.tally import Tally

MOST = 32 * 1024 * 1024
MOST_PARSED = 8 * 1024 * 1024
YAML = frozenset((".yaml", ".yml", ".eyaml"))
KNOWN = frozenset(
    f".{ending}" for ending in (
        "cls", "example", "eyaml", "go", "java", "js", "m", "php", "py", "pyi", "swift", "tf", "yaml", "yml", "cs", "c", "cpp",
        "cnf", "conf", "cfg", "cf", "ini", "properties", "toml",
    )
)
"""File endings whose kind detect-secrets knows; in all others it also tries ``key = value`` lines without a section."""

_SECTION_FIRST = re.compile(rb"(?:[\s\x1c-\x1f\x80-\xff]|[#;][^\n]*(?:\n|\Z))*\[")
_NO_PAIR = re.compile(rb"^[A-Za-z0-9_{}<>()/*`$&@!|\-.,+\"'][^=:\n]*$", re.MULTILINE)


class Detectors:
    """detect-secrets' plugins behind our engine. One to a process."""

    def __init__(self, options: Options) -> None:
        self._baseline = options.baseline
        self._proposer = Proposer()
        own = tuple(rule for rule in options.patterns if rule.id not in options.disable)
        self._team = Team(own) if own else None
        self._off = options.disable
        self._kind = kinds.teller(own, options)

    def scan(self, file: File, open_file: Opener, tally: Tally) -> None:
        """Read one file and add what detect-secrets would report of it; what cannot be read becomes a Problem."""
        try:
            data = _read(open_file(file.name), file.size)
        except WorkspaceError as error:
            return tally.problem(file.path, error.reason, error.hint)
        except OSError as error:
            return tally.problem(file.path, f"cannot be read: {error.strerror}", "check the file and the disk it is on")
        if len(data) > MOST:
            return tally.problem(file.path, f"larger than {MOST >> 20} MiB", "use rules: default, or exclude the file")
        if reason := _unseen(file.path, data):
            tally.skip(file.path, reason)
        else:
            tally.files += 1
            tally.bytes += len(data)
        items = self.found(file.path, data, tally)
        if items:
            tally.add(file.path, items, self._baseline.get(file.path, frozenset()))
        return None

    def found(self, path: str, data: bytes, tally: Tally) -> list[Found]:
        """What detect-secrets reports of a file's bytes, and what the team's own rules find there."""
        reported = self.reported(path, data)
        if reported and b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        items = list(_placed(reported, data))
        if self._team:
            cursor = place.Cursor()
            cursor.enter(data, 0)
            for item in found.apart(self._team.find(Sight(path, data), tally)):
                said = inline.word(data, item.start, item.end, item.rule.id)
                items.append(found.placed(item, cursor.move(item.start), cursor.move(item.end), said))
        return [item for item in items if item.rule.id not in self._off]

    text = found

    def kind(self, path: str) -> Hashable:
        """What tells this path from others of which other things may be found in the same bytes."""
        return self._kind(path), detect_secrets.file_is_left_out(path)

    def whole(self, _path: str, _data: bytes) -> list[Found]:
        """Nothing: to detect-secrets no file is a secret because of its name."""
        return []

    def changed(self, path: str, data: bytes, before: bytes, tally: Tally) -> list[Found]:
        """All of it: what these detectors report of a line depends on the whole file."""
        return self.found(path, data, tally) if data != before else []

    def reported(self, path: str, data: bytes) -> list[Reported]:
        """detect-secrets' report of one file, values and all."""
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        wanted = self._proposer.wanted(path, data)
        ending = os.path.splitext(path)[1]
        parsed = ending in YAML or _SECTION_FIRST.match(data) is not None
        eager = ending not in KNOWN and not _NO_PAIR.search(data)
        if not wanted and not ((parsed or eager) and self._proposer.kept(data, yaml=ending in YAML)):
            return []
        text = _text(data)
        if text is None or detect_secrets.file_is_left_out(path):
            return []
        lines = _parsed(path, text, eager=False) if parsed else None
        reported = self._made(path, lines) if lines else list(detect_secrets.judged(path, cut(data, wanted)))
        if not reported and eager:
            reported = self._made(path, _parsed(path, text, eager=True) or ())
        return reported

    def _made(self, path: str, lines: Sequence[str]) -> list[Reported]:
        """The report of the lines that detect-secrets made of a file."""
        return list(detect_secrets.judged(path, self._proposer.among(path, lines))) if lines else []


def _read(handle: int, size: int) -> bytes:
    """All bytes of an open file, which is then closed; of one that is too large only enough to tell. ``size`` is a guess."""
    try:
        data = os.read(handle, min(size, MOST) + 1)
        while len(data) <= MOST and (piece := os.read(handle, MOST + 1 - len(data) if len(data) > size else 1)):
            data += piece
    finally:
        os.close(handle)
    return data


def _unseen(path: str, data: bytes) -> str | None:
    """Why detect-secrets does not look into a file; the team's own rules look into all of them."""
    if detect_secrets.file_is_left_out(path):
        return "detect-secrets leaves out files of this name"
    return "not UTF-8: detect-secrets does not look into it" if not data.isascii() and _text(data) is None else None


def _text(data: bytes) -> str | None:
    """The text as Python opens it; None where it is not UTF-8, which detect-secrets takes for binary."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _parsed(path: str, text: str, *, eager: bool) -> list[str] | None:
    if len(text) > MOST_PARSED:
        raise WorkspaceError("too large to be parsed as detect-secrets does", subject=path, hint="use rules: default, or exclude the file")
    return detect_secrets.transformed(path, text, eager=eager)


def _placed(reported: Iterable[Reported], data: bytes) -> Iterator[Found]:
    """Reports, in the order of their lines, with their places in the file, where the value stands on the line that detect-secrets names."""
    line, start = 1, 0
    for item in reported:
        while line < item.line and (following := data.find(b"\n", start)) >= 0:
            line, start = line + 1, following + 1
        yield _found(item, data, start)


def _found(item: Reported, data: bytes, start: int) -> Found:
    rule, value = detect_secrets.rule(item.type), item.value.encode("utf-8", "replace")
    end = data.find(b"\n", start)
    at = data.find(value, start, end if end >= 0 else len(data))
    column = len(data[start:at].decode("utf-8", "replace")) + 1 if at >= 0 else 1
    said = inline.word(data, at, at + len(value), rule.id) if at >= 0 else None
    return Found(
        rule=rule, severity=rule.severity, start=max(at, start), end=max(at, start) + 1, value=item.value, detector=item.type,
        line=item.line, column=column, end_line=item.line, end_column=column + (len(item.value) if at >= 0 else 0),
        said=said,
    )
